/** An authenticator in software (WebAuthn Level 3 §6): what a browser would hand over, and what it never would. */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import type { Assertion, Registration } from "../../shared/contracts/webauthn.ts";

/** Bits of the flags (§6.1). */
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;
const HAS_CREDENTIAL = 0x40;

/** Labels of a COSE key (RFC 9053 §7.1.1). */
const KEY_TYPE = 1;
const ALGORITHM = 3;
const CURVE = -1;
const X = -2;
const Y = -3;
const EC2 = 2;
const ES256 = -7;
const P256 = 1;

export interface Ceremony {
  origin: string;
  rpId: string;
  challenge: string;
  isPresent?: boolean;
  isVerified?: boolean;
  isBackedUp?: boolean;
  counter?: number;
  crossOrigin?: boolean;
  /** Empty: none. */
  userHandle?: string;
  /** In place of what the ceremony calls for. */
  type?: string;
}

export interface Authenticator {
  credentialId: string;
  create(ceremony: Ceremony & { transports?: string[]; attestation?: Map<string, Uint8Array> }): Registration;
  get(ceremony: Ceremony): Assertion;
}

const sha256 = (data: Uint8Array | string): Buffer => createHash("sha256").update(data).digest();
const uint = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};

/** One credential of its own. `isSyncable`: a passkey that may be copied to other devices. */
export const createAuthenticator = ({
  isSyncable = false,
  credentialId = randomBytes(16).toString("base64url"),
} = {}): Authenticator => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const id = Buffer.from(credentialId, "base64url");

  const clientData = (expectedType: string, ceremony: Ceremony): Buffer => {
    const { challenge, origin, crossOrigin = false, type = expectedType } = ceremony;
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin }));
  };
  const authenticatorData = (ceremony: Ceremony, credential: Uint8Array = new Uint8Array()): Buffer => {
    const { rpId, isPresent = true, isVerified = true, isBackedUp = false, counter = 0 } = ceremony;
    const flags =
      (isPresent ? USER_PRESENT : 0) |
      (isVerified ? USER_VERIFIED : 0) |
      (isSyncable ? BACKUP_ELIGIBLE : 0) |
      (isBackedUp ? BACKED_UP : 0) |
      (credential.length > 0 ? HAS_CREDENTIAL : 0);
    return Buffer.concat([sha256(rpId), uint(flags, 1), uint(counter, 4), credential]);
  };
  const attestedCredential = (): Buffer => {
    const key = new Map<number, number | Uint8Array>([
      [KEY_TYPE, EC2],
      [ALGORITHM, ES256],
      [CURVE, P256],
      [X, new Uint8Array(Buffer.from(x, "base64url"))],
      [Y, new Uint8Array(Buffer.from(y, "base64url"))],
    ]);
    return Buffer.concat([Buffer.alloc(16), uint(id.length, 2), id, isoCBOR.encode(key)]);
  };

  return {
    credentialId,
    create: (ceremony) => {
      const attestation = new Map<string, string | Uint8Array | Map<string, Uint8Array>>([
        ["fmt", ceremony.attestation ? "packed" : "none"],
        ["attStmt", ceremony.attestation ?? new Map()],
        ["authData", new Uint8Array(authenticatorData(ceremony, attestedCredential()))],
      ]);
      return {
        id: credentialId,
        rawId: credentialId,
        type: "public-key",
        response: {
          clientDataJSON: clientData("webauthn.create", ceremony).toString("base64url"),
          attestationObject: Buffer.from(isoCBOR.encode(attestation)).toString("base64url"),
          transports: ceremony.transports ?? ["internal"],
        },
      };
    },
    get: (ceremony) => {
      const data = authenticatorData(ceremony);
      const client = clientData("webauthn.get", ceremony);
      const signature = sign("sha256", Buffer.concat([data, sha256(client)]), privateKey);
      return {
        id: credentialId,
        rawId: credentialId,
        type: "public-key",
        response: {
          clientDataJSON: client.toString("base64url"),
          authenticatorData: data.toString("base64url"),
          signature: signature.toString("base64url"),
          ...(ceremony.userHandle && { userHandle: ceremony.userHandle }),
        },
      };
    },
  };
};
