import { expect, test } from "vitest";
import { findFolderCycles, findViolations } from "./import-rules.ts";

const importing = (file: string, ...specifiers: string[]) => ({
  file,
  text: specifiers.map((specifier) => `import { a } from "${specifier}";`).join("\n"),
});
const violate = (file: string, specifier: string): boolean => findViolations([importing(file, specifier)]).length > 0;

test.for([
  ["workers/kms/src/accounts/user.ts", "hono"],
  ["workers/kms/src/accounts/user.ts", "drizzle-orm"],
  ["workers/kms/src/accounts/user.ts", "./users.store.ts"],
  ["workers/kms/src/accounts/user.ts", "./users.routes.ts"],
  ["workers/kms/src/accounts/user.ts", "../env.ts"],
  ["workers/kms/src/accounts/user.ts", "../composition/services.ts"],
  ["workers/kms/src/accounts/user.ts", "#shared/http/app.ts"],
  ["workers/kms/src/accounts/users.store.ts", "./users.routes.ts"],
  ["workers/kms/src/accounts/users.store.ts", "hono"],
  ["workers/kms/src/accounts/users.routes.ts", "./users.store.ts"],
  ["workers/kms/src/accounts/users.routes.ts", "drizzle-orm"],
  ["workers/kms/src/accounts/users.routes.ts", "../index.ts"],
  ["workers/kms/src/rpc.ts", "./accounts/users.routes.ts"],
  ["workers/kms/src/rpc.ts", "./index.ts"],
  ["workers/kms/src/app.ts", "../../twofa/src/totp/totp.ts"],
  ["workers/kms/src/index.ts", "../../../runtime/libsql/sqld.ts"],
  ["workers/kms/src/accounts/users.routes.ts", "../../../../tests/support/harness.ts"],
  ["shared/http/app.ts", "../../workers/kms/src/env.ts"],
  ["shared/http/app.ts", "../../runtime/local/ports.ts"],
  ["examples/demo.ts", "../tests/support/harness.ts"],
  ["clients/verify-js/src/verifier.ts", "#shared/auth/verify.ts"],
  ["clients/verify-js/src/adapters.ts", "hono"],
] as const)("%s may not import %s", ([file, specifier]) => {
  expect(violate(file, specifier)).toBe(true);
});

test.for([
  ["workers/kms/src/accounts/user.ts", "./username.ts"],
  ["workers/kms/src/accounts/user.ts", "../audit/audit.ts"],
  ["workers/kms/src/accounts/user.ts", "#shared/contracts/kms.ts"],
  ["workers/kms/src/accounts/user.ts", "jose"],
  ["workers/kms/src/accounts/users.store.ts", "./user.ts"],
  ["workers/kms/src/accounts/users.store.ts", "../audit/audit.store.ts"],
  ["workers/kms/src/accounts/users.store.ts", "drizzle-orm/sqlite-core"],
  ["workers/kms/src/accounts/users.routes.ts", "../composition/services.ts"],
  ["workers/kms/src/accounts/users.routes.ts", "#shared/http/app.ts"],
  ["workers/kms/src/app.ts", "./accounts/users.routes.ts"],
  ["workers/kms/src/composition/services.ts", "../accounts/users.store.ts"],
  ["workers/kms/src/accounts/users.routes.test.ts", "../../../../tests/support/harness.ts"],
  ["shared/http/app.ts", "../problem/problem.ts"],
  ["runtime/local/start.ts", "../../workers/kms/src/env.ts"],
  ["clients/verify-js/src/keys.ts", "jose"],
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
  const [violation] = findViolations([{ file: "workers/kms/src/accounts/user.ts", text }]);
  expect(violation).toMatchObject({ file: "workers/kms/src/accounts/user.ts", target: "npm:hono" });
});

test("folders that import each other in a circle are found, whichever files of them do", () => {
  const files = [
    importing("shared/a/one.ts", "../b/one.ts"),
    importing("shared/b/two.ts", "../c/one.ts"),
    importing("shared/c/two.ts", "../a/two.ts"),
    importing("shared/d/one.ts", "../a/one.ts", "hono"),
  ];
  expect(findFolderCycles(files)).toEqual([["shared/a", "shared/b", "shared/c"]]);
  expect(findFolderCycles(files.slice(1))).toEqual([]);
});

test("tests, files that register routes and those that put a worker together make no circle", () => {
  const back = importing("workers/kms/src/composition/services.ts", "../accounts/user.ts");
  for (const file of ["accounts/users.routes.ts", "accounts/user.test.ts", "index.ts"])
    expect(findFolderCycles([back, importing(`workers/kms/src/${file}`, "../composition/services.ts")])).toEqual([]);
  expect(findFolderCycles([back, importing("workers/kms/src/accounts/role.ts", "../composition/services.ts")])).toEqual(
    [["workers/kms/src/accounts", "workers/kms/src/composition"]],
  );
});
