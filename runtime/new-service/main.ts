/** `npm run new-service -- NAME`: adds a worker with an example module, and says what comes next. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { generateOperations, OPERATIONS_FILE } from "../typed-client/generate.ts";
import { type Plan, planService, writePlan } from "./new-service.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

/** Compiles the scripts of pages: the panel, which the worker's routes have, and the console, which has the typed client. */
const compileScripts = async (): Promise<void> => {
  const script = path.join(ROOT, "runtime", "checks", "check-page-script.ts");
  await promisify(execFile)(process.execPath, [script, "--write"], { cwd: ROOT });
};

const report = ({ names: { kebab }, created, changed }: Plan): string => `Created the worker ${kebab}:
  ${[...created.keys()].join("\n  ")}
Added it to:
  ${[...changed.keys(), OPERATIONS_FILE].join("\n  ")}

Next:
  npm test -- workers/${kebab}
  npm start

Call it in another terminal, with the administrator's password in ADMIN_PASSWORD:
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
  await compileScripts();
  writeFileSync(path.join(ROOT, OPERATIONS_FILE), await generateOperations());
  await compileScripts();
  console.log(report(plan));
} catch (error) {
  console.error(`Fountain: ${reasonOf(error)}`);
  process.exitCode = 1;
}
