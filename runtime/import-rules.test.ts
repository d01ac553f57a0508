import { expect, test } from "vitest";
import { findViolations } from "./import-rules.ts";

const violate = (file: string, specifier: string): boolean =>
  findViolations([{ file, text: `import { a } from "${specifier}";` }]).length > 0;

test.for([
  ["workers/kms/src/domain/user.ts", "hono"],
  ["workers/kms/src/domain/user.ts", "drizzle-orm"],
  ["workers/kms/src/domain/user.ts", "../store/users.ts"],
  ["workers/kms/src/domain/user.ts", "../env.ts"],
  ["workers/kms/src/domain/user.ts", "#shared/http/app.ts"],
  ["workers/kms/src/store/users.ts", "../routes/users.ts"],
  ["workers/kms/src/store/users.ts", "hono"],
  ["workers/kms/src/routes/users.ts", "../store/users.ts"],
  ["workers/kms/src/routes/users.ts", "drizzle-orm"],
  ["workers/kms/src/routes/users.ts", "../index.ts"],
  ["workers/kms/src/app.ts", "./store/users.ts"],
  ["workers/kms/src/rpc.ts", "./index.ts"],
  ["workers/kms/src/rpc.ts", "./testing.ts"],
  ["workers/kms/src/routes/users.ts", "../testing.ts"],
  ["workers/kms/src/app.ts", "../../twofa/src/domain/totp.ts"],
  ["workers/kms/src/index.ts", "../../../runtime/sqld.ts"],
  ["workers/kms/src/routes/users.ts", "../../../../tests/harness.ts"],
  ["shared/http/app.ts", "../../workers/kms/src/env.ts"],
  ["shared/http/app.ts", "../../runtime/ports.ts"],
  ["examples/demo.ts", "../tests/harness.ts"],
] as const)("%s may not import %s", ([file, specifier]) => {
  expect(violate(file, specifier)).toBe(true);
});

test.for([
  ["workers/kms/src/domain/user.ts", "./username.ts"],
  ["workers/kms/src/domain/user.ts", "#shared/contracts/kms.ts"],
  ["workers/kms/src/domain/user.ts", "jose"],
  ["workers/kms/src/store/users.ts", "../domain/user.ts"],
  ["workers/kms/src/store/users.ts", "drizzle-orm/sqlite-core"],
  ["workers/kms/src/routes/users.ts", "../services.ts"],
  ["workers/kms/src/routes/users.ts", "#shared/http/app.ts"],
  ["workers/kms/src/index.ts", "./store/users.ts"],
  ["workers/kms/src/routes/users.test.ts", "../../../../tests/harness.ts"],
  ["workers/kms/src/testing.ts", "../../../tests/harness.ts"],
  ["shared/http/app.ts", "../problem/problem.ts"],
  ["runtime/start.ts", "../workers/kms/src/env.ts"],
] as const)("%s may import %s", ([file, specifier]) => {
  expect(violate(file, specifier)).toBe(false);
});

test.for([
  'import type { A } from "hono";',
  'export { a } from "hono";',
  'import "hono";',
  'const a = await import("hono");',
  'import {\n  a,\n  b,\n} from "hono";',
])("no way of importing escapes: %j", (text) => {
  const [violation] = findViolations([{ file: "workers/kms/src/domain/user.ts", text }]);
  expect(violation).toMatchObject({ file: "workers/kms/src/domain/user.ts", target: "npm:hono" });
});
