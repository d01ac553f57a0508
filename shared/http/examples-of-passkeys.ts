/** Examples of WebAuthn options and responses (WebAuthn Level 3 §5.1). */

import type {
  Assertion,
  ChallengedOptions,
  CreationOptions,
  PasskeyLogin,
  Registration,
} from "../contracts/webauthn.ts";
import { EXAMPLE } from "./examples.ts";

const CHALLENGE = "c2hvd24tb25jZS10by1vbmUtYnJvd3Nlcg";
/** The id of a challenge: of what a browser is asked, or of a code that was sent. */
export const CHALLENGE_ID = "4d8a1c57-92e3-4b06-a7f1-8c5e3d60b942";
const CREDENTIAL_ID = "bGlnaHRob3VzZS1rZXk";

export const CHALLENGED_OPTIONS_EXAMPLE: ChallengedOptions = {
  challenge: CHALLENGE,
  timeout: 300_000,
  rpId: "fountain.example.org",
  allowCredentials: [],
  userVerification: "required",
  challengeId: CHALLENGE_ID,
  expiresAt: EXAMPLE.minutesLater,
};

const ASSERTION_EXAMPLE: Assertion = {
  id: CREDENTIAL_ID,
  rawId: CREDENTIAL_ID,
  type: "public-key",
  response: {
    clientDataJSON: "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
    authenticatorData: "YXV0aGVudGljYXRvci1kYXRh",
    signature: "c2lnbmF0dXJl",
  },
};

export const PASSKEY_LOGIN_EXAMPLE: PasskeyLogin = { challengeId: CHALLENGE_ID, response: ASSERTION_EXAMPLE };

export const CREATION_OPTIONS_EXAMPLE: CreationOptions & { challengeId: string; expiresAt: string } = {
  rp: { id: "fountain.example.org", name: "Fountain" },
  user: { id: "bWFyYQ", name: EXAMPLE.username, displayName: EXAMPLE.username },
  challenge: CHALLENGE,
  pubKeyCredParams: [{ type: "public-key", alg: -8 }],
  timeout: 300_000,
  excludeCredentials: [],
  authenticatorSelection: { residentKey: "preferred", requireResidentKey: false, userVerification: "preferred" },
  attestation: "none",
  extensions: { credProps: true },
  challengeId: CHALLENGE_ID,
  expiresAt: EXAMPLE.minutesLater,
};

export const REGISTRATION_EXAMPLE: Registration = {
  id: CREDENTIAL_ID,
  rawId: CREDENTIAL_ID,
  type: "public-key",
  response: {
    clientDataJSON: "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",
    attestationObject: "YXR0ZXN0YXRpb24",
    transports: ["internal"],
  },
};
