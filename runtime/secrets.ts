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
import { chmodSync, existsSync, linkSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Home } from "./home.ts";
import { OperatorError, reasonOf } from "./operator-error.ts";

/** What HKDF-SHA-256 needs in order to give keys of full strength. */
const SECRET_KEY_BYTES = 32;

const FINGERPRINT_LABEL = "fountain: which secret key this data belongs to";

/** Characters that no typeface confuses. */
const READABLE = "abcdefghjkmnpqrstuvwxyz23456789";

export interface Secrets {
  /** The kms's SECRET_KEY: everything encrypted at rest hangs on it. */
  readonly secretKey: string;
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
    throw new OperatorError(`${file} cannot be read (${reasonOf(cause)}): make it readable for you`, { cause });
  }
};

const isGeneratedKey = (text: string): boolean =>
  /^[\w-]{43}$/.test(text) && Buffer.from(text, "base64url").length === SECRET_KEY_BYTES;

const fingerprint = (secretKey: string): Buffer => createHmac("sha256", secretKey).update(FINGERPRINT_LABEL).digest();

const loadSecretKey = (file: string, hasData: boolean): string => {
  if (!existsSync(file)) {
    if (hasData) {
      const message = `${file} is missing, and the data was encrypted with it: restore it from your backup`;
      throw new OperatorError(message);
    }
    createSecretFile(file, randomBytes(SECRET_KEY_BYTES).toString("base64url"));
  }
  const secretKey = readSecretFile(file);
  if (isGeneratedKey(secretKey)) return secretKey;
  throw new OperatorError(`${file} is damaged (not 32 bytes in base64url): restore it from your backup`);
};

const loadSigningKey = (file: string): KeyObject => {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    createSecretFile(file, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  }
  const pem = readSecretFile(file);
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Told below, without the parser's words.
  }
  throw new OperatorError(`${file} is damaged (no Ed25519 key): remove it, and a new one is made`);
};

/** The key the operator set instead of the generated one. */
const givenSecretKey = (operator: Readonly<Record<string, string | undefined>>): string | undefined => {
  const name = operator["KMS_SECRET_KEY"] === undefined ? "SECRET_KEY" : "KMS_SECRET_KEY";
  const given = operator[name];
  if (given !== undefined && Buffer.byteLength(given) < SECRET_KEY_BYTES) {
    const remedy = "set it to the output of `openssl rand -base64 32`, or unset it to use the generated one";
    throw new OperatorError(`${name} is weak (under ${SECRET_KEY_BYTES} bytes): ${remedy}`);
  }
  return given;
};

const assertBelongsToData = (secretKey: string, file: string): void => {
  const expected = Buffer.from(readSecretFile(file), "base64url");
  const actual = fingerprint(secretKey);
  if (expected.length === actual.length && timingSafeEqual(expected, actual)) return;
  throw new OperatorError("the secret key is not the one this data was encrypted with: restore the right one");
};

/**
 * The secrets of this home, generated when it is new. Throws {@link OperatorError} when one is damaged, weak, missing
 * though there is data, or another than the one the data was encrypted with.
 */
export const loadSecrets = (home: Home, operator: Readonly<Record<string, string | undefined>>): Secrets => {
  const fingerprintFile = path.join(home.data, "secret-key.fingerprint");
  const hasData = existsSync(fingerprintFile);
  const secretKey = givenSecretKey(operator) ?? loadSecretKey(path.join(home.secrets, "kms-secret-key"), hasData);
  if (hasData) assertBelongsToData(secretKey, fingerprintFile);
  else createSecretFile(fingerprintFile, fingerprint(secretKey).toString("base64url"));
  return { secretKey, signingKey: loadSigningKey(path.join(home.secrets, "database-signing-key.pem")) };
};

/** A password of five groups of four readable characters: 99 bits. */
export const generatePassword = (): string =>
  Array.from({ length: 5 }, () => Array.from({ length: 4 }, () => READABLE[randomInt(READABLE.length)]).join("")).join(
    "-",
  );
