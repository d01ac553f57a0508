import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Answer, Call } from "../../../../tests/support/call.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { atOnce, type Caller, pointersOf, rowsOf, steppedUp } from "../../../../tests/support/service-a.ts";
import { logIn, registerService } from "../../../../tests/support/session.ts";

const SCREENPLAY = "Title: Twice\n\nINT. HOUSE\n\nBOB\nHello.";

let fountain: Fountain;
let call: Caller;
let another: Record<string, string>;
let lastId = 0;
beforeAll(async () => {
  fountain = await startFountain();
  another = await registerService(fountain, await logIn(fountain), "another", ["sequence:write"]);
  call = await steppedUp(fountain);
});
afterAll(() => fountain?.stop());

const newId = (): number => {
  lastId += 1;
  return lastId;
};
const element = (elementId: number, comment = "c") => ({ elementType: "action", elementId, comment, text: "one" });
const post = (path: string, key: string, sent: Call) =>
  call("POST", path, { ...sent, headers: { "idempotency-key": key, ...sent.headers } });
const create = (key: string, json: unknown) => post("/sequence", key, { json });
const revise = (key: string, elementId: number, newVersionData: string, headers: Record<string, string> = {}) =>
  post("/sequence/version", key, { json: { elementType: "action", elementId, newVersionData, comment: "c" }, headers });

const seen = ({ status, text, headers }: Answer) => ({ status, text, etag: headers.get("etag") });
const isReplay = ({ headers }: Answer): boolean => headers.get("idempotency-replayed") === "true";
/** Everything that a write of ours can leave behind. */
const everything = () =>
  rowsOf(
    fountain,
    `SELECT (SELECT count(*) FROM elements) AS elements, (SELECT count(*) FROM versions) AS versions,
    (SELECT count(*) FROM scripts) AS scripts, (SELECT count(*) FROM moves) AS moves,
    (SELECT seq FROM sqlite_sequence WHERE name = 'outbox') AS changes`,
  );

const WRITES: [string, () => Promise<[string, Call]>][] = [
  ["a new element", async () => ["/sequence", { json: element(newId()) }]],
  [
    "a new version",
    async () => {
      const elementId = newId();
      await call("POST", "/sequence", { json: element(elementId) });
      return ["/sequence/version", { json: { elementType: "action", elementId, newVersionData: "two", comment: "c" } }];
    },
  ],
  [
    "a new order",
    async () => {
      const ids = [newId(), newId(), newId()];
      for (const id of ids) await call("POST", "/sequence", { json: element(id) });
      const json = { elementType: "action", elementIds: ids, newOrder: ids.toReversed(), comment: "c" };
      return ["/sequence/reorder", { json }];
    },
  ],
  ["an import", async () => ["/scripts", { text: SCREENPLAY }]],
];

describe.each(WRITES)("%s", (name, prepare) => {
  test("that is sent again has its effect once, and gets the first answer", async () => {
    const [path, sent] = await prepare();
    const first = await post(path, `again ${name}`.replaceAll(" ", "-"), sent);
    expect(first.status).toBeLessThan(300);
    expect(isReplay(first)).toBe(false);
    const after = await everything();
    for (let times = 0; times < 2; times += 1) {
      const again = await post(path, `again ${name}`.replaceAll(" ", "-"), sent);
      expect(seen(again)).toEqual(seen(first));
      expect(isReplay(again)).toBe(true);
    }
    expect(await everything()).toEqual(after);
  });

  test("that fifty send at once has its effect once, and all get the same answer", async () => {
    const [path, sent] = await prepare();
    const key = crypto.randomUUID();
    const before = Number((await rowsOf(fountain, "SELECT count(*) AS kept FROM idempotency_keys"))[0]?.["kept"]);
    const answers = await atOnce(50, () => post(path, key, sent));
    expect(new Set(answers.map((answer) => JSON.stringify(seen(answer)))).size).toBe(1);
    expect(answers[0]?.status).toBeLessThan(300);
    expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1);
    expect(await rowsOf(fountain, "SELECT count(*) AS kept FROM idempotency_keys")).toEqual([{ kept: before + 1 }]);
  });
});

