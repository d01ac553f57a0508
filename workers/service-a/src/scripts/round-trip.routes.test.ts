/** A screenplay imported and exported again: byte for byte where it is unchanged, by its author's marks where it is not. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { allItems, type Caller, rowsOf, steppedUp } from "../../../../tests/support/service-a.ts";

let fountain: Fountain;
let call: Caller;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
});
afterAll(() => fountain?.stop());

const importScript = async (text: string): Promise<number> => {
  const imported = await call("POST", "/scripts", { text });
  expect(imported.status).toBe(201);
  return Number(imported.body["scriptId"]);
};
const exportText = async (scriptId: number): Promise<string> =>
  (await call("GET", `/scripts/${scriptId}.fountain`)).text;
const contentsOf = async (scriptId: number) =>
  (await allItems(call, `/elements?scriptId=${scriptId}`)).map((item) => [item["elementType"], item["text"]]);
const idsOf = async (scriptId: number, elementType: string): Promise<number[]> =>
  (await allItems(call, `/elements?scriptId=${scriptId}&elementType=${elementType}`)).map((item) =>
    Number(item["elementId"]),
  );
const revise = async (elementType: string, elementId: number, newVersionData: string): Promise<void> => {
  const json = { elementType, elementId, newVersionData, comment: "c" };
  expect((await call("POST", "/sequence/version", { json })).status).toBe(201);
};

const EXAMPLES = path.join(import.meta.dirname, "../../../../examples");
const examples = globSync("*.fountain", { cwd: EXAMPLES }).sort();

describe("an unchanged screenplay", () => {
  test.each(examples)("%s is exported as it was written", async (name) => {
    const source = readFileSync(path.join(EXAMPLES, name), "utf8");
    const scriptId = await importScript(source);
    expect(await exportText(scriptId)).toBe(source);
    const again = await importScript(await exportText(scriptId));
    expect(await contentsOf(again)).toEqual(await contentsOf(scriptId));
  });

  test.each([
    "He goes.\n\n> FADE OUT.\n",
    "@李雷\n你好。\n\n!BOB WAITS\n\n.shot\n\n~ La la\n~ di da\n\n> x <\n",
    "Title: X * Y & Z\nDirector's cut (x/y-z): yes\nContact:\na@example.org\n\n\n\n####### Deep\n= why\n\n\n",
    "\n\n/* a\n\nb */\n\nBOB /* c */\nHi. /* d */\n  \nHo. [[e\n  \nf]]\n\nANN ^\nHo.\n\n/* never closed",
    "他走进房间。\n他坐下来。\n\n  indented\t\n\ttoo   \n\n\n   \n",
    "One.\u2028Two.\fThree.\u0085\u000bFour.\uFEFF\u0007\u001b\ufffd\n",
  ])("%j is exported as it was written", async (source) => {
    expect(await exportText(await importScript(source))).toBe(source);
  });

  test.each([
    [
      "characters of three bytes",
      `x\n\n${"€".repeat(1_040_000)}\n\n${"€".repeat(65_000)}\n\n${"€".repeat(1_040_000)}\n`,
    ],
    ["boneyard", `x\n\n/*${"€".repeat(500_000)}*/\n\n ${"€".repeat(100_000)} /*${"€".repeat(500_000)}*/\n`],
    [
      "characters that JSON escapes",
      `x\n\n${"\u0007".repeat(1_040_000)}\n\n${`${"\u0007".repeat(65_000)}\n\n`.repeat(9)}`,
    ],
  ])("of the largest elements, of %s, is exported as it was written, and searched", async (_, source) => {
    expect((await exportText(await importScript(source))) === source).toBe(true);
    const waiting = () => rowsOf(fountain, "SELECT count(*) AS changes FROM outbox");
    await expect.poll(waiting, { timeout: 20_000, interval: 200 }).toEqual([{ changes: 0 }]);
  });

  test("has line feeds for other line ends, and no byte order mark", async () => {
    expect(await exportText(await importScript("\uFEFFOne.\r\n\r\nTwo.\rThree."))).toBe("One.\n\nTwo.\nThree.");
  });
});

test("sections that change places take along what their author wrote before and in them", async () => {
  const scriptId = await importScript(
    "/* top */\n# One\n\n\n@Mac\nHi. /* x */\n\n/* two */\n\n####### Two\n= why\n\n> FADE OUT.",
  );
  const [one = 0, two = 0] = await idsOf(scriptId, "section");
  const json = { elementType: "section", elementIds: [one, two], newOrder: [two, one] };
  expect((await call("POST", "/sequence/reorder", { json })).status).toBe(200);
  const exported = await exportText(scriptId);
  expect(exported).toBe("/* two */\n\n####### Two\n= why\n\n> FADE OUT.\n\n/* top */\n# One\n\n\n@Mac\nHi. /* x */\n");
  const again = await importScript(exported);
  expect(await exportText(again)).toBe(exported);
});

test("a new version keeps its author's mark, its caret and its boneyard, and leaves the rest as it was", async () => {
  const source = "Title: X\n\n\n> Burn out.\n\n@Mac /* he */\nHi.\n\n\n\nANN\nHo. /* or Hum. */\n\n!HE GOES\n\n\n";
  const scriptId = await importScript(source);
  const [burn = 0, goes = 0] = await idsOf(scriptId, "action");
  const [, ann = 0] = await idsOf(scriptId, "character");
  const [hi = 0] = await idsOf(scriptId, "spokenWord");
  await revise("action", burn, "FADE OUT.");
  await revise("action", goes, "She goes.");
  await revise("character", ann, "EVE ^");
  await revise("spokenWord", hi, "Good /* or bad */ day.");
  const exported = await exportText(scriptId);
  expect(exported).toBe(
    source
      .replace("Burn out.", "FADE OUT.")
      .replace("HE GOES", "She goes.")
      .replace("ANN", "EVE ^")
      .replace("Hi.", "Good /* or bad */ day."),
  );
  await revise("action", burn, "Burn out.");
  expect(await exportText(scriptId)).toBe(exported.replace("FADE OUT.", "Burn out."));
});

test("a title keeps its marks, its lines and the rest of its page", async () => {
  const scriptId = await importScript("\nTitle: /* old */ X\nDraft (no.): 3\n\nHe goes.\n");
  await revise("script", scriptId, "Rock * & * Roll");
  const exported = await exportText(scriptId);
  expect(exported).toBe("\nTitle: Rock * & * Roll /* old */\nDraft (no.): 3\n\nHe goes.\n");
  expect((await call("GET", `/scripts/${await importScript(exported)}`)).body["title"]).toBe("Rock * & * Roll");
  await revise("script", scriptId, "*Star*");
  const starred = await importScript(await exportText(scriptId));
  expect((await call("GET", `/scripts/${starred}`)).body["title"]).toBe("*Star*");
});

test("a script stored before its text was kept is written by rule", async () => {
  const source = "Title: X\n\nINT. HOUSE\n\nBOB\nHi.\n\n> FADE OUT.\n";
  const scriptId = await importScript(source);
  await rowsOf(
    fountain,
    `DELETE FROM sources WHERE (element_type, element_id) IN
      (SELECT element_type, element_id FROM elements WHERE script_id = ${scriptId})`,
  );
  expect(await exportText(scriptId)).toBe(source);
});
