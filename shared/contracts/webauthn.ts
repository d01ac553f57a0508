/** The response of a browser's authenticator (WebAuthn Level 3 §5.1.9), as `PublicKeyCredential.toJSON()` writes it. */
import { z } from "zod";
import { list, text, unicodeText } from "./input.ts";

/** No authenticator is near these; they keep nonsense out. */
const MAX_CREDENTIAL_ID_LENGTH = 1_366;
const MAX_PART_LENGTH = 16_384;
const MAX_TRANSPORTS = 10;
const MAX_TRANSPORT_LENGTH = 32;
const MAX_CHALLENGE_ID_LENGTH = 64;

const base64url = (maxLength: number) => text({ min: 1, max: maxLength }).regex(/^[\w-]+$/, "must be base64url");

const part = base64url(MAX_PART_LENGTH);

const credential = {
  id: base64url(MAX_CREDENTIAL_ID_LENGTH),
  rawId: base64url(MAX_CREDENTIAL_ID_LENGTH),
  type: z.literal("public-key"),
};

/** The response of `navigator.credentials.create()`. */
export const registrationSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: part,
    attestationObject: part,
    transports: list(text({ min: 1, max: MAX_TRANSPORT_LENGTH }), { max: MAX_TRANSPORTS }).nullish(),
  }),
});

export type Registration = z.infer<typeof registrationSchema>;

/** The response of `navigator.credentials.get()`. */
export const assertionSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: part,
    authenticatorData: part,
    signature: part,
    userHandle: base64url(MAX_CREDENTIAL_ID_LENGTH).nullish(),
  }),
});

export type Assertion = z.infer<typeof assertionSchema>;

export const challengeId = unicodeText({ min: 1, max: MAX_CHALLENGE_ID_LENGTH });

/** What logs in without a password. */
export const passkeyLoginSchema = z.strictObject({ challengeId, response: assertionSchema });

export type PasskeyLogin = z.infer<typeof passkeyLoginSchema>;

const descriptor = z.object({ id: z.string(), type: z.literal("public-key"), transports: z.array(z.string()) });

/** What `PublicKeyCredential.parseCreationOptionsFromJSON()` takes (WebAuthn Level 3 §5.1.9). */
export const creationOptionsSchema = z.object({
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  challenge: z.string(),
  pubKeyCredParams: z.array(z.object({ type: z.literal("public-key"), alg: z.int() })),
  timeout: z.int(),
  excludeCredentials: z.array(descriptor),
  authenticatorSelection: z.object({
    residentKey: z.literal("preferred"),
    requireResidentKey: z.literal(false),
    userVerification: z.literal("preferred"),
  }),
  attestation: z.literal("none"),
  extensions: z.object({ credProps: z.literal(true) }),
});

export type CreationOptions = z.infer<typeof creationOptionsSchema>;

/** What `PublicKeyCredential.parseRequestOptionsFromJSON()` takes (WebAuthn Level 3 §5.1.10). */
export const requestOptionsSchema = z.object({
  challenge: z.string(),
  timeout: z.int(),
  rpId: z.string(),
  allowCredentials: z.array(descriptor),
  userVerification: z.enum(["required", "preferred"]),
});

export type RequestOptions = z.infer<typeof requestOptionsSchema>;

/** Request options, and the challenge to name with the response to them. */
export const challengedOptionsSchema = requestOptionsSchema.extend({
  challengeId: z.string(),
  expiresAt: z.iso.datetime(),
});

export type ChallengedOptions = z.infer<typeof challengedOptionsSchema>;
