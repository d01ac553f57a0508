/** The secrets of a self-hosted Fountain: generated once into FOUNTAIN_HOME/secrets, never overwritten, never logged. */
import {
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomInt,
  timingSafeEqual,
} from "node:crypto";
import { chmodSync, existsSync, linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readUsedDatabases } from "../libsql/used-databases.ts";
import type { Home } from "./home.ts";
import { OperatorError, reasonOf } from "./operator-error.ts";

/** What HKDF-SHA-256 needs in order to give keys of full strength. */
const SECRET_KEY_BYTES = 32;

const FINGERPRINT_LABEL = "fountain: which secret key this data belongs to";

/** Characters that no typeface confuses. */
const READABLE = "abcdefghjkmnpqrstuvwxyz23456789";

export const WRONG_SECRET_KEY =
  "the secret key is not the one this data was encrypted with: restore the original, or set SECRET_KEY_PREVIOUS to it";

export interface Secrets {
  /** The kms's SECRET_KEY: everything encrypted at rest hangs on it. */
  readonly secretKey: string;
  /** The one before it, while everything is being rewrapped. */
  readonly previousSecretKey?: string;
  /** Ed25519: signs the tokens that open the databases. */
  readonly signingKey: KeyObject;
}

/** Writes a file that did not exist, readable by its owner only, whole or not at all. */
const createSecretFile = (file: string, content: string): void => {
  const draft = `${file}.new`;
  writeFileSync(draft, content, { mode: 0o600, flush: true });
  linkSync(draft, file);
  unlinkSync(draft);
};

const readSecretFile = (file: string): string => {
  try {
    chmodSync(file, 0o600);
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new OperatorError(`${file} cannot be read (${reasonOf(cause)}): grant yourself read access`, { cause });
  }
};

const isGeneratedKey = (text: string): boolean =>
  /^[\w-]{43}$/.test(text) && Buffer.from(text, "base64url").length === SECRET_KEY_BYTES;

const fingerprint = (secretKey: string): Buffer => createHmac("sha256", secretKey).update(FINGERPRINT_LABEL).digest();

/**
 * Reads the key, and makes one where there is no data, or where the key of the data was put aside as the previous one.
 */
const loadSecretKey = (file: string, mayBeMade: boolean): string => {
  if (!existsSync(file)) {
    if (!mayBeMade) {
      const message = `${file} is missing, and the data was encrypted with it: restore it from your backup`;
      throw new OperatorError(message);
    }
    createSecretFile(file, randomBytes(SECRET_KEY_BYTES).toString("base64url"));
  }
  const secretKey = readSecretFile(file);
  if (isGeneratedKey(secretKey)) return secretKey;
  throw new OperatorError(`${file} is damaged (not 32 bytes in base64url): restore it from your backup`);
};

const parseSigningKey = (file: string): KeyObject => {
  const pem = readSecretFile(file);
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Reported below, without the parser's message.
  }
  throw new OperatorError(`${file} is damaged (not an Ed25519 key): remove it, and a new one is created`);
};

const loadSigningKey = (file: string): KeyObject => {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    createSecretFile(file, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  }
  return parseSigningKey(file);
};

type Operator = Readonly<Record<string, string | undefined>>;

/** The key the operator set instead of the generated one. */
const givenSecretKey = (operator: Operator, name: string): string | undefined => {
  const given = operator[name] || undefined;
  if (given !== undefined && Buffer.byteLength(given) < SECRET_KEY_BYTES) {
    const remedy = "set it to the output of `openssl rand -base64 32`, or unset it to use the generated one";
    throw new OperatorError(`${name} is weak (under ${SECRET_KEY_BYTES} bytes): ${remedy}`);
  }
  return given;
};

const loadPreviousSecretKey = (file: string, operator: Operator): string | undefined => {
  const given = givenSecretKey(operator, "SECRET_KEY_PREVIOUS");
  return given ?? (existsSync(file) ? loadSecretKey(file, false) : undefined);
};

