import { expect, test } from "vitest";
import type { AuditAction } from "#shared/contracts/audit.ts";
import { changesRights } from "./audit-actions.ts";

test.for<AuditAction>([
  "user.create",
  "user.roles",
  "user.lock",
  "user.password",
  "user.erase",
  "role.change",
  "service.create",
  "service.webhook",
  "key.create",
  "key.rotate",
  "key.enable",
  "key.leaked",
  "factor.enrol",
  "factor.confirm",
  "factor.remove",
  "recovery-codes.replace",
  "signing-key.rotate",
  "signing-key.revoke",
  "root-key.rotate",
  "audit.prune",
])("%s changes rights when it succeeds, and has a checkpoint at once", (action) => {
  expect(changesRights({ action, outcome: "success" })).toBe(true);
  expect(changesRights({ action, outcome: "refused" })).toBe(false);
});

test.for<AuditAction>(["login", "token.refresh", "key.exchange", "key.verify", "secret.read", "factor.verify"])(
  "%s changes no one's rights",
  (action) => {
    expect(changesRights({ action, outcome: "success" })).toBe(false);
  },
);
