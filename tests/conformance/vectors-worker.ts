/** Runs published vectors inside workerd, through the very functions that the workers use; answers which cases pass. */
import { compactVerify, importJWK, type JWK } from "jose";
import { NobleCryptoPlugin } from "otplib";
import { z } from "zod";
import { findVerificationKey, keyIdOf } from "../../shared/auth/verification-key.ts";
import { hmac, isSameHash } from "../../workers/kms/src/crypto/mac.ts";
import { hkdf } from "../../workers/kms/src/crypto/root-key.ts";
import { decrypt, encrypt } from "../../workers/kms/src/crypto/sealing.ts";

const hex = z.string().transform((text) => Buffer.from(text, "hex"));

const suite = <Group extends z.ZodType, Case extends z.ZodType>(group: Group, vector: Case) =>
  z.object({ testGroups: z.array(z.intersection(group, z.object({ tests: z.array(vector) }))) });

const id = { tcId: z.int() };

/** Whether the case does what its publisher calls valid. */
type Verdicts = Promise<Record<number, boolean>>;

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  isSameHash(Buffer.from(one).toString("hex"), Buffer.from(other).toString("hex"));

/** The verdict on each case; what throws does not pass. */
const judge = async <Case extends { tcId: number }>(
  cases: readonly Case[],
  passes: (vector: Case) => boolean | Promise<boolean>,
): Verdicts => {
  const verdicts: Record<number, boolean> = {};
  for (const vector of cases) {
    try {
      verdicts[vector.tcId] = await passes(vector);
    } catch {
      verdicts[vector.tcId] = false;
    }
  }
  return verdicts;
};

const aesGcm = (input: unknown): Verdicts => {
  const vector = z.object({ ...id, key: hex, iv: hex, aad: hex, msg: hex, ct: hex, tag: hex });
  const groups = suite(z.object({}), vector).parse(input).testGroups;
  return judge(
    groups.flatMap(({ tests }) => tests),
    async ({ key, iv, aad, msg, ct, tag }) => {
      const ciphertext = Buffer.concat([ct, tag]);
      const opened = await decrypt(key, iv, aad, ciphertext);
      return opened !== undefined && isSame(opened, msg) && isSame(await encrypt(key, iv, aad, msg), ciphertext);
    },
  );
};

const hkdfSha256 = (input: unknown): Verdicts => {
  const vector = z.object({ ...id, ikm: hex, salt: hex, info: hex, size: z.int(), okm: hex });
  const groups = suite(z.object({}), vector).parse(input).testGroups;
  return judge(
    groups.flatMap(({ tests }) => tests),
    ({ ikm, salt, info, size, okm }) => isSame(hkdf(ikm, salt, info, size), okm),
  );
};

const macs = (mac: (key: Uint8Array, msg: Uint8Array) => Uint8Array) => (input: unknown) => {
  const vector = z.object({ ...id, key: hex, msg: hex, tag: hex });
  const groups = suite(z.object({ tagSize: z.int() }), vector).parse(input).testGroups;
  const cases = groups.flatMap(({ tagSize, tests }) => tests.map((each) => ({ ...each, bytes: tagSize / 8 })));
  return judge(cases, ({ key, msg, tag, bytes }) => isSame(mac(key, msg).subarray(0, bytes), tag));
};

const keySet = z.union([
  z.object({ keys: z.array(z.custom<JWK>()) }),
  z.custom<JWK>().transform((key) => ({ keys: [key] })),
]);

const jws = (input: unknown): Verdicts => {
  const group = z.object({ public: keySet.optional(), private: keySet });
  const groups = suite(group, z.object({ ...id, jws: z.unknown() })).parse(input).testGroups;
  const cases = groups.flatMap(({ tests, ...sets }) =>
    tests.map((each) => ({ ...each, keys: (sets.public ?? sets.private).keys })),
  );
  return judge(cases, async ({ jws: token, keys }) => {
    if (typeof token !== "string") return false;
    const kid = keyIdOf(token);
    const key = kid === undefined ? undefined : findVerificationKey(keys, kid);
    if (!key) return false;
    await compactVerify(token, await importJWK(key.jwk), { algorithms: [key.algorithm] });
    return true;
  });
};

/** What otplib makes codes with, unless told. */
const otp = new NobleCryptoPlugin();

const SUITES: Readonly<Record<string, (input: unknown) => Verdicts>> = {
  aes_gcm_test: aesGcm,
  hkdf_sha256_test: hkdfSha256,
  hmac_sha1_test: macs((key, msg) => otp.hmac("sha1", key, msg)),
  hmac_sha256_test: macs((key, msg) => Buffer.from(hmac(key, msg), "base64url")),
  json_web_key_test: jws,
  json_web_signature_test: jws,
};

// biome-ignore lint/style/noDefaultExport: what workerd calls.
export default {
  fetch: async (request: Request): Promise<Response> => {
    const run = SUITES[new URL(request.url).pathname.slice(1)];
    return run ? Response.json(await run(await request.json())) : new Response(null, { status: 404 });
  },
};
