/** How often a write, and its delivery to search, asks the databases: counts, and no times. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTripCounter } from "../../../../tests/support/fountain/trips.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { atOnce, type Caller, steppedUp } from "../../../../tests/support/service-a.ts";

const trips = createTripCounter();
let fountain: Fountain;
let call: Caller;

const create = (elementId: number, headers: Record<string, string> = {}) =>
  call("POST", "/sequence", { json: { elementType: "action", elementId, comment: "c", text: "a text" }, headers });
const revise = (elementId: number) =>
  call("POST", "/sequence/version", {
    json: { elementType: "action", elementId, newVersionData: "another text", comment: "c" },
  });

beforeAll(async () => {
  fountain = await startFountain({ trips });
  call = await steppedUp(fountain);
  // The embedded engine leaves a cluster used before, once in a process.
  await create(1);
});
afterAll(async () => {
  await fountain?.stop();
  await trips.stop();
});

const counted = async (work: () => Promise<unknown>) => {
  const { before, after } = await trips.during(["service-a", "search"], work);
  return { before: before.map(({ worker }) => worker), after: after.map(({ worker }) => worker) };
};

/** The first trip is the write. Then the changes are taken with the lease, stored by search, and confirmed as the lease ends. */
const expectOneAndDelivery = async (work: () => Promise<unknown>): Promise<void> => {
  const { before, after } = await counted(work);
  expect([...before, ...after]).toEqual(["service-a", "service-a", "search", "service-a"]);
  // A busy machine may see the response only when the next trip is over.
  expect(before.length).toBeLessThan(4);
};

test("a write takes one trip, and its delivery, which no one waits for, three", async () => {
  await expectOneAndDelivery(() => create(2));
  await expectOneAndDelivery(() => create(3, { "idempotency-key": "three" }));
  await expectOneAndDelivery(() => revise(2));
});

test("a new element takes three statements, and two more with a key", async () => {
  const statementsOf = async (work: () => Promise<unknown>) =>
    (await trips.during(["service-a"], work)).before[0]?.statements.length;
  expect(await statementsOf(() => create(4))).toBe(3);
  expect(await statementsOf(() => create(5, { "idempotency-key": "five" }))).toBe(5);
  expect(await statementsOf(() => create(4))).toBe(3);
});

test("writes at the same time share their delivery", async () => {
  const { before, after } = await counted(() => atOnce(10, (index) => create(100 + index)));
  expect(before.length + after.length).toBeLessThanOrEqual(3 * 10);
  const documents = await fountain.databases["search"]?.execute("SELECT 1 FROM documents WHERE element_id >= 100");
  expect(documents?.rows).toHaveLength(10);
});
