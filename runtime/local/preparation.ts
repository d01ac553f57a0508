/**
 * The heavy half of a start, in a process of its own that ends before Fountain is ready: bundling, migrating and
 * generating the configuration take libraries that the supervisor would carry in memory for ever after.
 */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import { OperatorError } from "./operator-error.ts";

const PREPARE = path.join(import.meta.dirname, "prepare.ts");

export interface PreparationOrder {
  root: string;
  /** Folders of FOUNTAIN_HOME. */
  data: string;
  build: string;
  sqld: { port: number; adminPort: number; adminKey: string };
  /** URLs of Typesense nodes. */
  typesenseNodes: readonly string[];
  /** Private key (PKCS #8, PEM) that signs database tokens. */
  signingKeyPem: string;
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

/** What the process writes to its standard output. */
export type PreparationOutcome = { prepared: Prepared } | { failure: string };

/** Starts the process; its order contains secrets and so goes through a pipe, not the command line. */
export const spawnPreparation = (order: PreparationOrder): ChildProcess => {
  const child = spawn(process.execPath, [PREPARE], { detached: true, stdio: ["pipe", "pipe", "inherit"] });
  child.stdin?.end(JSON.stringify(order));
  return child;
};

/** What it found. Throws {@link OperatorError} with the reason when the start cannot continue. */
export const readPreparation = async ({ stdout }: ChildProcess): Promise<Prepared> => {
  if (stdout === null) throw new Error("the preparation has no output");
  const output = await text(stdout);
  if (output === "") throw new OperatorError("the preparation ended without a result");
  const outcome: PreparationOutcome = JSON.parse(output);
  if ("failure" in outcome) throw new OperatorError(outcome.failure);
  return outcome.prepared;
};
