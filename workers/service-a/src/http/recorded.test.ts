/** What operators change here is in the audit trail once, and is not changed when it cannot be recorded there. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  auditEntriesAfter,
  lastAuditEntryId,
  withoutAudit,
} from "../../../../tests/support/recording/audit-entries.ts";
import { type Caller, rowsOf, steppedUp } from "../../../../tests/support/service-a.ts";

let fountain: Fountain;
let call: Caller;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
  for (const elementId of [1, 2])
    await call("POST", "/sequence", { json: { elementType: "action", elementId, comment: "c" } });
});
afterAll(() => fountain?.stop());

/** The entries that some work leaves. */
const entriesOf = async (work: () => Promise<unknown>): Promise<string[]> => {
  const last = await lastAuditEntryId(fountain);
  await work();
  const entries = await auditEntriesAfter(fountain, last);
  return entries.map(({ action, outcome, target, reason }) =>
    [action, outcome, target, reason].filter((part) => part !== null).join(" "),
  );
};

/** A dead letter of an element of its own, so that no later change of it comes through. */
const bury = (elementId: number) =>
  fountain.databases["service-a"]?.execute({
    sql: `INSERT INTO outbox (element_type, element_id, attempts, refusal, next_attempt_at, created_at)
      VALUES ('action', ?, 20, 'too odd', 0, 1000)`,
    args: [elementId],
  });
const redrive = (key?: string) =>
  call("POST", "/outbox/dead-letters/redrive", { headers: key === undefined ? {} : { "idempotency-key": key } });
const reorder = (newOrder: number[], key?: string) =>
  call("POST", "/sequence/reorder", {
    json: { elementType: "action", elementIds: newOrder.toSorted(), newOrder },
    headers: key === undefined ? {} : { "idempotency-key": key },
  });
const order = () => rowsOf(fountain, "SELECT element_id, sequence_number FROM elements ORDER BY sequence_number");
const dead = () => rowsOf(fountain, "SELECT id FROM outbox WHERE attempts = 20");

test("a redrive is recorded if something is redelivered, and not when it is repeated under its key", async () => {
  expect(await entriesOf(() => redrive())).toEqual([]);
  await bury(3);
  expect(await entriesOf(() => redrive("once"))).toEqual(["dead-letters.redrive success"]);
  await bury(4);
  expect(await entriesOf(() => redrive("once"))).toEqual([]);
  expect(await dead()).toHaveLength(1);
});

test("dead letters are not redelivered when that cannot be recorded", async () => {
  expect(await dead()).toHaveLength(1);
  expect(await withoutAudit(fountain, "dead-letters.redrive", () => redrive())).toMatchObject({ status: 503 });
  expect(await dead()).toHaveLength(1);
  expect(await entriesOf(() => redrive())).toEqual(["dead-letters.redrive success"]);
  expect(await dead()).toEqual([]);
});

test("a new order is recorded with the type of its elements, and not when it is repeated under its key", async () => {
  expect(await entriesOf(() => reorder([2, 1], "reversed"))).toEqual(["sequence.reorder success action"]);
  expect(await entriesOf(() => reorder([2, 1], "reversed"))).toEqual([]);
});

test("nothing is reordered when that cannot be recorded", async () => {
  const before = await order();
  expect(await withoutAudit(fountain, "sequence.reorder", () => reorder([1, 2]))).toMatchObject({ status: 503 });
  expect(await order()).toEqual(before);
});

test("a new order with an id that no element has is recorded as not done", async () => {
  expect(await entriesOf(() => reorder([99, 1]))).toEqual([
    "sequence.reorder success action",
    "sequence.reorder failure action not-done",
  ]);
});
