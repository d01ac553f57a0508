/** What the token endpoint says of each failure (RFC 6749 §5.2): never more than the client has to know. */
import { MAX_TOKEN_CHARACTERS } from "#shared/contracts/access-token.ts";
import type { RedemptionFailure } from "../authorization/code-redemption.ts";
import type { DeviceRedemptionFailure } from "../device/device-redemption.ts";
import type { ClientFailure } from "../oauth/clients.ts";
import type { OAuthError } from "../oauth/oauth-form.ts";
import type { ExchangeFailure } from "../oauth/token-exchange.ts";
import type { RefreshFailure } from "../sessions/sessions.ts";
import { BAD_CLIENT } from "./oauth.ts";

const EXCEEDED: OAuthError = { kind: "invalid_scope", description: "The requested scopes exceed the granted scopes." };
const BAD_GRANT: OAuthError = {
  kind: "invalid_grant",
  description: "This refresh token is invalid. Log in again.",
};
const NO_COMMON_SCOPE: OAuthError = {
  kind: "invalid_scope",
  description: "The service has none of the scopes of subject_token. Name the scopes it needs in scope.",
};
const TARGET_EXCEEDED: OAuthError = {
  kind: "invalid_target",
  description: "subject_token is not valid for that audience.",
};
const BAD_SUBJECT: OAuthError = {
  kind: "invalid_request",
  description: "subject_token must be a valid access token that was issued to a user.",
};

const BOUND_SUBJECT: OAuthError = {
  kind: "invalid_request",
  description: "subject_token is bound to a key (DPoP): only the holder of the key can use it.",
};
export const BAD_PROOF: OAuthError = {
  kind: "invalid_dpop_proof",
  description: "The DPoP proof is invalid, too old, for another request or already used. Send a new one.",
};
const NO_PROOF: OAuthError = {
  kind: "invalid_dpop_proof",
  description: "This refresh token is bound to a key. Send a DPoP proof that is signed with it.",
};
const OTHER_KEY: OAuthError = {
  kind: "invalid_grant",
  description: "This refresh token is bound to another key. Sign the DPoP proof with that one.",
};

const TOO_LONG: OAuthError = {
  kind: "invalid_scope",
  description: `The token would have more than ${MAX_TOKEN_CHARACTERS} characters. Name fewer scopes in scope.`,
};

const TARGET_NOT_GRANTED: OAuthError = {
  kind: "invalid_target",
  description: "That was not asked for when access was granted.",
};

const BAD_CODE: OAuthError = {
  kind: "invalid_grant",
  description: "This code is invalid, or was not given for this client, redirect_uri and code_verifier.",
};

export const CODE_REFUSALS: Record<RedemptionFailure, OAuthError> = {
  unknown: BAD_CODE,
  reused: BAD_CODE,
  "target-exceeded": TARGET_NOT_GRANTED,
  "token-too-long": TOO_LONG,
};

export const DEVICE_REFUSALS: Record<DeviceRedemptionFailure, OAuthError> = {
  unknown: { kind: "invalid_grant", description: "This device code is invalid, was used, or is another client's." },
  expired: { kind: "expired_token", description: "No one let the device in within ten minutes. Begin again." },
  denied: { kind: "access_denied", description: "The person has refused." },
  undecided: { kind: "authorization_pending", description: "The person has not decided yet." },
  "too-soon": { kind: "slow_down", description: "Wait five seconds longer between two requests from now on." },
  "target-exceeded": TARGET_NOT_GRANTED,
  "token-too-long": TOO_LONG,
};

export const REFRESH_REFUSALS: Record<RefreshFailure, OAuthError> = {
  unknown: BAD_GRANT,
  "other-client": BAD_GRANT,
  "target-exceeded": TARGET_NOT_GRANTED,
  reused: BAD_GRANT,
  "session-ended": BAD_GRANT,
  "scope-exceeded": EXCEEDED,
  "key-unproven": NO_PROOF,
  "other-key": OTHER_KEY,
  "token-too-long": TOO_LONG,
};

/** Why a key is not accepted is for the log alone. */
export const CLIENT_REFUSALS: Record<ClientFailure, OAuthError> = {
  malformed: BAD_CLIENT,
  unknown: BAD_CLIENT,
  expired: BAD_CLIENT,
  revoked: BAD_CLIENT,
  disabled: BAD_CLIENT,
  "address-not-allowed": BAD_CLIENT,
  "other-service": BAD_CLIENT,
  "scope-exceeded": EXCEEDED,
  "token-too-long": TOO_LONG,
};

export const EXCHANGE_REFUSALS: Record<Exclude<ExchangeFailure, "trust-unavailable">, OAuthError> = {
  "subject-invalid": BAD_SUBJECT,
  "subject-bound": BOUND_SUBJECT,
  "subject-not-a-user": BAD_SUBJECT,
  "scope-exceeded": EXCEEDED,
  "no-common-scope": NO_COMMON_SCOPE,
  "target-exceeded": TARGET_EXCEEDED,
  "token-too-long": TOO_LONG,
};
