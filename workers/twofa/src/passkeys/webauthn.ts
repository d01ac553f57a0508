/** The ceremonies of WebAuthn Level 3: the options for an authenticator, and the verification of its response. */
import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { COSEALG, decodeAttestationObject, isoBase64URL, isoCBOR } from "@simplewebauthn/server/helpers";
import type { Assertion, CreationOptions, Registration, RequestOptions } from "#shared/contracts/webauthn.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import {
  type NewPasskey,
  type Passkey,
  type RelyingParty,
  userHandleOf,
  type VerifiedAssertion,
} from "../model/passkey.ts";
import { CEREMONY_TTL_MS } from "./webauthn-challenge.ts";

const ALGORITHMS = [COSEALG.EdDSA, COSEALG.ES256, COSEALG.RS256];

export interface Registrant {
  userId: string;
  username: string;
  known: readonly Passkey[];
}

const descriptorOf = ({ credentialId, transports }: Passkey) => ({
  id: credentialId,
  type: "public-key" as const,
  transports: [...transports],
});

/** What `PublicKeyCredential.parseCreationOptionsFromJSON()` takes (WebAuthn §5.1.9). */
export const creationOptions = (
  rp: RelyingParty,
  { userId, username, known }: Registrant,
  challenge: string,
): CreationOptions => ({
  rp: { id: rp.id, name: rp.name },
  user: {
    id: isoBase64URL.fromBuffer(userHandleOf(userId)),
    name: username,
    displayName: username,
  },
  challenge,
  pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
  timeout: CEREMONY_TTL_MS,
  excludeCredentials: known.map(descriptorOf),
  authenticatorSelection: { residentKey: "preferred", requireResidentKey: false, userVerification: "preferred" },
  attestation: "none",
  extensions: { credProps: true },
});

/** The options for `navigator.credentials.get()`; without credentials, any user may respond with one of theirs. */
export const requestOptions = (
  rp: RelyingParty,
  userVerification: RequestOptions["userVerification"],
  challenge: string,
  known: readonly Passkey[],
): RequestOptions => ({
  challenge,
  timeout: CEREMONY_TTL_MS,
  rpId: rp.id,
  allowCredentials: known.map(descriptorOf),
  userVerification,
});

/**
 * The same without its attestation: none was requested, and verifying it would mean fetching what strangers' certificates
 * point at.
 */
const withoutAttestation = (attestationObject: string): string => {
  const authData = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject)).get("authData");
  const bare = new Map<string, string | Map<string, string> | Uint8Array>([
    ["fmt", "none"],
    ["attStmt", new Map()],
    ["authData", authData],
  ]);
  return isoBase64URL.fromBuffer(isoCBOR.encode(bare));
};

/** `reason` is for the log. */
interface Refused {
  readonly kind: "refused";
  readonly reason: string;
}

const refused = (reason: string): Result<never, Refused> => failure("refused", { reason });

const WRONG_SIGNATURE = refused("the signature is wrong");

/** What the library's exceptions may be about. */
const TOPICS = ["origin", "RP ID", "challenge", "public key alg", "response type", "tokenBinding", "flags"] as const;

/** Why a response is refused, for the log. The text of the exception may repeat what was sent, and is dropped. */
const judged = async <Value>(judge: () => Promise<Result<Value, Refused>>): Promise<Result<Value, Refused>> => {
  try {
    return await judge();
  } catch (error) {
    const topic = TOPICS.find((word) => error instanceof Error && error.message.includes(word));
    return refused(topic === undefined ? "the response is malformed" : `unexpected ${topic}`);
  }
};

/** The credential of a registration that responds to this challenge (WebAuthn §7.1); else why it is refused. */
export const verifyRegistration = (
  rp: RelyingParty,
  { id, rawId, type, response }: Registration,
  challenge: string,
): Promise<Result<NewPasskey, Refused>> =>
  judged(async () => {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id,
        rawId,
        type,
        clientExtensionResults: {},
        response: {
          clientDataJSON: response.clientDataJSON,
          attestationObject: withoutAttestation(response.attestationObject),
        },
      },
      expectedChallenge: challenge,
      expectedOrigin: [...rp.origins],
      expectedRPID: rp.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return WRONG_SIGNATURE;
    const { credential, aaguid, credentialDeviceType, credentialBackedUp } = registrationInfo;
    if (credential.id !== id) return refused("the response names another credential than the one that signed it");
    return success({
      credentialId: credential.id,
      publicKey: isoBase64URL.fromBuffer(credential.publicKey),
      counter: credential.counter,
      transports: response.transports ?? [],
      aaguid,
      isBackupEligible: credentialDeviceType === "multiDevice",
      isBackedUp: credentialBackedUp,
    });
  });

/**
 * What an assertion says that this credential has signed (WebAuthn §7.2); else why it is refused. Whether the counter
 * has decreased is not decided here: only the store sees all concurrent uses.
 */
export const verifyAssertion = (
  rp: RelyingParty,
  passkey: Passkey,
  { id, rawId, type, response }: Assertion,
  challenge: string,
): Promise<Result<VerifiedAssertion, Refused>> =>
  judged(async () => {
    const { clientDataJSON, authenticatorData, signature } = response;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId,
        type,
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: challenge,
      expectedOrigin: [...rp.origins],
      expectedRPID: rp.id,
      credential: { id: passkey.credentialId, publicKey: isoBase64URL.toBuffer(passkey.publicKey), counter: 0 },
      requireUserVerification: false,
    });
    if (!verified) return WRONG_SIGNATURE;
    const { newCounter, credentialBackedUp, credentialDeviceType, userVerified } = authenticationInfo;
    if ((credentialDeviceType === "multiDevice") !== passkey.isBackupEligible)
      return refused("whether the credential may be backed up has changed");
    return success({ counter: newCounter, isBackedUp: credentialBackedUp, isUserVerified: userVerified });
  });
