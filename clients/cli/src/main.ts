/** The program: finds the command, runs it, and says what became of it. */
import { FountainError } from "../../typescript/src/index.ts";
import { unlessAborted } from "../../typescript/src/waiting.ts";
import { COMMANDS } from "./commands/commands.ts";
import { isGroup } from "./definition/command.ts";
import { helpOf } from "./definition/help.ts";
import { findCommand, parse } from "./definition/parse.ts";
import { VERSION } from "./definition/version.ts";
import { failureOf, showFailure } from "./session/failures.ts";
import { CommandError, EXIT_CODES } from "./terminal/exit.ts";
import type { Io } from "./terminal/io.ts";
import { createOutput } from "./terminal/output.ts";

const HELP = ["--help", "-h"];

/** What comes before `--`: the options of this program, and not of one that it runs. */
const ownArguments = (argv: readonly string[]): readonly string[] => {
  const end = argv.indexOf("--");
  return end < 0 ? argv : argv.slice(0, end);
};

const report = (io: Io, error: unknown, isJson: boolean): number => {
  if (io.signal.aborted) return EXIT_CODES.interrupted.code;
  // Anything else is a bug, and its place is what helps.
  if (!(error instanceof FountainError || error instanceof CommandError)) throw error;
  const output = createOutput(io, isJson);
  const failure = failureOf(error);
  if (isJson) output.result({ error: failure.data }, () => "");
  return showFailure(output, failure);
};

/** Runs a command line, without the program's name. Returns the exit code. */
export const main = async (argv: readonly string[], io: Io): Promise<number> => {
  const own = ownArguments(argv);
  const isJson = own.includes("--json");
  try {
    if (own.length === 1 && own[0] === "--version") {
      createOutput(io, isJson).result({ version: VERSION }, () => VERSION);
      return EXIT_CODES.done.code;
    }
    const called = findCommand(COMMANDS, argv);
    const isAsked = own.some((arg) => HELP.includes(arg));
    if (isAsked || isGroup(called.node)) {
      const stream = isAsked ? io.stdout : io.stderr;
      stream.write(`${helpOf(called)}\n`);
      return isAsked ? EXIT_CODES.done.code : EXIT_CODES.usage.code;
    }
    const given = parse(called.node, called.args, called.name);
    const context = { io, output: createOutput(io, given.flag("json")), url: given.text("url") };
    const ended = Promise.resolve(called.node.run(context, given));
    const code = await (called.node.outlivesInterruption ? ended : unlessAborted(ended, io.signal));
    return code ?? EXIT_CODES.done.code;
  } catch (error) {
    return report(io, error, isJson);
  }
};
