/** The commands of the README's tour, run in one shell as they stand there, with the codes that an authenticator app shows. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { generate } from "otplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const TOUR = /^## Try it with curl$(.*?)^## /ms.exec(readFileSync(path.join(ROOT, "README.md"), "utf8"))?.[1] ?? "";
const BLOCKS = [...TOUR.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
const MARK = "--- next block ---";
const PERIOD_SECONDS = 30;

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

/** As somebody would who sees no results yet. */
const untilFound = (block: string): string =>
  `for attempt in $(seq 100); do
    answer=$(${block})
    case $answer in *'"found":0'*) sleep 0.2 ;; *) break ;; esac
  done
  echo "$answer"`;

const commandsOf = (block: string): string => {
  const commands = block
    .replaceAll("localhost:8787", new URL(fountain.url).host)
    .replaceAll("'the one that npm start printed'", `'${fountain.adminPassword}'`);
  return block.includes("/search/search") ? untilFound(commands) : commands;
};

test("the tour in the README does what it says", async () => {
  expect(BLOCKS.length).toBeGreaterThan(6);
  const shell = spawn("bash", ["-c", BLOCKS.map(commandsOf).join(`\necho; echo '${MARK}'\n`)], { cwd: ROOT });
  let sent = 0;
  let output = "";
  shell.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
    const secret = /^([A-Z2-7]{32})$/m.exec(output)?.[1];
    const asked = output.match(/code that the app shows: |next code: /g)?.length ?? 0;
    if (secret === undefined || asked <= sent) return;
    const epoch = Math.floor(Date.now() / 1000) + sent * PERIOD_SECONDS;
    sent += 1;
    generate({ secret, epoch }).then((code) => shell.stdin.write(`${code}\n`));
  });
  const errors = await text(shell.stderr);
  const blocks = output.split(MARK);
  expect(errors).toBe("");
  expect(blocks[0]).toContain('"username":"admin"');
  expect(blocks[3]).toMatch(/"found":\s*[1-9]/);
  expect(blocks[4]).toMatch(/^HTTP\/1.1 401.*acr_values="aal2", max_age="300"/ms);
  expect(blocks[6]).toMatch(/"recoveryCodes":\[("[^"]+",?){10}\]/);
  expect(blocks[7]).toMatch(/^HTTP\/1.1 204/m);
});
