/** Runs a program with secrets in its environment, and nowhere else. */
import { constants } from "node:os";
import { command } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import type { Io } from "../terminal/io.ts";
import { readVariables } from "./reading.ts";

/** The credentials of this program, with which the other one could read all other secrets, too. */
const OWN_CREDENTIALS = ["FOUNTAIN_API_KEY", "FOUNTAIN_TOKEN"];

const PASSED_ON = ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT", "SIGWINCH"] as const;

/** As shells have them. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const OF_SIGNAL = 128;

/** Runs it until it ends. Returns its exit code, or 128 and the number of the signal that ended it. */
const runProgram = (io: Io, program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = io.spawn(program, args, { stdio: "inherit", env });
    // A terminal sends Ctrl-C to both: sent on, it would arrive twice.
    const signals: NodeJS.Signals[] = [...PASSED_ON, ...(io.stdin.isTTY ? [] : (["SIGINT"] as const))];
    const passOn = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    const ignore = (): void => {};
    for (const signal of signals) process.on(signal, passOn);
    process.on("SIGINT", ignore);
    const end = (settle: () => void): void => {
      for (const signal of signals) process.off(signal, passOn);
      process.off("SIGINT", ignore);
      settle();
    };
    child.on("error", (error: NodeJS.ErrnoException) =>
      end(() => {
        if (child.pid !== undefined) reject(error);
        else resolve(error.code === "ENOENT" ? NOT_FOUND : NOT_EXECUTABLE);
      }),
    );
    child.on("exit", (code, signal) =>
      end(() => resolve(code ?? OF_SIGNAL + (signal ? constants.signals[signal] : 0))),
    );
  });

export const run = command({
  summary: "run a program with secrets in its environment",
  details:
    "Without --prefix and --env, the program gets every secret that you may read. Nothing is written to disk, and FOUNTAIN_API_KEY and FOUNTAIN_TOKEN are not passed on. Signals are; the exit code is the program's, 128 and the number of the signal that ended it, 127 if there is no such program, or 126 if it cannot be run. Nothing runs if a secret cannot be read.",
  args: ["--", "PROGRAM", "[ARGUMENT…]"],
  options: {
    prefix: {
      type: "string",
      value: "PREFIX",
      summary: "the secrets below this path: editor/smtp-password is SMTP_PASSWORD of editor/",
    },
    env: { type: "string", multiple: true, value: "NAME=PATH", summary: "this secret, under this name" },
  },
  examples: ["run --prefix editor/ -- node app.js", "run --env DATABASE_URL=shop/database -- ./migrate"],
  outlivesInterruption: true,
  run: async (context, given) => {
    const [program = "", ...args] = given.args;
    const { client } = connect(context);
    const choice = { prefix: given.text("prefix"), single: given.texts("env") };
    const variables = await readVariables(client, choice);
    const inherited = Object.entries(context.io.env).filter(([name]) => !OWN_CREDENTIALS.includes(name));
    const code = await runProgram(context.io, program, args, { ...Object.fromEntries(inherited), ...variables });
    if (code === NOT_FOUND || code === NOT_EXECUTABLE) context.output.note(`fountain: ${program} ended with ${code}.`);
    return code;
  },
});
