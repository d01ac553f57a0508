/** What `npm run audit:verify` does: reads the files it is given, and says in words what was found. */
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import type { WrappedMacKey } from "../../workers/kms/src/audit-log/audit-reading.ts";
import { type ExportedCheckpoint, parseCheckpoints } from "../../workers/kms/src/audit-proof/exported-entry.ts";
import { deriveKek } from "../../workers/kms/src/crypto/root-key.ts";
import { createEnvelopes } from "../../workers/kms/src/key-encryption/envelope.ts";
import { internalKeyContext } from "../../workers/kms/src/key-encryption/internal-keys.ts";
import { checkExport, type Verdict } from "./check.ts";
import { keySetFile } from "./key-set.ts";

const USAGE = `Usage: npm run audit:verify -- FILE [--keys jwks.json] [--checkpoints checkpoints.json]

  FILE            the response of GET /kms/audit with Accept: application/x-ndjson
  --keys          a saved copy of /.well-known/jwks.json: only its keys are trusted
  --checkpoints   a saved response of GET /kms/audit/checkpoints: the trail must still match it
  SECRET_KEY (or KMS_SECRET_KEY) in the environment: also checks the HMAC of every entry`;

const noRandom = (): never => {
  throw new Error("decryption needs no randomness");
};

/** Opens the HMAC key with the key-encryption key that follows from SECRET_KEY. */
const macKeyOpener =
  (secretKey: string) =>
  async ({ salt, wrappedKey }: WrappedMacKey): Promise<Uint8Array | undefined> => {
    const kek = { version: 1, key: deriveKek(secretKey, Buffer.from(salt, "base64url")) };
    const envelopes = createEnvelopes(
      { current: async () => kek, get: async () => kek, refresh: async () => {} },
      noRandom,
    );
    return envelopes.unwrap(internalKeyContext("auditMac"), { kekVersion: kek.version, wrappedKey });
  };

/** Throws an error for a file of anything else. */
const readCheckpoints = (file: string): ExportedCheckpoint[] => {
  const checkpoints = parseCheckpoints(readFileSync(file, "utf8"));
  if (!checkpoints) throw new Error(`${file} has no checkpoints, as GET /kms/audit/checkpoints responds with them`);
  return checkpoints;
};

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));

/** In words, a line each. */
export const describeVerdict = (verdict: Verdict, hasTrustedKeys: boolean): string[] => {
  if (!verdict.valid) {
    const position = verdict.id === undefined ? `line ${verdict.line}` : `entry ${verdict.id} (line ${verdict.line})`;
    return [`BROKEN at ${position}: ${verdict.reason}.`];
  }
  const { firstId, lastId, checkpoints, kids, withMacs } = verdict;
  return [
    `valid: entries ${firstId} to ${lastId}; nothing was changed, removed or inserted.`,
    hasTrustedKeys
      ? `Signed: ${checkpoints} checkpoints, by keys in your key set: ${kids.join(", ")}.`
      : `Signed: ${checkpoints} checkpoints, by keys contained in the file. Compare them with keys you trust (--keys): ${kids.join(", ")}.`,
    withMacs
      ? "HMACs: valid. The kms wrote and linked every entry."
      : "HMACs: not checked, because SECRET_KEY is not set. Only the signatures were verified.",
    "Addresses and names: not opened, their keys are in the database; GET /kms/audit/verify opens them.",
  ];
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Prints the result and returns the exit code: 0 for a valid trail, 1 for a broken one, 2 for invalid arguments. */
export const verifyFiles = async (
  args: string[],
  environment: Environment,
  say: (line: string) => void,
): Promise<number> => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { keys: { type: "string" }, checkpoints: { type: "string" } },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    say(USAGE);
    return 2;
  }
  const keySet = values.keys === undefined ? undefined : keySetFile.parse(readJson(values.keys));
  const secretKey = environment["SECRET_KEY"] || environment["KMS_SECRET_KEY"];
  const verdict = await checkExport(
    createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY }),
    {
      openMacKey: secretKey ? macKeyOpener(secretKey) : undefined,
      trustedKeys: keySet && new Map(keySet.keys.map((key) => [key.kid, key])),
      keptCheckpoints: values.checkpoints === undefined ? [] : readCheckpoints(values.checkpoints),
    },
  );
  for (const line of describeVerdict(verdict, keySet !== undefined)) say(line);
  return verdict.valid ? 0 : 1;
};