describe("a key", () => {
  const refused = { status: 422, body: { code: "invalid-input" } };

  test("is not taken for another body, another route or another condition", async () => {
    const elementId = newId();
    const key = crypto.randomUUID();
    expect((await create(key, element(elementId))).status).toBe(201);
    const after = await everything();
    for (const answer of [
      await create(key, element(elementId, "another")),
      await create(key, element(newId())),
      await revise(key, elementId, "two"),
      await post("/scripts", key, { text: SCREENPLAY }),
    ]) {
      expect(answer).toMatchObject(refused);
      expect(pointersOf(answer)).toEqual(["#/header/idempotency-key"]);
    }
    expect(await everything()).toEqual(after);
    const conditional = crypto.randomUUID();
    expect((await revise(conditional, elementId, "two", { "if-match": '"1"' })).status).toBe(201);
    expect(await revise(conditional, elementId, "two", { "if-match": '"2"' })).toMatchObject(refused);
  });

  test("under which many send different bodies is the one's that came first", async () => {
    const key = crypto.randomUUID();
    const answers = await atOnce(16, () => create(key, element(newId())));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(15);
  });

  test("is its caller's own", async () => {
    const key = crypto.randomUUID();
    expect((await create(key, element(newId()))).status).toBe(201);
    const other = await fountain.fetch("/service-a/sequence", {
      method: "POST",
      headers: { ...another, "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify(element(newId())),
    });
    expect(other.status).toBe(201);
    expect(other.headers.get("idempotency-replayed")).toBeNull();
  });

  test("keeps what the rules refused, even when they would not refuse it any more", async () => {
    const elementId = newId();
    const key = crypto.randomUUID();
    const first = await revise(key, elementId, "two");
    expect(first.status).toBe(404);
    await call("POST", "/sequence", { json: element(elementId) });
    const again = await revise(key, elementId, "two");
    expect(again).toMatchObject({ status: 404, body: { code: "not-found", detail: first.body["detail"] } });
    expect(isReplay(again)).toBe(true);
    expect((await revise(crypto.randomUUID(), elementId, "two")).status).toBe(201);
  });

  test("is not used up by a request that could not be understood", async () => {
    const key = crypto.randomUUID();
    const elementId = newId();
    expect((await create(key, { ...element(elementId), comment: 5 })).status).toBe(422);
    expect((await create(key, element(elementId))).status).toBe(201);
  });

  test("is forgotten after 24 hours, by the next request or by the chores", async () => {
    const key = crypto.randomUUID();
    const elementId = newId();
    const nowMs = Date.now();
    await create(key, element(elementId));
    const [kept] = await rowsOf(fountain, `SELECT expires_at FROM idempotency_keys WHERE key = '${key}'`);
    expect(Number(kept?.["expires_at"]) - nowMs).toBeGreaterThan(86_390_000);
    expect(Number(kept?.["expires_at"]) - nowMs).toBeLessThan(86_410_000);
    const expire = () =>
      fountain.databases["service-a"]?.execute({
        sql: "UPDATE idempotency_keys SET expires_at = ? WHERE key = ?",
        args: [Date.now(), key],
      });
    await expire();
    expect((await create(key, element(elementId, "another"))).status).toBe(409);
    await expire();
    await fountain.runScheduled("service-a");
    expect(await rowsOf(fountain, `SELECT * FROM idempotency_keys WHERE key = '${key}'`)).toEqual([]);
    expect((await rowsOf(fountain, "SELECT key FROM idempotency_keys")).length).toBeGreaterThan(0);
  });

  test.each([
    ["nothing", ""],
    ["a space inside", "a b"],
    ["another alphabet", "schl\u00fcssel"],
    ["256 characters", "k".repeat(256)],
  ])("of %s gets 422, and nothing is written", async (_, key) => {
    const before = await everything();
    const answer = await create(key, element(newId()));
    expect(answer).toMatchObject(refused);
    expect(pointersOf(answer)).toEqual(["#/header/idempotency-key"]);
    expect(await everything()).toEqual(before);
  });

  test("may have 255 characters, and quotes around it", async () => {
    for (const key of ["k".repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"'])
      expect((await create(key, element(newId()))).status).toBe(201);
  });
});
