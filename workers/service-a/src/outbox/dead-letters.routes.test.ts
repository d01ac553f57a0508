import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { allItems, type Caller, steppedUp } from "../../../../tests/support/service-a.ts";
import { logIn, registerService } from "../../../../tests/support/session.ts";

let fountain: Fountain;
let call: Caller;
let editor: Record<string, string>;
beforeAll(async () => {
  fountain = await startFountain();
  const scopes = ["sequence:read", "sequence:write", "search:read", "search:write"];
  editor = await registerService(fountain, await logIn(fountain), "editing", scopes);
  call = await steppedUp(fountain);
});
afterAll(() => fountain?.stop());

/** Three changes that search has refused for good, without an effect on search itself. */
const bury = async (): Promise<void> => {
  for (const elementId of [1, 2, 3])
    await fountain.databases["service-a"]?.execute({
      sql: `INSERT INTO outbox (element_type, element_id, attempts, refusal, next_attempt_at, created_at)
        VALUES ('action', ?, 20, 'too odd', 0, 1000)`,
      args: [elementId],
    });
};
const metric = async (name: string): Promise<string | undefined> =>
  new RegExp(`^${name}\\{worker="service-a"\\} (\\d+)$`, "m").exec(await fountain.metrics())?.[1];

test("dead letters are listed and counted, and delivered when driven again", async () => {
  for (const elementId of [1, 2, 3])
    await call("POST", "/sequence", { json: { elementType: "action", elementId, comment: "c", text: "odd" } });
  await expect.poll(() => metric("fountain_outbox_depth"), { timeout: 10_000 }).toBe("0");
  await fountain.databases["search"]?.execute("DELETE FROM documents");
  await bury();
  await fountain.runScheduled("service-a");
  expect(await metric("fountain_outbox_dead_letters")).toBe("3");
  expect(await metric("fountain_outbox_depth")).toBe("0");
  expect(await metric("fountain_outbox_oldest_age_seconds")).toBe("0");
  const letters = await allItems(call, "/outbox/dead-letters", 2);
  expect(letters.map((letter) => letter["elementId"])).toEqual([1, 2, 3]);
  expect(letters[0]).toEqual({
    id: expect.any(Number),
    elementType: "action",
    elementId: 1,
    attempts: 20,
    refusal: "too odd",
    changedAt: "1970-01-01T00:00:01.000Z",
  });

  const redrive = () =>
    call("POST", "/outbox/dead-letters/redrive", { headers: { "idempotency-key": "after-the-fix" } });
  expect(await redrive()).toMatchObject({ status: 200, body: { redriven: 3 } });
  await expect.poll(() => metric("fountain_outbox_depth"), { timeout: 10_000 }).toBe("0");
  expect(await metric("fountain_outbox_dead_letters")).toBe("0");
  expect(await allItems(call, "/outbox/dead-letters")).toEqual([]);
  const found = await fountain.databases["search"]?.execute("SELECT id FROM documents ORDER BY id");
  expect(found?.rows.map((row) => row["id"])).toEqual(["action-1", "action-2", "action-3"]);

  await bury();
  expect(await redrive()).toMatchObject({ status: 200, body: { redriven: 3 } });
  expect(await metric("fountain_outbox_dead_letters")).toBe("3");
});

test("nobody but an administrator sees them", async () => {
  for (const [method, path] of [
    ["GET", "/outbox/dead-letters"],
    ["POST", "/outbox/dead-letters/redrive"],
  ] as const)
    expect((await fountain.fetch(`/service-a${path}`, { method, headers: editor })).status).toBe(403);
});
