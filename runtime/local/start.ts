/** `npm start`: runs Fountain until a signal ends it, and reports what the operator needs to know. */
import path from "node:path";
import { parseArgs } from "node:util";
import type { Administrator } from "./administrator.ts";
import { createLogView, type LogView } from "./log-view.ts";
import type { Mailbox } from "./mailbox/mailbox.ts";
import { OperatorError, reasonOf } from "./operator-error.ts";
import { spawnPreparation } from "./preparation.ts";
import { onParentEnd } from "./process.ts";
import { createProgress } from "./progress.ts";
import { DEFAULT_PORT, readSettings, type Settings } from "./settings.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

const print = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.join("\n")}\n`);
};

const report = (line: string): void => {
  for (const each of line.split("\n")) process.stderr.write(`Fountain: ${each}\n`);
};

const readyLines = (port: number, username: string): readonly string[] => {
  const url = `http://localhost:${port}`;
  const body = `{\\"username\\":\\"${username}\\",\\"password\\":\\"$ADMIN_PASSWORD\\"}`;
  return [
    `Fountain is ready at ${url}`,
    "Try next, in another terminal:",
    port === DEFAULT_PORT ? "  npm run demo" : `  PORT=${port} npm run demo`,
    `  curl -s ${url}/kms/login -H 'content-type: application/json' -d "${body}"`,
    `  curl -s ${url}/openapi.json    (or open ${url}/docs in a browser)`,
  ];
};

const mailboxLines = (mailbox: Mailbox | undefined): readonly string[] =>
  mailbox === undefined
    ? []
    : [`No mail server is set, so mails are kept in ${mailbox.folder}. Read them at`, `  ${mailbox.url}`];

const administratorLines = ({ username, generatedPassword }: Administrator): readonly string[] =>
  generatedPassword === undefined
    ? [`Administrator "${username}" was created.`]
    : [
        `Administrator "${username}" was created. Keep this password: it is shown only now.`,
        `  export ADMIN_PASSWORD='${generatedPassword}'`,
      ];

/** On a terminal, and wherever LOG_FORMAT says so, people read what the workers log. */
const logViewFor = ({ logFormat, environment }: Settings): LogView | undefined => {
  const { isTTY } = process.stdout;
  if ((logFormat ?? (isTTY ? "pretty" : "json")) === "json") return undefined;
  return createLogView(process.stdout, isTTY && !environment["NO_COLOR"]);
};

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
    const view = logViewFor(settings);
    const fountain = await startFountain({
      settings,
      preparation,
      configurationFile,
      progress,
      signal: stopping.signal,
      onNotice: report,
      ...(view && { onWorkerLine: view.line }),
      onGiveUp: givenUp.resolve,
    }).finally(progress.end);
    const { administrator } = fountain;
    if (administrator !== undefined) print(administratorLines(administrator));
    else if (settings.adminPassword !== undefined)
      print(["Users exist already, so ADMIN_PASSWORD has changed nothing."]);
    print([...readyLines(settings.port, settings.adminUsername), ...mailboxLines(fountain.mailbox)]);
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
