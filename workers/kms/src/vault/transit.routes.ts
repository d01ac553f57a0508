import { z } from "@hono/zod-openapi";
import { text, unicodeText } from "#shared/contracts/input.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { Grantor } from "../accounts/granting.ts";
import { endpoint } from "../endpoint.ts";
import { NO_STORE } from "../http/context.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import type { DecryptFailure } from "./transit.ts";
import { byKey, noSuchTransitKey, tooManyTransitKeys, WHO_CREATES_KEYS } from "./transit-keys.routes.ts";

/** In base64 and encrypted it still fits into a request to decrypt it. */
const MAX_PLAINTEXT_BYTES = 512 * 1024;
const MAX_CONTEXT_CHARACTERS = 1024;
/** The one way to write these bytes: bits that decoding would drop are zero (RFC 4648 §3.5). */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;

/** Four characters stand for three bytes. */
const MAX_PLAINTEXT_CHARACTERS = 4 * Math.ceil(MAX_PLAINTEXT_BYTES / 3);
/** The longest plaintext with what encryption adds to it, in base64. */
const MAX_CIPHERTEXT_CHARACTERS = MAX_PLAINTEXT_CHARACTERS + 1_024;

const plaintext = text({ max: MAX_PLAINTEXT_CHARACTERS })
  .regex(BASE64, "must be base64")
  .refine((given) => Buffer.byteLength(given, "base64") <= MAX_PLAINTEXT_BYTES, "must be at most 512 KiB when decoded");

const boundTo = unicodeText({ max: MAX_CONTEXT_CHARACTERS })
  .default("")
  .openapi({ description: "The context (AAD) that the ciphertext is bound to; decryption requires the same one" });

/** "The lighthouse keeper". */
const PLAINTEXT_EXAMPLE = "VGhlIGxpZ2h0aG91c2Uga2VlcGVy";
const CIPHERTEXT_EXAMPLE = "fountain:v1:…";

const encryptBody = jsonBody(z.strictObject({ plaintext, context: boundTo }), {
  plaintext: PLAINTEXT_EXAMPLE,
  context: "scripts/1",
});
const ciphertextBody = jsonBody(
  z.strictObject({ ciphertext: text({ max: MAX_CIPHERTEXT_CHARACTERS }), context: boundTo }),
  { ciphertext: CIPHERTEXT_EXAMPLE, context: "scripts/1" },
);

const encrypted = z.object({ ciphertext: z.string(), keyVersion: z.int() }).openapi("TransitCiphertext");

const unreadable = (detail: string) => (): Problem =>
  problem("invalid-input", {
    detail: "This cannot be decrypted.",
    errors: [{ pointer: "#/ciphertext", detail }],
  });

const REFUSALS: Record<DecryptFailure, () => Problem> = {
  "unknown-key": noSuchTransitKey,
  malformed: unreadable("is not a ciphertext of a transit key"),
  "unknown-version": unreadable("was encrypted with a version that this key does not have"),
  retired: unreadable("was encrypted with a version below minDecryptionVersion"),
  unreadable: unreadable("was encrypted with another key or context, or was modified"),
};

const encrypt = endpoint("POST /transit/{key}/encrypt", {
  operationId: "kms.encrypt",
  tags: ["Transit"],
  summary: "Encrypt with the latest version of a key; creates the key if none has this name",
  description: `If that creates the key: ${WHO_CREATES_KEYS}`,
  params: byKey,
  body: encryptBody,
  responses: {
    200: json(encrypted.extend(warningFields).openapi("NewTransitCiphertext"), "The ciphertext", {
      ciphertext: CIPHERTEXT_EXAMPLE,
      keyVersion: 1,
    }),
  },
  errors: ["conflict"],
  handle: async (context, principal) => {
    const { key } = context.req.valid("param");
    const wanted = context.req.valid("json");
    const { services } = context.var;
    let warnings: ReturnType<typeof warningsTo> = {};
    const grantorOfKey = (): Grantor<"secret"> => {
      const lead = "There is no transit key of this name, and this would create it. ";
      const grantor = grantorOf(context, principal, "secret", lead);
      warnings = warningsTo(grantor);
      return grantor;
    };
    const plain = Buffer.from(wanted.plaintext, "base64");
    const made = await services.transit.encrypt(key, plain, wanted.context, grantorOfKey);
    if (!made.ok) throw tooManyTransitKeys();
    return context.json({ ...made.value, ...warnings }, 200);
  },
});

const decrypt = endpoint("POST /transit/{key}/decrypt", {
  operationId: "kms.decrypt",
  tags: ["Transit"],
  summary: "Decrypt a ciphertext of this key and context",
  params: byKey,
  body: ciphertextBody,
  responses: {
    200: json(z.object({ plaintext: z.string() }).openapi("TransitPlaintext"), "The plaintext, in base64", {
      plaintext: PLAINTEXT_EXAMPLE,
    }),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { key } = context.req.valid("param");
    const wanted = context.req.valid("json");
    const decrypted = await context.var.services.transit.decrypt(key, wanted.ciphertext, wanted.context);
    if (!decrypted.ok) throw REFUSALS[decrypted.error.kind]();
    return context.json({ plaintext: Buffer.from(decrypted.value).toString("base64") }, 200, NO_STORE);
  },
});

const rewrap = endpoint("POST /transit/{key}/rewrap", {
  operationId: "kms.rewrap",
  tags: ["Transit"],
  summary: "Re-encrypt a ciphertext with the latest version, without revealing the plaintext",
  description:
    "To retire a version of the key: rotate it, rewrap the ciphertexts that you keep, then raise " +
    "`minDecryptionVersion`.",
  params: byKey,
  body: ciphertextBody,
  responses: {
    200: json(encrypted, "The new ciphertext", { ciphertext: "fountain:v2:…", keyVersion: 2 }),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { key } = context.req.valid("param");
    const wanted = context.req.valid("json");
    const rewrapped = await context.var.services.transit.rewrap(key, wanted.ciphertext, wanted.context);
    if (!rewrapped.ok) throw REFUSALS[rewrapped.error.kind]();
    return context.json(rewrapped.value, 200);
  },
});

export const transitEndpoints = [encrypt, decrypt, rewrap];
