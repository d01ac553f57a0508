import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { allItems, atOnce, type Caller, itemsOf, rowsOf, steppedUp } from "../../../../tests/support/service-a.ts";

const WRITERS = 64;
const DURATION_MS = 4_000;

let fountain: Fountain;
let call: Caller;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
});
afterAll(() => fountain?.stop());

const create = (elementId: number, elementType = "action") =>
  call("POST", "/sequence", { json: { elementType, elementId, comment: "c" } });
const numbersOf = async () =>
  (await rowsOf(fountain, "SELECT sequence_number AS number FROM elements ORDER BY 1")).map((row) => row["number"]);
const oneTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test("64 writers at once, importers and duplicates among them: numbers 1 to N, none twice, none skipped", async () => {
  const endsAtMs = Date.now() + DURATION_MS;
  const given: unknown[] = [];
  const statuses = new Set<number>();
  let lastId = 0;
  await atOnce(WRITERS, async (writer) => {
    while (Date.now() < endsAtMs) {
      if (writer === 0) await call("POST", "/scripts", { text: "INT. HOUSE\n\nHe waits.\n\nBOB\nHello." });
      lastId += 1;
      // Every eighth element has been there before.
      const { status, body } = await create(10_000 + (lastId % 8 === 0 ? 1 : lastId), "character");
      statuses.add(status);
      if (status === 201) given.push(body["sequenceNumber"]);
    }
  });
  expect([...statuses].toSorted()).toEqual([201, 409]);
  expect(new Set(given).size).toBe(given.length);
  const numbers = await numbersOf();
  expect(numbers).toEqual(oneTo(numbers.length));
  const versions = await rowsOf(fountain, "SELECT count(*) AS rows FROM versions");
  expect(versions).toEqual([{ rows: numbers.length }]);
});

test("of many who create the same element, one does", async () => {
  const answers = await atOnce(16, () => create(90_000, "section"));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(15);
});

const revise = (elementId: number, newVersionData: string, headers: Record<string, string> = {}) =>
  call("POST", "/sequence/version", {
    json: { elementType: "spokenWord", elementId, newVersionData, comment: "c" },
    headers,
  });

test("concurrent versions get different numbers, and none is lost", async () => {
  await create(500, "spokenWord");
  const answers = await atOnce(40, (index) => revise(500, `text ${index}`));
  expect(answers.map(({ body }) => Number(body["versionNumber"])).toSorted((a, b) => a - b)).toEqual(
    oneTo(41).slice(1),
  );
  for (const [index, { body, headers }] of answers.entries()) {
    expect(headers.get("etag")).toBe(`"${body["versionNumber"]}"`);
    const version = await call("GET", `/elements/spokenWord/500/versions/${body["versionNumber"]}`);
    expect(version.body["text"]).toBe(`text ${index}`);
  }
  expect((await call("GET", "/elements/spokenWord/500")).body["versionNumber"]).toBe(41);
});

test("of many who replace the same version, one does", async () => {
  await create(501, "spokenWord");
  const answers = await atOnce(16, () => revise(501, "x", { "if-match": '"1"' }));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 412)).toHaveLength(15);
});

test("concurrent reorders of overlapping sets, with writers between, keep the set of numbers", async () => {
  const ids = oneTo(30).map((id) => 600 + id);
  for (const id of ids) await create(id, "spokenWord");
  const before = await numbersOf();
  const shuffled = (list: number[]): number[] =>
    list
      .map((id) => ({ id, at: Math.random() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ id }) => id);
  const answers = await atOnce(40, (index) => {
    if (index % 4 === 3) return create(700 + index, "spokenWord");
    const some = shuffled(ids).slice(0, 20);
    const json = { elementType: "spokenWord", elementIds: some, newOrder: shuffled(some) };
    return call("POST", "/sequence/reorder", { json });
  });
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201]));
  for (const answer of answers.filter(({ status }) => status === 200)) {
    const moves = itemsOf(answer, "reorderedElements");
    const old = moves.map((move) => Number(move["oldSequenceNumber"]));
    const dealt = moves.map((move) => Number(move["newSequenceNumber"]));
    expect(dealt).toEqual(old.toSorted((a, b) => a - b));
  }
  expect(await numbersOf()).toEqual(oneTo(before.length + 10));
});

test("concurrent imports each get a script of their own, in one piece", async () => {
  const text = (name: string) => `INT. ${name}\n\n${Array.from({ length: 50 }, (_, at) => `Line ${at}.`).join("\n\n")}`;
  const names = oneTo(8).map((index) => `ROOM ${index}`);
  const answers = await Promise.all(names.map((name) => call("POST", "/scripts", { text: text(name) })));
  const ids = answers.map(({ body }) => Number(body["scriptId"]));
  expect(new Set(ids).size).toBe(8);
  for (const [index, scriptId] of ids.entries()) {
    const elements = await allItems(call, `/elements?scriptId=${scriptId}`);
    expect(elements.map((item) => item["text"])).toEqual([
      `INT. ${names[index]}`,
      ...Array.from({ length: 50 }, (_, at) => `Line ${at}.`),
    ]);
    const numbers = elements.map((item) => Number(item["sequenceNumber"]));
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
  }
});
