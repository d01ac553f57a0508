import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { allItems, type Caller, itemsOf, rowsOf, steppedUp } from "../../../../tests/support/service-a.ts";

let fountain: Fountain;
let call: Caller;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
});
afterAll(() => fountain?.stop());

const oneTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const shuffled = (ids: number[]): number[] =>
  ids
    .map((id) => ({ id, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ id }) => id);
const reorder = async (newOrder: number[]): Promise<void> => {
  const json = { elementType: "section", elementIds: newOrder, newOrder };
  expect((await call("POST", "/sequence/reorder", { json })).status).toBe(200);
};
const importSections = async (count: number): Promise<number> => {
  const text = oneTo(count)
    .map((index) => `INT. ROOM ${index}`)
    .join("\n\n");
  return Number((await call("POST", "/scripts", { text })).body["scriptId"]);
};
const idsOf = async (scriptId: number): Promise<number[]> =>
  (
    await rowsOf(
      fountain,
      `SELECT element_id AS id FROM elements WHERE script_id = ${scriptId} ORDER BY sequence_number`,
    )
  ).map(({ id }) => Number(id));
/** The pages of a list from its beginning to its end, with something done after each. */
const page = async (path: string, between: (page: number) => Promise<unknown>): Promise<Record<string, unknown>[]> => {
  const items: Record<string, unknown>[] = [];
  for (let next: unknown = "", number = 1; next !== null; number += 1) {
    const answer = await call("GET", `${path}&limit=10${next === "" ? "" : `&after=${next}`}`);
    items.push(...itemsOf(answer));
    next = answer.body["next"];
    await between(number);
  }
  return items;
};

test("whoever pages while others insert and reorder gets every element once, in the order of the beginning", async () => {
  const scriptId = await importSections(60);
  const ids = await idsOf(scriptId);
  const numbers = (await allItems(call, `/elements?scriptId=${scriptId}`)).map((item) => item["sequenceNumber"]);
  const items = await page(`/elements?scriptId=${scriptId}`, async (number) => {
    await reorder(number === 1 ? ids.toReversed() : shuffled(ids));
    await reorder(shuffled(ids.slice(20, 40)));
    await importSections(2);
  });
  expect(items.map((item) => item["elementId"])).toEqual(ids);
  expect(items.map((item) => item["sequenceNumber"])).toEqual(numbers);
});

test("what is created in between and moved to the front is not shown twice, nor does it hide anything", async () => {
  const scriptId = await importSections(25);
  const before = await allItems(call, "/elements?elementType=section");
  let newest = 50_000;
  const items = await page("/elements?elementType=section", async () => {
    newest += 1;
    const json = { elementType: "section", elementId: newest, comment: "c" };
    expect((await call("POST", "/sequence", { json })).status).toBe(201);
    await reorder([newest, ...shuffled(await idsOf(scriptId))]);
  });
  const seen = items.map((item) => Number(item["elementId"]));
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.slice(0, before.length)).toEqual(before.map((item) => item["elementId"]));
  const numbers = items.map((item) => Number(item["sequenceNumber"]));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
});

test("a list that begins after a reorder shows the new order, and a day later where it stood is forgotten", async () => {
  const scriptId = await importSections(15);
  const ids = await idsOf(scriptId);
  await reorder(ids.toReversed());
  const listed = await page(`/elements?scriptId=${scriptId}`, async () => undefined);
  expect(listed.map((item) => item["elementId"])).toEqual(ids.toReversed());
  await fountain.databases["service-a"]?.execute("UPDATE moves SET moved_at = moved_at - 86400000");
  await reorder(ids);
  await fountain.runScheduled("service-a");
  expect(await rowsOf(fountain, "SELECT count(*) AS kept FROM moves")).toEqual([{ kept: 14 }]);
});
