import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { allItems, type Caller, rowsOf, steppedUp } from "../../../../tests/support/service-a.ts";

const SCREENPLAY = `Title: The Bus
Author: Nobody

FADE IN:

INT. STATION - NIGHT

A clock without hands.

BOB
(tired)
Hello.

EXT. ROAD - NIGHT

> THE END <

ANN
Goodbye.
`;

let fountain: Fountain;
let call: Caller;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
});
afterAll(() => fountain?.stop());

const importText = (text: string | Uint8Array<ArrayBuffer>) => call("POST", "/scripts", { text });
const importScript = async (text: string): Promise<number> => {
  const imported = await importText(text);
  expect(imported.status).toBe(201);
  return Number(imported.body["scriptId"]);
};
const exportText = async (scriptId: number): Promise<string> =>
  (await call("GET", `/scripts/${scriptId}.fountain`)).text;
/** How many other calls, one after another, were answered meanwhile. */
const whileWaiting = async <Value>(work: Promise<Value>): Promise<{ result: Value; answered: number }> => {
  let answered = 0;
  let isDone = false;
  const others = async (): Promise<void> => {
    for (; !isDone; answered += 1) expect((await fountain.fetch("/health")).status).toBe(200);
  };
  const [result] = await Promise.all([
    work.finally(() => {
      isDone = true;
    }),
    others(),
  ]);
  return { result, answered };
};
const elementsOf = (scriptId: number) => allItems(call, `/elements?scriptId=${scriptId}`);
/** What an element says, without what only this import gave it. */
const contentsOf = async (scriptId: number) =>
  (await elementsOf(scriptId)).map((item) => [item["elementType"], item["text"]]);
const idsOf = async (scriptId: number, elementType: string): Promise<number[]> =>
  (await allItems(call, `/elements?scriptId=${scriptId}&elementType=${elementType}`)).map((item) =>
    Number(item["elementId"]),
  );
const revise = (elementType: string, elementId: number, newVersionData: string) =>
  call("POST", "/sequence/version", { json: { elementType, elementId, newVersionData, comment: "c" } });
const reorder = (elementIds: number[], newOrder: number[]) =>
  call("POST", "/sequence/reorder", { json: { elementType: "section", elementIds, newOrder } });

