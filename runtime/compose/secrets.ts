/**
 * The secrets of the Compose stack, one file each. Only the owner can enter the folder; the files in it can be read by
 * everyone, because Compose mounts them as they are into containers that run as other users.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { jwtVerify } from "jose";
import { mintDatabaseToken } from "../libsql/sqld-client.ts";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { generatePassword } from "../local/secrets.ts";
import { secretVariable } from "../workerd/environment.ts";
import { DATABASE_TOKEN, type Topology, type Worker } from "../workerd/topology.ts";

const FOLDER_MODE = 0o700;
const MOUNTED_MODE = 0o444;
const PRIVATE_MODE = 0o400;
/** For its owner to fill in. */
const GIVEN_MODE = 0o644;
/** For a container's user to write to. */
const WRITTEN_MODE = 0o666;

const KEY_BYTES = 32;
const MINIMUM_PASSWORD_BYTES = 12;

/** The secret that data is encrypted under: a new one would be of no use to it. */
const SECRET_KEY = "SECRET_KEY";
/** The one before it, while it is being replaced. */
const PREVIOUS_SECRET_KEY = "secret_key_previous";

/** Signs the tokens that open the databases. Never mounted anywhere. */
const SIGNING_KEY = "database_signing_key.pem";
/** Its public half, which libSQL checks the tokens with. */
const PUBLIC_KEY = "database_public_key.pem";

interface RandomSecret {
  readonly file: string;
  readonly minimumBytes: number;
  create(): string;
}

const randomKey = (file: string): RandomSecret => ({
  file,
  minimumBytes: KEY_BYTES,
  create: () => randomBytes(KEY_BYTES).toString("base64url"),
});
const password = (file: string): RandomSecret => ({
  file,
  minimumBytes: MINIMUM_PASSWORD_BYTES,
  create: generatePassword,
});

/** What the parts of the stack that are no workers ask for. */
const OTHER_SECRETS: readonly RandomSecret[] = [
  randomKey("libsql_admin_key"),
  randomKey("typesense_api_key"),
  password("admin_password"),
  password("grafana_admin_password"),
];

/** What the operator gets elsewhere and writes into the file; empty until then. */
const GIVEN_SECRETS: readonly string[] = [
  PREVIOUS_SECRET_KEY,
  "smtp_password",
  "twilio_auth_token",
  "message_webhook_secret",
  "alert_webhook",
];

/** What `migrate` keeps in mind, apart from the data: the databases that have been in use. */
const USED_DATABASES = "used_databases";

/** The name of a worker's secret in the Compose file: `service-a`, `DATABASE_TOKEN` → `service_a_database_token`. */
export const composeSecret = (worker: string, secret: string): string => secretVariable(worker, secret).toLowerCase();

const workerSecrets = ({ workers }: Pick<Topology, "workers">, wanted: (secret: string) => boolean) =>
  workers.flatMap((worker) => worker.secrets.filter(wanted).map((secret) => ({ worker, secret })));

/** Is there anything in its place? An empty folder is not: Docker leaves one where a file to be mounted was missing. */
const exists = (file: string): boolean => {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isDirectory() || readdirSync(file).length > 0) return true;
  rmSync(file, { recursive: true });
  return false;
};

const openFolder = (directory: string): void => {
  try {
    mkdirSync(directory, { recursive: true, mode: FOLDER_MODE });
    chmodSync(directory, FOLDER_MODE);
  } catch (cause) {
    throw new OperatorError(`${directory} cannot be used (${reasonOf(cause)}): make it a folder that you own`, {
      cause,
    });
  }
};

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new OperatorError(`${file} cannot be read (${reasonOf(cause)}): grant yourself read access`, { cause });
  }
};

