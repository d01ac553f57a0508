/**
 * Plays Fountain's main job against a running one, and says what it does; with `--seed` fills it with something to look at. Exit
 * code 0 only if every step held.
 *
 *   npm run demo [-- FILE.fountain]     FOUNTAIN_URL, ADMIN_USERNAME, ADMIN_PASSWORD from the environment; and ADMIN_OTP,
 *   npm run demo -- --seed              a code or a recovery code, where the administrator has a second factor
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { stdout } from "node:process";
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import { createClient } from "../clients/typescript/src/index.ts";
import type { Play } from "./demo/play.ts";
import { leaveNoTrace, STEPS } from "./demo/steps.ts";
import { askPassword, fail, passFactor, reasonOf } from "./demo/terminal.ts";
import { seed } from "./seed/seed.ts";

const SAMPLE = path.join(import.meta.dirname, "the-lighthouse-keeper.fountain");

const url = (process.env["FOUNTAIN_URL"] ?? `http://localhost:${process.env["PORT"] ?? 8787}`).replace(/\/$/, "");

const readScreenplay = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return fail(`${file} cannot be read. Give the path of a screenplay: npm run demo -- FILE.fountain`);
  }
};

const readArguments = () => {
  try {
    const { values, positionals } = parseArgs({ options: { seed: { type: "boolean" } }, allowPositionals: true });
    return { isSeed: values.seed === true, file: positionals[0] ?? SAMPLE };
  } catch (error) {
    return fail(`npm run demo takes a screenplay, or --seed: ${reasonOf(error)}`);
  }
};

const { isSeed, file } = readArguments();

const play: Play = {
  url,
  user: createClient({ url, stepUp: passFactor }),
  username: process.env["ADMIN_USERNAME"] ?? "admin",
  password: process.env["ADMIN_PASSWORD"] ?? (await askPassword()),
  screenplay: readScreenplay(file),
  mark: `demo-${crypto.randomUUID().slice(0, 8)}`,
};

const bar = new SingleBar({
  format: "{bar} {value}/{total} {step}",
  barsize: 24,
  hideCursor: true,
  clearOnComplete: true,
  noTTYOutput: false,
});

const say = (line: string): void => {
  if (stdout.isTTY) stdout.write("\r\u001b[K");
  console.log(line);
};

const cleanUp = async (): Promise<void> => {
  for (const line of await leaveNoTrace(play)) say(`  ${line}`);
};

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => cleanUp().finally(() => process.exit(130)));

/** Plays every step, until one does not hold. */
const playAll = async (): Promise<boolean> => {
  console.log(`Playing against ${url}`);
  bar.start(STEPS.length, 0, { step: "" });
  let failed = false;
  for (const [index, step] of STEPS.entries()) {
    bar.update(index, { step: step.name });
    try {
      const found = await step.run(play);
      say(`\u2713 ${step.name}: ${found}`);
    } catch (error) {
      say(`\u2717 ${step.name}: ${reasonOf(error)}`);
      failed = true;
      break;
    }
  }
  bar.stop();
  await cleanUp();
  console.log(failed ? "The demo did not hold." : `All ${STEPS.length} steps held.`);
  return !failed;
};

const isDone = isSeed ? await seed(play, say) : await playAll();
process.exitCode = isDone ? 0 : 1;