describe("an import", () => {
  // Each took a rule of an earlier reader minutes: imported, and again at each export.
  test.each([`>${"> <".repeat(40)}x`, `>${"> <".repeat(80_000)}x`, `>${"> <".repeat(79)}x\n\n`.repeat(9_900)])(
    "of a line that is nearly centered many times over is read and written back",
    async (text) => {
      const exported = await exportText(await importScript(text));
      expect(exported.startsWith(text.slice(0, 1))).toBe(true);
      expect(exported.split(">")).toHaveLength(text.split(">").length);
    },
  );

  test("of the largest sizes keeps no one waiting, nor does writing it back", async () => {
    for (const text of [`${"**_*".repeat(60)}\n\n`.repeat(9_900), `x\n\n${"\r".repeat(4_000_000)}`]) {
      const importing = await whileWaiting(importText(text));
      expect(importing.result.status).toBe(201);
      expect(importing.answered).toBeGreaterThan(5);
      const exporting = await whileWaiting(exportText(Number(importing.result.body["scriptId"])));
      expect(exporting.result.trim()).toBe(text.trim());
      if (text.startsWith("*")) expect(exporting.answered).toBeGreaterThan(2);
    }
  });

  test("makes a script and its elements, numbered in order without a gap", async () => {
    const imported = await importText(SCREENPLAY);
    expect(imported.status).toBe(201);
    const { scriptId } = imported.body;
    const counts = { section: 2, character: 2, action: 3, spokenWord: 2 };
    expect(imported.body).toEqual({ scriptId, title: "The Bus", counts });
    expect((await call("GET", `/scripts/${scriptId}`)).body).toEqual({
      scriptId,
      title: "The Bus",
      counts,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    const script = (await call("GET", `/elements/script/${scriptId}`)).body;
    expect(script).toMatchObject({ versionNumber: 1, text: "The Bus", scriptId: null });
    const elements = await elementsOf(Number(scriptId));
    const first = Number(script["sequenceNumber"]) + 1;
    expect(elements.map((item) => item["sequenceNumber"])).toEqual(elements.map((_, index) => first + index));
    expect(elements.map((item) => item["text"])).toEqual([
      "FADE IN:",
      "INT. STATION - NIGHT",
      "A clock without hands.",
      "BOB",
      "(tired)\nHello.",
      "EXT. ROAD - NIGHT",
      "THE END",
      "ANN",
      "Goodbye.",
    ]);
  });

  test("numbers on from the largest id of each type in use", async () => {
    const json = { elementType: "character", elementId: 4_000, comment: "" };
    expect((await call("POST", "/sequence", { json })).status).toBe(201);
    const scriptId = await importScript(SCREENPLAY);
    expect(await idsOf(scriptId, "character")).toEqual([4_001, 4_002]);
  });

  test.each([
    ["nothing", ""],
    ["blank lines", "\n\n  \n"],
    ["NULs", "INT. A\0\0\0"],
    ["a picture", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
    ["Latin 1", new Uint8Array([0x49, 0x4e, 0x54, 0x2e, 0x20, 0xc9, 0x0a])],
    ["more than ten thousand elements", "Walks.\n\n".repeat(10_001)],
  ])("of %s gets 422, and nothing is stored", async (_, text) => {
    const count = "SELECT (SELECT count(*) FROM elements) + (SELECT count(*) FROM scripts) AS rows";
    const before = await rowsOf(fountain, count);
    expect(await importText(text)).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(await rowsOf(fountain, count)).toEqual(before);
  });

  test("over eight MiB gets 413, and of another media type 415", async () => {
    expect((await importText("x".repeat(8 * 1024 * 1024 + 1))).status).toBe(413);
    expect((await call("POST", "/scripts", { json: { text: SCREENPLAY } })).status).toBe(415);
  });

  test("of eight MiB goes in and comes out whole", async () => {
    const scene = (index: number) => `INT. ROOM ${index}\n\n${`\\ "quoted" é\u{1f3ac} ${index} `.repeat(180).trim()}\n`;
    const text = Array.from({ length: 2_000 }, (_, index) => scene(index)).join("\n");
    expect(new TextEncoder().encode(text).length).toBeGreaterThan(7.5 * 1024 * 1024);
    const scriptId = await importScript(text);
    expect((await exportText(scriptId)) === text).toBe(true);
  });

  test("is listed, in pages that hold each script once", async () => {
    const ids = (await allItems(call, "/scripts", 2)).map((item) => Number(item["scriptId"]));
    expect(ids.length).toBeGreaterThan(2);
    expect(ids).toEqual(ids.map((_, index) => index + 1));
  });
});

describe("an export", () => {
  test.each(["abc", "0", "1e3", "9".repeat(20), "%27%3B--"])(
    "has no script %s to export, which is no number",
    async (id) => {
      const refused = await call("GET", `/scripts/${id}.fountain`);
      expect(refused).toMatchObject({ status: 422, body: { code: "invalid-input" } });
      expect(Object(refused.body["errors"])[0].pointer).toBe("#/param/id");
    },
  );

  test("is plain text, and importing it gives the same elements", async () => {
    const scriptId = await importScript(SCREENPLAY);
    const exported = await call("GET", `/scripts/${scriptId}.fountain`);
    expect(exported).toMatchObject({ status: 200, text: SCREENPLAY });
    expect(exported.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(exported.headers.get("content-disposition")).toBe(`attachment; filename="${scriptId}.fountain"`);
    expect(await contentsOf(await importScript(exported.text))).toEqual(await contentsOf(scriptId));
  });

  test("has the sections in their new order, with all that follows them, and stays the start where it is", async () => {
    const scriptId = await importScript(SCREENPLAY);
    const [station = 0, road = 0] = await idsOf(scriptId, "section");
    expect((await reorder([station, road], [road, station])).status).toBe(200);
    const exported = await exportText(scriptId);
    expect(exported).toBe(`Title: The Bus
Author: Nobody

FADE IN:

EXT. ROAD - NIGHT

> THE END <

ANN
Goodbye.

INT. STATION - NIGHT

A clock without hands.

BOB
(tired)
Hello.
`);
    expect(await exportText(await importScript(exported))).toBe(exported);
  });

  test("has the latest version of each element, the script's as its title", async () => {
    const scriptId = await importScript(SCREENPLAY);
    const [line = 0] = await idsOf(scriptId, "spokenWord");
    await revise("spokenWord", line, "Not yet.");
    await revise("spokenWord", line, "Hello again.");
    await revise("script", scriptId, "The Tram");
    const exported = await exportText(scriptId);
    expect(exported).toBe(SCREENPLAY.replace("(tired)\nHello.", "Hello again.").replace("The Bus", "The Tram"));
    expect((await call("GET", `/scripts/${scriptId}`)).body["title"]).toBe("The Tram");
  });

  test("keeps each element what it is, whatever text it was given", async () => {
    const scriptId = await importScript(SCREENPLAY);
    const elements = await elementsOf(scriptId);
    const awkward = ["INT. TRAP\n\nBOB\nHa!", "", "# Act", "CUT TO:", "/* gone */", "> <", "~", "===", "Title: x"];
    for (const [index, item] of elements.entries())
      await revise(String(item["elementType"]), Number(item["elementId"]), awkward[index] ?? "x");
    const again = await importScript(await exportText(scriptId));
    const typesOf = async (id: number) => (await elementsOf(id)).map((item) => item["elementType"]);
    expect(await typesOf(again)).toEqual(await typesOf(scriptId));
    expect(await exportText(again)).toBe(await exportText(scriptId));
  });

  test("leaves out what was added alone", async () => {
    const scriptId = await importScript(SCREENPLAY);
    await call("POST", "/sequence", {
      json: { elementType: "action", elementId: 70_000, comment: "", text: "Alone." },
    });
    expect(await exportText(scriptId)).toBe(SCREENPLAY);
  });

  test.each(["/scripts/99999", "/scripts/99999.fountain"])("%s is not found", async (missing) => {
    expect((await call("GET", missing)).status).toBe(404);
  });

  test("of a script element without a screenplay is not found", async () => {
    await call("POST", "/sequence", { json: { elementType: "script", elementId: 50_000, comment: "" } });
    expect((await call("GET", "/scripts/50000.fountain")).status).toBe(404);
  });

  test.each(["/scripts/x", "/scripts/0"])("%s is not a path of sense", async (odd) => {
    expect((await call("GET", odd)).status).toBe(422);
  });
});

test("five thousand elements survive import, export and import", async () => {
  const scene = (index: number) => `INT. ROOM ${index}\n\nHe waits.\n\nBOB ${index}\n(tired)\nHello *again*.\n`;
  const source = Array.from({ length: 1_250 }, (_, index) => scene(index)).join("\n");
  const scriptId = await importScript(source);
  const exported = await exportText(scriptId);
  expect(exported === source).toBe(true);
  const again = await importScript(exported);
  const contents = await contentsOf(again);
  expect(contents).toHaveLength(5_000);
  expect(contents).toEqual(await contentsOf(scriptId));
});

test("the example survives import, export and import", async () => {
  const examples = path.join(import.meta.dirname, "../../../../examples");
  const source = readFileSync(path.join(examples, "the-lighthouse-keeper.fountain"), "utf8");
  const scriptId = await importScript(source);
  const again = await importScript(await exportText(scriptId));
  expect(await contentsOf(again)).toEqual(await contentsOf(scriptId));
});