/** Writes a file that did not exist, whole or not at all. */
const create = (file: string, content: string, mode: number): void => {
  const draft = `${file}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, content, { mode: PRIVATE_MODE, flush: true });
  chmodSync(draft, mode);
  linkSync(draft, file);
  unlinkSync(draft);
};

/** What is in the file, made and written first if there is none; the name of a new one is added to `created`. */
type Ensure = (file: string, make: () => string | Promise<string>, mode?: number) => Promise<string>;

const ensureIn =
  (directory: string, created: string[]): Ensure =>
  async (name, make, mode = MOUNTED_MODE) => {
    const file = path.join(directory, name);
    if (exists(file)) return read(file);
    const content = await make();
    create(file, content, mode);
    created.push(name);
    return content.trim();
  };

const ensureRandom = async (directory: string, ensure: Ensure, secret: RandomSecret): Promise<void> => {
  const content = await ensure(secret.file, secret.create);
  if (Buffer.byteLength(content) >= secret.minimumBytes) return;
  const file = path.join(directory, secret.file);
  throw new OperatorError(`${file} is weak (under ${secret.minimumBytes} bytes): remove it, and a new one is created`);
};

const parseSigningKey = (pem: string, file: string): KeyObject => {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Reported below, without the parser's message.
  }
  throw new OperatorError(`${file} is damaged (not an Ed25519 key): restore it from your backup`);
};

const createSigningKey = (): string =>
  generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();

const opens = async (token: string, publicKey: KeyObject, database: string): Promise<boolean> => {
  try {
    const { payload } = await jwtVerify<{ p?: unknown }>(token, publicKey);
    return JSON.stringify(payload.p) === JSON.stringify({ rw: { ns: [database] } });
  } catch {
    return false;
  }
};

/** The key pair of the databases, and one token per database. Throws {@link OperatorError} when they do not match. */
const ensureDatabaseKeys = async (directory: string, ensure: Ensure, workers: readonly Worker[]): Promise<void> => {
  const signingKeyFile = path.join(directory, SIGNING_KEY);
  const tokens = workers.map(({ worker }) => ({ worker, file: composeSecret(worker, DATABASE_TOKEN) }));
  const dependent = [PUBLIC_KEY, ...tokens.map(({ file }) => file)];
  const orphaned = dependent.filter((file) => exists(path.join(directory, file)));
  if (!exists(signingKeyFile) && orphaned.length > 0) {
    const remedy = `restore it from your backup, or remove ${orphaned.join(", ")} to create all of them again`;
    throw new OperatorError(`${signingKeyFile} is missing: ${remedy}`);
  }
  const signingKey = parseSigningKey(await ensure(SIGNING_KEY, createSigningKey, PRIVATE_MODE), signingKeyFile);
  const publicKey = createPublicKey(signingKey);
  const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const mismatch = (file: string) =>
    new OperatorError(
      `${path.join(directory, file)} does not belong to ${SIGNING_KEY}: remove it, and it is created again`,
    );
  if ((await ensure(PUBLIC_KEY, () => publicPem)) !== publicPem.trim()) throw mismatch(PUBLIC_KEY);
  for (const { worker, file } of tokens) {
    const token = await ensure(file, () => mintDatabaseToken(signingKey, worker));
    if (!(await opens(token, publicKey, worker))) throw mismatch(file);
  }
};

/** Throws {@link OperatorError} when data may exist and the key to it does not: it must come from the backup. */
const assertKeysOfData = (directory: string, secrets: ReturnType<typeof workerSecrets>): void => {
  if (!exists(path.join(directory, SIGNING_KEY))) return;
  const previous = path.join(directory, PREVIOUS_SECRET_KEY);
  if (exists(previous) && read(previous) !== "") return;
  for (const { worker, secret } of secrets) {
    const file = path.join(directory, composeSecret(worker.worker, secret));
    if (secret !== SECRET_KEY || exists(file)) continue;
    const remedy =
      "restore it from your backup, put it into secret_key_previous to replace it or, if there is no data yet, remove the whole folder";
    throw new OperatorError(`${file} is missing, and the data was encrypted with it: ${remedy}`);
  }
};

/**
 * Makes every secret that is missing and returns the names of those it made; what is there stays as it is. Throws
 * {@link OperatorError} when one of them is weak, damaged, or does not go with the others.
 */
export const ensureComposeSecrets = async (
  topology: Pick<Topology, "workers">,
  directory: string,
): Promise<readonly string[]> => {
  openFolder(directory);
  const created: string[] = [];
  const ensure = ensureIn(directory, created);
  const others = workerSecrets(topology, (secret) => secret !== DATABASE_TOKEN);
  assertKeysOfData(directory, others);
  const keys = others.map(({ worker, secret }) => randomKey(composeSecret(worker.worker, secret)));
  for (const secret of [...keys, ...OTHER_SECRETS]) await ensureRandom(directory, ensure, secret);
  for (const name of GIVEN_SECRETS) await ensure(name, () => "", GIVEN_MODE);
  await ensure(USED_DATABASES, () => "", WRITTEN_MODE);
  // Last, because where they are, all the others were.
  const owners = workerSecrets(topology, (secret) => secret === DATABASE_TOKEN).map(({ worker }) => worker);
  await ensureDatabaseKeys(directory, ensure, owners);
  return created;
};
