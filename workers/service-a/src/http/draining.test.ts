import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { type Caller, rowsOf, steppedUp } from "../../../../tests/support/service-a.ts";

const PATIENCE_MS = 15_000;

let fountain: Fountain;
let call: Caller;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
});
afterAll(() => fountain?.stop());

const search = async (sql: string) =>
  ((await fountain.databases["search"]?.execute(sql))?.rows ?? []).map((row) => ({ ...row }));
const documents = () => search("SELECT id, sequence_number, version_number, text FROM documents ORDER BY id");
const changesLeft = async () => Number((await rowsOf(fountain, "SELECT count(*) AS left FROM outbox"))[0]?.["left"]);
const drained = () => expect.poll(changesLeft, { timeout: PATIENCE_MS }).toBe(0);

const create = (elementId: number, text: string) =>
  call("POST", "/sequence", { json: { elementType: "action", elementId, comment: "c", text } });
const revise = (elementId: number, newVersionData: string) =>
  call("POST", "/sequence/version", { json: { elementType: "action", elementId, newVersionData, comment: "c" } });

test("what was written is found without anybody asking for it", async () => {
  await create(1, "one");
  await drained();
  await revise(1, "uno");
  await drained();
  expect(await documents()).toEqual([{ id: "action-1", sequence_number: 1, version_number: 2, text: "uno" }]);
});

test("an import and a reorder reach search whole", async () => {
  const text = Array.from({ length: 700 }, (_, index) => `INT. ROOM ${index}`).join("\n\n");
  const { scriptId } = (await call("POST", "/scripts", { text })).body;
  const sections = await rowsOf(fountain, "SELECT element_id AS id FROM elements WHERE element_type = 'section'");
  const elementIds = sections.map((row) => row["id"]);
  await call("POST", "/sequence/reorder", {
    json: { elementType: "section", elementIds, newOrder: elementIds.toReversed() },
  });
  await drained();
  const found = await search(
    `SELECT element_id AS id FROM documents WHERE script_id = ${scriptId} ORDER BY sequence_number`,
  );
  expect(found.map((row) => row["id"])).toEqual(elementIds.toReversed());
});

test("an import has reached search when it is acknowledged", async () => {
  for (let round = 0; round < 3; round += 1) {
    const text = Array.from({ length: 500 }, (_, index) => `INT. HALL ${round} ${index}`).join("\n\n");
    const { status, body } = await call("POST", "/scripts", { text });
    expect(status).toBe(201);
    const found = await search(`SELECT count(*) AS count FROM documents WHERE script_id = ${body["scriptId"]}`);
    expect(found).toEqual([{ count: 500 }]);
  }
});

test("while search is down an import is acknowledged all the same", async () => {
  await fountain.databases["search"]?.execute("ALTER TABLE documents RENAME TO documents_away");
  const { status } = await call("POST", "/scripts", { text: "INT. CELLAR - NIGHT\n\nDark." });
  await fountain.databases["search"]?.execute("ALTER TABLE documents_away RENAME TO documents");
  expect(status).toBe(201);
  const left = async (): Promise<number> => {
    await fountain.runScheduled("service-a");
    return changesLeft();
  };
  await expect.poll(left, { timeout: PATIENCE_MS, interval: 200 }).toBe(0);
});

test("while search is down writes succeed, and when it is back it has the latest of everything", async () => {
  await fountain.databases["search"]?.execute("ALTER TABLE documents RENAME TO documents_away");
  for (const id of [10, 11, 12]) expect((await create(id, `text ${id}`)).status).toBe(201);
  expect((await revise(11, "second")).status).toBe(201);
  expect((await revise(11, "third")).status).toBe(201);
  const ids = [10, 11, 12];
  const json = { elementType: "action", elementIds: ids, newOrder: [12, 10, 11] };
  expect((await call("POST", "/sequence/reorder", { json })).status).toBe(200);
  expect(await changesLeft()).toBe(8);
  await expect.poll(() => fountain.logs.filter((line) => line.includes("outbox.paused")).length).toBeGreaterThan(0);

  await fountain.databases["search"]?.execute("ALTER TABLE documents_away RENAME TO documents");
  const left = async (): Promise<number> => {
    await fountain.runScheduled("service-a");
    return changesLeft();
  };
  await expect.poll(left, { timeout: PATIENCE_MS, interval: 200 }).toBe(0);
  const first = (
    await rowsOf(
      fountain,
      "SELECT min(sequence_number) AS number FROM elements WHERE element_type = 'action' AND element_id = 12",
    )
  )[0];
  const number = Number(first?.["number"]);
  expect((await documents()).filter(({ id }) => ["action-10", "action-11", "action-12"].includes(String(id)))).toEqual([
    { id: "action-10", sequence_number: number + 1, version_number: 1, text: "text 10" },
    { id: "action-11", sequence_number: number + 2, version_number: 3, text: "third" },
    { id: "action-12", sequence_number: number, version_number: 1, text: "text 12" },
  ]);
  expect(await rowsOf(fountain, "SELECT holder, failures FROM outbox_lease")).toEqual([{ holder: null, failures: 0 }]);
});
