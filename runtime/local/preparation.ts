/**
 * The heavy half of a start, in a process of its own that ends before Fountain is ready: checking the settings, bundling,
 * migrating and generating the configuration take libraries that the supervisor would carry in memory for ever after.
 */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { OperatorError } from "./operator-error.ts";

const PREPARE = path.join(import.meta.dirname, "prepare.ts");

export interface PreparationOrder {
  /** Folders of FOUNTAIN_HOME. */
  data: string;
  build: string;
  /** The file that lists the databases that have been in use. */
  usedDatabases: string;
  sqld: { port: number; adminPort: number; adminKey: string };
  /** Private key (PKCS #8, PEM) that signs database tokens. */
  signingKeyPem: string;
  /** The paths of the sockets where hashers may be. */
  hasherSockets: string[];
  /** The path of the internal socket of the first process of workerd. */
  firstSocket: string;
  /** The paths of those that the other processes may have. */
  siblingSockets: string[];
  /** The path of the socket that mails are put into; absent where there is a mail server. */
  mailboxSocket?: string | undefined;
  /** Every TCP port that Fountain listens on. */
  ports: number[];
  /** Variables that beat the wrangler files' defaults, and that the operator's own beat. */
  variables: Record<string, string>;
}

export interface Prepared {
  /** Everything that workers read from the environment. */
  environment: Record<string, string>;
  /** What opens each worker's database, by the database's name. */
  databaseTokens: Record<string, string>;
  /** The workers that have maintenance jobs. */
  maintainedWorkers: string[];
}

/** What is wrong with the settings, and what may be. */
export interface SettingsVerdict {
  faults: string[];
  warnings: string[];
}

/** The first line that the process writes. */
export interface StartVerdict extends SettingsVerdict {
  /** What the configuration file says, if there is one. */
  configuration?: unknown;
}

/** The second, once it has its order. */
export type PreparationOutcome = { prepared: Prepared } | { failure: string };

export interface Preparation {
  readonly child: ChildProcess;
  /** The warnings about settings, and what the file says. Throws {@link OperatorError} with a line for each fault. */
  settingsChecked(): Promise<Pick<StartVerdict, "warnings" | "configuration">>;
  /** Has the rest done. Throws {@link OperatorError} with the reason when the start cannot continue. */
  prepare(order: PreparationOrder): Promise<Prepared>;
}

/** Starts the process, which checks the settings of this environment, and the configuration file, at once. */
export const spawnPreparation = (root: string, configurationFile?: string): Preparation => {
  const args = [PREPARE, root, ...(configurationFile === undefined ? [] : [configurationFile])];
  const child = spawn(process.execPath, args, { detached: true, stdio: ["pipe", "pipe", "inherit"] });
  const { stdin, stdout } = child;
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new OperatorError("the preparation ended without a result");
    return value;
  };
  return {
    child,
    settingsChecked: async () => {
      const verdict: StartVerdict = JSON.parse(await nextLine());
      const { faults, warnings, configuration } = verdict;
      // A fault may be that the setting which was meant is missing.
      if (faults.length > 0) throw new OperatorError([...faults, ...warnings].join("\n"));
      return { warnings, configuration };
    },
    prepare: async (order) => {
      // It contains secrets, and so goes through a pipe, not the command line.
      stdin.end(JSON.stringify(order));
      const outcome: PreparationOutcome = JSON.parse(await nextLine());
      if ("failure" in outcome) throw new OperatorError(outcome.failure);
      return outcome.prepared;
    },
  };
};
