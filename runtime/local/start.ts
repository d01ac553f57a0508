/** `npm start`: runs Fountain until a signal ends it, and reports what the operator needs to know. */
import path from "node:path";
import { parseArgs } from "node:util";
import { OperatorError, reasonOf } from "./operator-error.ts";
import { spawnPreparation } from "./preparation.ts";
import { onParentEnd } from "./process.ts";
import { readSettings, type Settings } from "./settings.ts";
import { paintOn } from "./terminal/colours.ts";
import { plainGreeting, terminalGreeting } from "./terminal/greeting.ts";
import { createLogView } from "./terminal/log-view.ts";
import { createProgress } from "./terminal/progress.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

const print = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.join("\n")}\n`);
};

/** Lines about what went wrong, or is about to. */
const report = (line: string): void => {
  const paint = paintOn(process.stderr, process.env);
  for (const each of line.split("\n")) process.stderr.write(`${paint(`Fountain: ${each}`, "yellow")}\n`);
};

/** On a terminal, and wherever LOG_FORMAT says so, people read what the workers log. */
const isForPeople = ({ logFormat }: Settings): boolean =>
  (logFormat ?? (process.stdout.isTTY ? "pretty" : "json")) === "pretty";

/** The file that `--config` names, from where the operator is. Throws {@link OperatorError} for any other argument. */
const configurationFileIn = (args: string[], environment: NodeJS.ProcessEnv): string | undefined => {
  try {
    const { config } = parseArgs({ args, options: { config: { type: "string" } } }).values;
    return config && path.resolve(environment["INIT_CWD"] ?? "", config);
  } catch (error) {
    throw new OperatorError(`npm start takes nothing but -- --config FILE (${reasonOf(error)})`);
  }
};

/** Runs until a signal ends it (exit code 0) or it cannot continue (one line, exit code 1). */
const run = async (): Promise<number> => {
  const stopping = new AbortController();
  const ended = new Promise<undefined>((resolve) => {
    stopping.signal.addEventListener("abort", () => resolve(undefined));
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stopping.abort());
  onParentEnd(() => stopping.abort());
  // No one reads the output any more, as in `npm start | head -1`: that is no reason to end.
  process.stdout.on("error", () => {});
  const givenUp = Promise.withResolvers<string>();
  try {
    const configurationFile = configurationFileIn(process.argv.slice(2), process.env);
    const preparation = spawnPreparation(ROOT, configurationFile);
    // Loaded while the settings are checked.
    const { START_STEPS, startFountain } = await import("./fountain.ts");
    const progress = createProgress(START_STEPS, process.stdout);
    const settings = readSettings(process.env, ROOT);
    const paint = paintOn(process.stdout, settings.environment);
    const view = isForPeople(settings) ? createLogView(process.stdout, paint) : undefined;
    const isOnTerminal = view !== undefined && process.stdout.isTTY;
    const fountain = await startFountain({
      settings,
      preparation,
      configurationFile,
      progress,
      signal: stopping.signal,
      showsFirstLogin: isOnTerminal,
      onNotice: report,
      ...(view && { onWorkerLine: view.line }),
      onGiveUp: givenUp.resolve,
    }).finally(progress.end);
    const ready = { ...fountain, settings };
    print(isOnTerminal ? terminalGreeting(ready, paint) : plainGreeting(ready));
    view?.open();
    const failure = await Promise.race([ended, givenUp.promise]);
    await fountain.stop();
    if (failure === undefined) return 0;
    report(failure);
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    report(error instanceof OperatorError ? error.message : `cannot start: ${reasonOf(error)}`);
  }
  return 1;
};

// Whatever we or our children create is for this user alone.
process.umask(0o077);
process.exitCode = await run();
