import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../harness.ts";

const DEMO = path.join(import.meta.dirname, "..", "..", "examples", "demo.ts");

let fountain: Fountain;
let folder: string;
beforeAll(async () => {
  fountain = await startFountain();
  folder = mkdtempSync(path.join(tmpdir(), "fountain-demo-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await fountain.stop();
});

const play = (...args: string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const env = {
      ...process.env,
      FOUNTAIN_URL: fountain.url,
      ADMIN_USERNAME: fountain.adminUsername,
      ADMIN_PASSWORD: fountain.adminPassword,
    };
    const demo = spawn(process.execPath, [DEMO, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [demo.stdout, demo.stderr])
      stream.on("data", (chunk) => {
        output += chunk;
      });
    demo.on("close", (code) => resolve({ code, output }));
  });

const screenplay = (name: string, text: string): string => {
  const file = path.join(folder, `${name}.fountain`);
  writeFileSync(file, text);
  return file;
};

const LONG = Array.from(
  { length: 1_000 },
  (_, n) => `INT. ROOM ${n} - DAY\n\nA door opens for the ${n}th time.\n\nANNA ${n}\nNumber ${n} speaks.\n`,
).join("\n");

const CASES: [string, string[]][] = [
  ["the sample", []],
  ["a screenplay of 4,000 elements", [LONG]],
  ["a screenplay without title, scenes or dialogue", ["Rain.\n\nMore rain.\n"]],
  ["a screenplay of one line of action", ["Rain.\n"]],
  ["a screenplay of one line of dialogue", ["MARY\nHello?\n"]],
  [
    "Windows line ends, a byte order mark and forced elements",
    ["\uFEFF.NOWHERE\r\n\r\n!RAIN\r\n\r\n@McAvoy\r\nAy, ça va.\r\n\r\n> FADE OUT.\r\n"],
  ],
  [
    "acts, synopses, notes and dual dialogue",
    [
      "# Act One\n\n= They meet.\n\nINT. BAR - NIGHT\n\nANN\nHi.\n\nBOB ^\nHi. [[too flat?]]\n\n# Act Two\n\nEXT. SEA - DAY #2#\n\n> THE END <\n",
    ],
  ],
];

test.for(CASES)("plays %s to the end", { timeout: 60_000 }, async ([, [text]]) => {
  const args = text === undefined ? [] : [screenplay(String(text.length), text)];
  const first = await play(...args);
  expect(first.output).toContain("steps held");
  expect(first.code).toBe(0);
});

test("leaves no trace that would keep it from playing again", async () => {
  const { code, output } = await play();
  expect(output).toContain("the second factor of the demo is removed again");
  expect(code).toBe(0);
});

test("says what is wrong, and does not pass, when a step does not hold", async () => {
  const { code, output } = await play(screenplay("empty", "\n\n"));
  expect(code).toBe(1);
  expect(output).toContain("422");
});