const isAmong = (fingerprints: readonly Buffer[], wanted: Buffer): boolean =>
  fingerprints.some((known) => known.length === wanted.length && timingSafeEqual(known, wanted));

/** The keys that the data may be encrypted with, by their fingerprints: more than one while SECRET_KEY is changed. */
const readFingerprints = (file: string): Buffer[] =>
  readSecretFile(file)
    .split("\n")
    .map((line) => Buffer.from(line, "base64url"));

const assertBelongsToData = (keys: readonly string[], file: string): void => {
  const known = readFingerprints(file);
  if (keys.some((key) => isAmong(known, fingerprint(key)))) return;
  throw new OperatorError(WRONG_SECRET_KEY);
};

const writeFingerprints = (keys: readonly string[], file: string): void => {
  const lines = keys.map((key) => fingerprint(key).toString("base64url"));
  const draft = `${file}.new`;
  writeFileSync(draft, lines.join("\n"), { mode: 0o600, flush: true });
  renameSync(draft, file);
};

type Keys = Pick<Secrets, "secretKey" | "previousSecretKey">;

const listed = ({ secretKey, previousSecretKey }: Keys): string[] =>
  previousSecretKey === undefined ? [secretKey] : [secretKey, previousSecretKey];

/** The keys of a home; `mayBeMade`: whether one is made where there is none, beside a previous one or not. */
const keysOf = (
  { secrets }: Pick<Home, "secrets">,
  operator: Operator,
  mayBeMade: (hasPrevious: boolean) => boolean,
): Keys => {
  const keyFile = path.join(secrets, "kms-secret-key");
  const previousSecretKey = loadPreviousSecretKey(`${keyFile}.previous`, operator);
  const name = operator["KMS_SECRET_KEY"] ? "KMS_SECRET_KEY" : "SECRET_KEY";
  const secretKey =
    givenSecretKey(operator, name) ?? loadSecretKey(keyFile, mayBeMade(previousSecretKey !== undefined));
  return { secretKey, ...(previousSecretKey !== undefined && { previousSecretKey }) };
};

const fingerprintFileIn = ({ data }: Pick<Home, "data">): string => path.join(data, "secret-key.fingerprint");
const signingKeyFileIn = ({ secrets }: Pick<Home, "secrets">): string => path.join(secrets, "database-signing-key.pem");

/**
 * The secrets of this home, generated when it is new. Throws {@link OperatorError} when one is damaged, weak, missing
 * though there is data, or another than the one the data was encrypted with. SECRET_KEY is changed by moving its file to
 * `kms-secret-key.previous`, or by setting SECRET_KEY and SECRET_KEY_PREVIOUS.
 */
export const loadSecrets = (home: Home, operator: Operator): Secrets => {
  const fingerprintFile = fingerprintFileIn(home);
  const isMarked = existsSync(fingerprintFile);
  const wasUsed = readUsedDatabases(home.usedDatabases).length > 0;
  const hasData = isMarked || wasUsed || existsSync(path.join(home.data, "libsql"));
  const keys = keysOf(home, operator, (hasPrevious) => !hasData || hasPrevious);
  if (isMarked) assertBelongsToData(listed(keys), fingerprintFile);
  writeFingerprints(listed(keys), fingerprintFile);
  return { ...keys, signingKey: loadSigningKey(signingKeyFileIn(home)) };
};

/** The secrets of a home that has been in use: as {@link loadSecrets}, but nothing is made or changed. */
export const readSecrets = (home: Pick<Home, "data" | "secrets">, operator: Operator): Secrets => {
  const keys = keysOf(home, operator, () => false);
  const fingerprintFile = fingerprintFileIn(home);
  if (existsSync(fingerprintFile)) assertBelongsToData(listed(keys), fingerprintFile);
  return { ...keys, signingKey: parseSigningKey(signingKeyFileIn(home)) };
};

/** A password of five groups of four readable characters: 99 bits. */
export const generatePassword = (): string =>
  Array.from({ length: 5 }, () => Array.from({ length: 4 }, () => READABLE[randomInt(READABLE.length)]).join("")).join(
    "-",
  );
