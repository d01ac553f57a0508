/** `npm run new-service -- NAME`: adds a worker with an example module, and says what comes next. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { generateOperations, OPERATIONS_FILE } from "../typed-client/generate.ts";
import { type Plan, planService, writePlan } from "./new-service.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

const report = ({ names: { kebab }, created, changed }: Plan): string => `Created the worker ${kebab}:
  ${[...created.keys()].join("\n  ")}
Added it to:
  ${[...changed.keys(), OPERATIONS_FILE].join("\n  ")}

Next:
  npm test -- workers/${kebab}
  npm start

Call it in another terminal, after the line \`export ADMIN_PASSWORD=…\` that the first start printed:
  TOKEN=$(curl -s localhost:8787/kms/login -H 'content-type: application/json' \\
    -d "{\\"username\\": \\"admin\\", \\"password\\": \\"$ADMIN_PASSWORD\\"}" | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl -s localhost:8787/${kebab}/notes -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
    -d '{"text": "hello"}'
  curl -s localhost:8787/${kebab}/notes -H "authorization: Bearer $TOKEN"

docs/add-a-service.md says how to replace the example by your own code, and how to deploy it.`;

try {
  const [name, ...others] = process.argv.slice(2);
  if (others.length > 0)
    throw new OperatorError("there is more than one name: run `npm run new-service -- NAME` once for each");
  const plan = await planService(ROOT, name);
  writePlan(ROOT, plan);
  writeFileSync(path.join(ROOT, OPERATIONS_FILE), await generateOperations());
  console.log(report(plan));
} catch (error) {
  console.error(`Fountain: ${reasonOf(error)}`);
  process.exitCode = 1;
}
