/** What the demo asks on a terminal, or takes from the environment: ADMIN_PASSWORD and ADMIN_OTP. */
import { stdin, stdout } from "node:process";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { StepUp } from "../../clients/typescript/src/index.ts";

export const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
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

export const askPassword = async (): Promise<string> =>
  stdin.isTTY
    ? askHidden("The administrator's password, as you chose it or the first `npm start` printed it")
    : fail("Set ADMIN_PASSWORD to the administrator's password, as you chose it or the first `npm start` printed it.");

const askCode = async (): Promise<string> => {
  if (stdin.isTTY) return ask("\nA code of the administrator's authenticator app, or a recovery code");
  throw new Error("the administrator has a second factor: set ADMIN_OTP to a code of it, or to a recovery code");
};

/** Passes the second factor that the administrator has already. */
export const passFactor: StepUp = async (_, client) => {
  const code = process.env["ADMIN_OTP"] ?? (await askCode());
  await client.verify(/^\d{6}$/.test(code) ? { code } : { recoveryCode: code });
};

/** What went wrong, in one line. */
export const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${error instanceof Error ? error.message : String(error)}${cause}`;
};
