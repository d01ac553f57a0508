/**
 * Plays Fountain's main job against a running one, and says what it does. Exit code 0 only if every step held.
 *
 *   npm run demo [-- FILE.fountain]     FOUNTAIN_URL, ADMIN_USERNAME, ADMIN_PASSWORD from the environment; and ADMIN_OTP,
 *                                       a code or a recovery code, where the administrator has a second factor
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { stdin, stdout } from "node:process";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { SingleBar } from "cli-progress";
import { createClient, type StepUp } from "../clients/typescript/src/index.ts";
import type { Play } from "./demo-play.ts";
import { leaveNoTrace, STEPS } from "./demo-steps.ts";

const SAMPLE = path.join(import.meta.dirname, "the-lighthouse-keeper.fountain");

const url = (process.env["FOUNTAIN_URL"] ?? `http://localhost:${process.env["PORT"] ?? 8787}`).replace(/\/$/, "");

const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

const readScreenplay = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return fail(`${file} cannot be read. Give the path of a screenplay: npm run demo -- FILE.fountain`);
  }
};

const ask = async (question: string): Promise<string> => {
  const terminal = createInterface({ input: stdin, output: stdout });
  const typed = await terminal.question(`${question}: `);
  terminal.close();
  return typed;
};

/** Shows nothing of what is typed. */
const askHidden = async (question: string): Promise<string> => {
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: silence, terminal: true });
  terminal.on("SIGINT", () => process.exit(130));
  // From here on the terminal itself shows nothing either.
  stdout.write(`${question}: `);
  const typed = await terminal.question("");
  terminal.close();
  stdout.write("\n");
  return typed;
};

const askPassword = async (): Promise<string> =>
  stdin.isTTY
    ? askHidden("The administrator's password, as the first `npm start` printed it")
    : fail("Set ADMIN_PASSWORD to the administrator's password, as the first `npm start` printed it.");

const askCode = async (): Promise<string> => {
  if (stdin.isTTY) return ask("\nA code of the administrator's authenticator app, or a recovery code");
  throw new Error("the administrator has a second factor: set ADMIN_OTP to a code of it, or to a recovery code");
};

/** Passes the second factor that the administrator has already. */
const passFactor: StepUp = async (_, client) => {
  const code = process.env["ADMIN_OTP"] ?? (await askCode());
  await client.verify(/^\d{6}$/.test(code) ? { code } : { recoveryCode: code });
};

const play: Play = {
  url,
  user: createClient({ url, stepUp: passFactor }),
  username: process.env["ADMIN_USERNAME"] ?? "admin",
  password: process.env["ADMIN_PASSWORD"] ?? (await askPassword()),
  screenplay: readScreenplay(process.argv[2] ?? SAMPLE),
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

console.log(`Playing against ${url}`);
bar.start(STEPS.length, 0, { step: "" });
let failed = false;
for (const [index, step] of STEPS.entries()) {
  bar.update(index, { step: step.name });
  try {
    const found = await step.run(play);
    say(`\u2713 ${step.name}: ${found}`);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
    say(`\u2717 ${step.name}: ${error instanceof Error ? error.message : String(error)}${cause}`);
    failed = true;
    break;
  }
}
bar.stop();
await cleanUp();
console.log(failed ? "The demo did not hold." : `All ${STEPS.length} steps held.`);
process.exitCode = failed ? 1 : 0;
