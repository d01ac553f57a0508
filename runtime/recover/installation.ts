/** The database of an installation of `npm start`, whether it runs or not: with its own secrets, as their owner. */
import { randomBytes } from "node:crypto";
import { existsSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RecoveryCommandOptions } from "../../workers/kms/src/composition/recovery-command.ts";
import { isServing, type SqldOptions, spawnSqld, waitForSqld } from "../libsql/sqld.ts";
import { libsqlAt, mintDatabaseToken, namespaceUrl } from "../libsql/sqld-client.ts";
import { createGuard } from "../local/guard.ts";
import { type Home, HomeInUse, openHome, placesIn } from "../local/home.ts";
import { logStreams } from "../local/log-file.ts";
import { damagedData, OperatorError, reasonOf } from "../local/operator-error.ts";
import { freePorts } from "../local/ports.ts";
import { stopProcess } from "../local/process.ts";
import { readRunFile, waitForOrphan, writeRunFile } from "../local/run-file.ts";
import { readSecrets, type Secrets } from "../local/secrets.ts";
import type { Settings } from "../local/settings.ts";
import { internalSocketIn } from "../workerd/serving.ts";

const KMS = "kms";
/** A start or a stop is over by then. */
const PATIENCE_MS = 20_000;
const POLL_MS = 100;

type Work = (options: RecoveryCommandOptions) => Promise<void>;

/** Throws {@link OperatorError} where there is no installation, or it is another user's: what is written would be ours. */
const assertOwnInstallation = ({ directory, data }: Pick<Home, "directory" | "data">): void => {
  if (!existsSync(path.join(data, "libsql")))
    throw new OperatorError(`there is no installation in ${directory}: set FOUNTAIN_HOME to the folder of yours`);
  if (statSync(directory).uid !== process.getuid?.())
    throw new OperatorError(`${directory} belongs to another user: run this as the user that runs Fountain`);
};

const databaseAt = async (
  port: number,
  { secretKey, previousSecretKey, signingKey }: Secrets,
  publicUrl: string,
): Promise<RecoveryCommandOptions> => ({
  databaseUrl: namespaceUrl(KMS),
  databaseToken: await mintDatabaseToken(signingKey, KMS),
  libsql: libsqlAt(port),
  secretKeys: previousSecretKey === undefined ? [secretKey] : [secretKey, previousSecretKey],
  publicUrl,
});

/** Starts the database server of a home that this process has locked, and ends it after the work. */
const whileStopped = async (home: Home, { environment, port, publicUrl }: Settings, work: Work): Promise<void> => {
  const secrets = readSecrets(home, environment);
  await waitForOrphan(home.runFile);
  const [sqldPort, adminPort] = await freePorts();
  const options: SqldOptions = {
    ...{ dataDirectory: path.join(home.data, "libsql"), port: sqldPort, adminPort },
    ...{ adminKey: randomBytes(32).toString("base64url"), signingKey: secrets.signingKey },
  };
  // A start after this process was killed waits until the server has ended, too.
  writeRunFile(home.runFile, { port, publicUrl, sqldPort, internalSocket: internalSocketIn(home) });
  const guard = createGuard();
  const sqld = spawnSqld(options);
  guard.watch("sqld", sqld.pid);
  try {
    logStreams(path.join(home.logs, "sqld.log"), sqld.stdout, sqld.stderr);
    await waitForSqld(sqldPort, sqld).catch((cause: unknown) => {
      throw new OperatorError(damagedData(home.data, reasonOf(cause)), { cause });
    });
    await work(await databaseAt(sqldPort, secrets, publicUrl));
  } finally {
    await stopProcess(sqld);
    guard.release();
    rmSync(home.runFile, { force: true });
  }
};

/** Works on the database of the Fountain that runs there; false: none does that could be reached. */
const whileRunning = async (directory: string, { environment }: Settings, work: Work): Promise<boolean> => {
  const places = placesIn(directory);
  const run = readRunFile(places.runFile);
  if (run === undefined || !(await isServing(run.sqldPort))) return false;
  await work(await databaseAt(run.sqldPort, readSecrets(places, environment), run.publicUrl));
  return true;
};

/** The home, locked; `undefined`: another process has it. */
const openIfFree = (directory: string): Home | undefined => {
  try {
    return openHome(directory);
  } catch (error) {
    if (error instanceof HomeInUse) return undefined;
    throw error;
  }
};

/** Does the work on the database of the installation in FOUNTAIN_HOME. Throws {@link OperatorError}. */
export const onDatabase = async (settings: Settings, work: Work): Promise<void> => {
  const { home: directory } = settings;
  assertOwnInstallation(placesIn(directory));
  const giveUpAtMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const home = openIfFree(directory);
    if (home) {
      try {
        return await whileStopped(home, settings, work);
      } finally {
        home.release();
      }
    }
    if (await whileRunning(directory, settings, work)) return;
    if (Date.now() > giveUpAtMs)
      throw new OperatorError(`the Fountain on ${directory} does not respond: stop it, and try again`);
    await sleep(POLL_MS);
  }
};
