import { expect, test } from "vitest";
import type { Scope } from "#shared/contracts/rights.ts";
import { commonScopes } from "./rights.ts";

test.each<[Scope[], Scope[], Scope[]]>([
  [["users:admin", "search:read"], ["search:read", "search:write"], ["search:read"]],
  [["secrets:read"], ["secrets:read:films/*"], ["secrets:read:films/*"]],
  [
    ["secrets:read:films/*", "secrets:read:films/mail"],
    ["secrets:read"],
    ["secrets:read:films/*", "secrets:read:films/mail"],
  ],
  [["secrets:read:films/*"], ["secrets:read:films/mail", "secrets:read:books/*"], ["secrets:read:films/mail"]],
  [["secrets:read:films/*"], ["secrets:write:films/*"], []],
  [["search:read"], [], []],
])("what %j and %j both allow is %j", (some, others, common) => {
  expect(commonScopes(some, others).toSorted()).toEqual(common.toSorted());
  expect(commonScopes(others, some).toSorted()).toEqual(common.toSorted());
});
