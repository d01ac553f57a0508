import { expect, test } from "vitest";
import { SCOPES } from "#shared/contracts/rights.ts";
import { entitlementOf } from "./role-step-up.ts";

const entitled = (acr: "aal1" | "aal2", roles: string[]) => ({
  session: { acr },
  user: { id: "u", username: "u", email: null, roles, createdAt: new Date(0), lockedAt: null },
  permissions: roles.includes("admin") ? [...SCOPES] : (["audit:read", "search:read"] as const).slice(),
  permissionsByRole: { auditor: ["audit:read"], user: ["search:read"] },
});

test("a session has the rights of all roles where none demands a second factor", () => {
  expect(entitlementOf(entitled("aal1", ["auditor", "user"]), new Set())).toEqual({
    roles: ["auditor", "user"],
    scopes: ["audit:read", "search:read"],
    withheldRoles: [],
  });
});

test("a session lacks the rights of a role that demands a second factor, and keeps those of the others", () => {
  expect(entitlementOf(entitled("aal1", ["auditor", "user"]), new Set(["auditor", "admin"]))).toEqual({
    roles: ["user"],
    scopes: ["search:read"],
    withheldRoles: ["auditor"],
  });
});

test("an administrator has only what their other roles grant, until they pass one", () => {
  const demanding = new Set(["admin"]);
  expect(entitlementOf(entitled("aal1", ["admin", "user"]), demanding).scopes).toEqual(["search:read"]);
  expect(entitlementOf(entitled("aal1", ["admin"]), demanding).scopes).toEqual([]);
  expect(entitlementOf(entitled("aal2", ["admin"]), demanding)).toEqual({
    roles: ["admin"],
    scopes: SCOPES,
    withheldRoles: [],
  });
});

test("a right that two roles grant is there by the one that demands nothing", () => {
  const both = {
    ...entitled("aal1", ["auditor", "user"]),
    permissionsByRole: { auditor: ["audit:read"], user: ["audit:read"] },
  };
  expect(entitlementOf(both, new Set(["auditor"])).scopes).toEqual(["audit:read"]);
});
