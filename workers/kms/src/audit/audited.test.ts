/**
 * Every call that changes something, found in the route table, so that a new one cannot escape: it has one entry in the
 * audit trail, one log line and one count; and when it cannot be recorded, it is not done.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROUTES } from "#shared/policy/routes.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import type { Call } from "../../../../tests/support/kms/arrangements.ts";
import { examplesOf } from "../../../../tests/support/kms/changes.ts";
import { TERMS_SETTINGS } from "../../../../tests/support/kms/consents.ts";
import { send, signToken } from "../../../../tests/support/kms.ts";

let fountain: Fountain;
let token: string;

const client = () => {
  const found = fountain.databases["kms"];
  if (!found) throw new Error("the kms has no database");
  return found;
};

const EXAMPLES = examplesOf(
  () => fountain,
  () => token,
);

const make = (method: string, { path, body, form, token: own = token }: Call): Promise<Response> =>
  form === undefined
    ? send(fountain, method, path, { token: own, body })
    : fountain.fetch(path, { method, body: new URLSearchParams(form) });

const lastEntryId = async (): Promise<number> => {
  const { rows } = await client().execute("SELECT COALESCE(MAX(id), 0) AS id FROM audit_entries");
  return Number(rows[0]?.["id"]);
};

const entriesAfter = async (id: number) => {
  const { rows } = await client().execute({
    sql: "SELECT action, outcome FROM audit_entries WHERE id > ? ORDER BY id",
    args: [id],
  });
  return rows.map((row) => ({ action: row["action"], outcome: row["outcome"] }));
};

/** The outcomes in the log lines of this action. */
const linesOf = (action: string): unknown[] =>
  fountain.logs.flatMap((line) => {
    if (!line.includes('"event":"security"')) return [];
    const { action: logged, outcome } = Object(JSON.parse(line));
    return logged === action ? [outcome] : [];
  });

/** How often this action has been counted as a success. */
const countOf = async (action: string): Promise<number> => {
  const series = (await fountain.metrics())
    .split("\n")
    .find(
      (line) =>
        line.startsWith("fountain_security_events_total{") &&
        line.includes(`action="${action}"`) &&
        line.includes('outcome="success"') &&
        line.includes('worker="kms"'),
    );
  return Number(series?.split(" ").at(-1) ?? 0);
};

/** What is counted and remembered for speed, and changes no one's rights. */
const BOOKKEEPING = new Set(["audit_entries", "audit_chain", "audit_checkpoints", "audit_keys", "password_attempts"]);

/** All rows of all other tables, as text. */
const everything = async (): Promise<Record<string, string>> => {
  const tables = await client().execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
  const names = tables.rows.map((row) => String(row["name"])).filter((name) => !/^(sqlite_|_|__|libsql)/.test(name));
  const contents: Record<string, string> = {};
  for (const name of names.filter((table) => !BOOKKEEPING.has(table))) {
    const { rows } = await client().execute(`SELECT * FROM "${name}"`);
    contents[name] = JSON.stringify(rows.map((row) => Object.values({ ...row })));
  }
  return contents;
};

const NO_AUDIT = "CREATE TRIGGER no_audit BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no audit'); END";

/** Without those that are served elsewhere, with what the kms does by private call: a login by passkey. */
const CALLS = Object.entries(ROUTES.kms).flatMap(([route, { aggregated }]) =>
  route.startsWith("GET ") || aggregated ? [] : route,
);
const RECORDED = CALLS.flatMap((route) => {
  const example = EXAMPLES[route];
  return example ? [[route, example] as const] : [];
});

beforeAll(async () => {
  fountain = await startFountain({ front: "kms", settings: { REGISTRATION: "open", ...TERMS_SETTINGS } });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

test("no route that changes something is missing here", () => {
  expect(Object.keys(EXAMPLES).toSorted()).toEqual(CALLS.toSorted());
});

test.each(RECORDED)(
  "%s is not done when it cannot be recorded, and is recorded once when it is done",
  async (route, example) => {
    const method = route.slice(0, route.indexOf(" "));
    const call = await example.arrange();
    const before = await everything();
    await client().execute(NO_AUDIT);
    try {
      const refused = await make(method, call);
      expect(refused.status, await refused.text()).toBeGreaterThanOrEqual(500);
      expect(await everything()).toEqual(before);
    } finally {
      await client().execute("DROP TRIGGER no_audit");
    }
    const lastId = await lastEntryId();
    const logged = linesOf(example.action).length;
    const counted = await countOf(example.action);
    const done = await make(method, call);
    expect(done.status, await done.text()).toBeLessThan(300);
    const entries = await entriesAfter(lastId);
    expect(entries.filter(({ action }) => action === example.action)).toEqual([
      { action: example.action, outcome: "success" },
    ]);
    expect(await countOf(example.action)).toBe(counted + 1);
    await expect.poll(() => linesOf(example.action).slice(logged)).toEqual(["success"]);
  },
);
