/**
 * `npm run recover -- USERNAME [--edge]`: shows a one-time link by which an administrator who lost password or second factor gets
 * their account back. Exit code 1: there is none, and a line says why.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { readSettings } from "../local/settings.ts";
import { runCommand } from "./command.ts";
import { onDatabase } from "./installation.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

/** The one argument, and whether the installation is on the edge. Throws {@link OperatorError}. */
const argumentsIn = (args: string[]): { username: string; isOnEdge: boolean } => {
  const usage = (reason?: string) =>
    new OperatorError(`use npm run recover -- USERNAME [--edge]${reason === undefined ? "" : ` (${reason})`}`);
  const parse = () => {
    try {
      return parseArgs({ args, options: { edge: { type: "boolean", default: false } }, allowPositionals: true });
    } catch (error) {
      throw usage(reasonOf(error));
    }
  };
  const { values, positionals } = parse();
  const [username, ...others] = positionals;
  if (!username || others.length > 0) throw usage();
  return { username, isOnEdge: values.edge };
};

/** What the operator of an installation on the edge has in the environment. Throws {@link OperatorError}. */
const onEdge = (environment: NodeJS.ProcessEnv) => {
  const given = (name: string): string => {
    const value = environment[name];
    if (!value) throw new OperatorError(`${name} is missing: set it, as docs/edge.md says`);
    return value;
  };
  return {
    databaseUrl: given("KMS_DATABASE_URL"),
    databaseToken: given("KMS_DATABASE_TOKEN"),
    secretKeys: [
      given("KMS_SECRET_KEY"),
      ...(environment["SECRET_KEY_PREVIOUS"] ? [environment["SECRET_KEY_PREVIOUS"]] : []),
    ],
    publicUrl: given("PUBLIC_URL"),
  } as const;
};

process.umask(0o077);
await runCommand(async () => {
  const { username, isOnEdge } = argumentsIn(process.argv.slice(2));
  const edge = isOnEdge ? onEdge(process.env) : undefined;
  // Much of the kms, which takes its time to load.
  const { showRecoveryLink } = await import("./link.ts");
  if (edge) return showRecoveryLink(username, edge);
  await onDatabase(readSettings(process.env, ROOT), (options) => showRecoveryLink(username, options));
});
