import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DescribedPrincipal } from "#shared/contracts/kms.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { upstreamScopesIn } from "../../../../tests/support/kms/upstream-scopes.ts";
import { auditEntry, keysOf, randomBytes } from "../../../../tests/support/kms.ts";
import { createEmailAddresses } from "../accounts/email-addresses.ts";
import { createUserStore } from "../accounts/users.store.ts";
import { createApiKeyStore } from "../api-keys/api-keys.store.ts";
import * as schema from "../db/schema.ts";
import { createServiceStore } from "../services/services.store.ts";
import { createPrincipalDescription, type DescribePrincipal } from "./principal-description.ts";

const NOW_MS = 1_800_000_000_000;

let opened: TestDatabase;
let describePrincipal: DescribePrincipal;

beforeAll(async () => {
  opened = await openTestDatabase("kms");
  const database = { client: opened.client, orm: drizzle({ client: opened.client, schema }) };
  const keys = await keysOf({ databases: { kms: opened.client }, secretKey: "a secret key for tests only" });
  const users = createUserStore(database, createEmailAddresses(keys, randomBytes));
  const services = createServiceStore(database);
  const apiKeys = createApiKeyStore(database);
  describePrincipal = createPrincipalDescription({
    users,
    services,
    apiKeys,
    stepUpForRoles: new Set(["auditor"]),
    now: () => NOW_MS,
  });

  const register = upstreamScopesIn(opened.client);
  await register.declare("notes", { "notes:read": "Read notes" });
  await register.declare("films", { "films:read": "Read films" });
  for (const [id, roles] of [
    ["ann", ["admin"]],
    ["bob", ["auditor", "user"]],
  ] as const) {
    const user = {
      id,
      username: id,
      email: `${id}@example.org`,
      roles: [...roles],
      createdAt: new Date(),
      emailVerifiedAt: null,
      lockedAt: null,
    };
    await users.insert({ user, hash: "a password hash" }, auditEntry());
  }
  await opened.client.execute("UPDATE users SET locked_at = 1 WHERE id = 'bob'");
  const scopes = `'["notes:read","films:read","search:read"]'`;
  await opened.client.execute(`INSERT INTO services (name, scopes, created_at) VALUES ('site', ${scopes}, 0)`);
  await opened.client.execute({
    sql: `INSERT INTO api_keys (id, service, key_hash, scopes, created_at, session_id, expires_at, allowed_addresses)
          VALUES ('good', 'site', 'a key hash', ${scopes}, 0, 'a', NULL, '["192.0.2.0/24"]'),
                 ('old', 'site', 'a key hash', '["search:read"]', 0, 'b', ?, NULL)`,
    args: [NOW_MS],
  });
  await register.withdraw("films");
});
afterAll(() => opened?.close());

const FACTORLESS = { roles: ["user"], scopes: expect.not.arrayContaining(["audit:read"]), withheldRoles: ["auditor"] };
const SITE = { kind: "service", subject: "service:site", clientId: "site", roles: [] };

test.each<[DescribedPrincipal, object]>([
  [{ subject: "bob" }, { kind: "user", subject: "bob", roles: ["auditor", "user"], usable: false, reason: "locked" }],
  [{ subject: "bob" }, { scopes: expect.arrayContaining(["audit:read"]), beforeSecondFactor: FACTORLESS }],
  [{ subject: "ann" }, { clientId: "fountain", scopes: expect.arrayContaining(["users:admin", "notes:read"]) }],
  [{ service: "site" }, { ...SITE, scopes: ["notes:read", "search:read"], usable: true, allowedAddresses: null }],
  [{ key: "good" }, { ...SITE, scopes: ["notes:read", "search:read"], allowedAddresses: ["192.0.2.0/24"] }],
  [{ key: "old" }, { ...SITE, scopes: ["search:read"], usable: false, reason: "expired", allowedAddresses: null }],
])("%j is described, without anything secret", async (who, expected) => {
  const described = await describePrincipal(who);
  expect(described).toMatchObject({ ok: true, value: expected });
  expect(JSON.stringify(described)).not.toMatch(/hash|example\.org|films/);
});

test.each<DescribedPrincipal>([{ subject: "service:site" }, { subject: "site" }, { service: "ann" }, { key: "ann" }])(
  "%j is unknown",
  async (who) => expect(await describePrincipal(who)).toEqual({ ok: false, error: { kind: "unknown" } }),
);
