/** A writer of the database makes addresses and names in the audit trail unreadable, without changing an entry. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { CLIENT_ADDRESS_HEADER } from "#shared/http/app.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { send, signToken } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";

let fountain: Fountain;
let token: string;

const client = () => {
  const found = fountain.databases["kms"];
  if (!found) throw new Error("the kms has no database");
  return found;
};

const verdict = async (): Promise<Record<string, unknown>> =>
  (await send(fountain, "GET", "/audit/verify", { token })).json();

/** Entries with a field sealed under the subject's key. */
const firstOf = async (subject: string): Promise<number> => {
  const { rows } = await client().execute({
    sql: `SELECT MIN(id) AS id FROM audit_entries
      WHERE address IS NOT NULL AND COALESCE(actor, personal_of, 'nobody') = :subject
      OR personal IS NOT NULL AND personal_of = :subject`,
    args: { subject },
  });
  return Number(rows[0]?.["id"]);
};

const login = (username: string, password: string): Promise<Response> =>
  fountain.fetch("/login", {
    method: "POST",
    headers: { "content-type": "application/json", [CLIENT_ADDRESS_HEADER]: "192.0.2.1" },
    body: JSON.stringify({ username, password }),
  });

let userId: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
  const created = await send(fountain, "POST", "/users", { token, body: { username: "ann", password: PASSWORD } });
  userId = z.object({ id: z.string() }).parse(await created.json()).id;
  expect((await login("ann", PASSWORD)).status).toBe(200);
  expect((await login("no-such-user", PASSWORD)).status).toBe(401);
});
afterAll(() => fountain?.stop());

beforeEach(async () => {
  expect(await verdict()).toMatchObject({ valid: true });
  await client().batch(["DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT * FROM audit_keys"], "write");
});

const putBack = () => client().batch(["DELETE FROM audit_keys", "INSERT INTO audit_keys SELECT * FROM kept"], "write");

const SUBJECTS: [string, () => string][] = [
  ["unknown callers", () => "nobody"],
  ["a user", () => userId],
];

test.for(
  SUBJECTS.flatMap(([name, subject]) => [
    [`deleted key of ${name}`, subject, "DELETE FROM audit_keys WHERE subject = :subject"] as const,
    [`emptied key of ${name}`, subject, "UPDATE audit_keys SET wrapped_key = NULL WHERE subject = :subject"] as const,
    [
      `garbled key of ${name}`,
      subject,
      "UPDATE audit_keys SET wrapped_key = 'v1.AAAA' WHERE subject = :subject",
    ] as const,
  ]),
)("verify finds a %s", async ([, subject, sql]) => {
  await client().execute({ sql, args: { subject: subject() } });
  try {
    expect(await verdict()).toMatchObject({ valid: false, brokenAt: await firstOf(subject()) });
    expect((await send(fountain, "GET", "/audit", { token })).status).toBe(200);
  } finally {
    await putBack();
  }
});

test("verify finds a key that was replaced by one that the kms itself made after the first was deleted", async () => {
  await client().execute("DELETE FROM audit_keys WHERE subject = 'nobody'");
  expect((await login("no-such-user", PASSWORD)).status).toBe(401);
  const made = await client().execute("SELECT wrapped_key FROM audit_keys WHERE subject = 'nobody'");
  expect(made.rows).toHaveLength(1);
  expect(await verdict()).toMatchObject({ valid: false, brokenAt: await firstOf("nobody") });
});
