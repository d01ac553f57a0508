/** What the other workers may call at the kms, over its private entrypoint `Rpc`. */
import type { JWK } from "jose";
import type { Result } from "../lang/result.ts";
import type { Audience } from "./access-token.ts";
import type { ReportedEvent } from "./audit.ts";
import type { AuthorizationRpc } from "./authorization.ts";
import type { Blocked } from "./blocked.ts";
import type { PeopleRpc } from "./people.ts";
import type { PersonalParts, SignedDocument } from "./personal-data.ts";
import type { Purpose } from "./purpose.ts";
import type { Scope } from "./rights.ts";
import type { SearchLimits } from "./search.ts";
import type { DeclarationRpc } from "./upstreams.ts";

/** Tokens with this `sid`, `act.sid` or `jti` are refused from this instant on (seconds since the epoch). */
export interface Revocation {
  revokedId: string;
  revokedAtSeconds: number;
}

/** Tokens of this holder, `user:<id>` or `role:<name>`, that were issued before this instant are refused. */
export interface RightsChange {
  holder: string;
  issuedBeforeSeconds: number;
}

/** Everything needed to judge an access token without asking again. */
export interface Trust {
  /** Verification keys, each with `kid` and `alg`; where tokens are signed with a shared secret, that secret. */
  keys: JWK[];
  /**
   * Sessions and API keys whose tokens may still be unexpired but must be refused: those that were added since the
   * position asked from, oldest first. Where one stands twice, the earlier instant counts.
   */
  revocations: Revocation[];
  /** Who lost a right of late: always all of them. */
  rightsChanges: RightsChange[];
  /** Where the next request continues. */
  position: number;
  /** These are from the very first one on: whatever was known before is void. */
  isWhole: boolean;
  /** There is more than fits into one response: call again at once. */
  hasMore: boolean;
}

/** How an access token is presented: `DPoP` with a proof of the key that it is bound to (RFC 9449 §7.1). */
export type TokenType = "Bearer" | "DPoP";

/** An access token, and the seconds it has to live. */
export interface IssuedToken {
  accessToken: string;
  tokenType: TokenType;
  expiresInSeconds: number;
}

/** A token for the holder of an API key, and what a cache of it has to check. */
export interface ExchangedApiKey extends IssuedToken {
  keyId: string;
  /** Addresses and networks that the key may be used from; `null`: anywhere. */
  allowedAddresses: string[] | null;
}

/** That a key was used, and when last, in milliseconds since the epoch. */
export interface KeyUse {
  keyId: string;
  usedAtMs: number;
}

/** What calls of a service came to within an hour, as one process of the gateway counted them since its last report. */
export interface KeyUsage {
  service: string;
  /** The start of the hour, in milliseconds since the epoch. */
  hourMs: number;
  /** All of them. */
  calls: number;
  /** Of these, those that were refused for their key, its scopes or a policy, and those beyond a limit. */
  refused: number;
  limited: number;
}

/** A key that is refused; `service`: whose it is, where it is one that has ended or may not be used from there. */
export interface InvalidApiKey {
  readonly kind: "invalid";
  readonly service?: string | undefined;
}

/** The token that a new one is to be made of, which may do no more. */
export interface SessionToken {
  sessionId: string;
  scopes: Scope[];
  /** What it is good for. */
  audiences: Audience[];
  /** It may do less than its user, or at some workers only; else it also has what upstreams declared after it was issued. */
  narrowed: boolean;
}

/** That a user has no second factor, said for one request of a session of theirs. */
export interface Factorless extends SessionToken {
  purpose: Purpose;
}

/**
 * What was passed: a second factor for the session, or for one request, and then the session stays as it was. The new
 * token may do no more than the caller's, but for what that lacked as long as no factor was passed.
 */
export type Elevation = SessionToken & {
  /** How the second factor was passed (RFC 8176), for example `otp`. */
  method: string;
  /** Whether the caller's token says that rights were withheld until now. */
  rightsWithheld?: boolean;
} & (
    | { once: false }
    /** `redeemable`: the caller gets the token, to present it once; else it is for a request that is under way. */
    | { once: true; purpose: Purpose; redeemable: boolean }
  );

/** A user whose passkey has been verified, with user presence and user verification. */
export interface PasskeySession {
  userId: string;
  /** How the key is secured (RFC 8176): `hwk` or `swk`. */
  method: "hwk" | "swk";
}

/** The tokens of a session that a login opened. */
export interface OpenedSession extends IssuedToken {
  refreshToken: string;
  /** Space-separated. */
  scope: string;
}

/** A scoped key to issue: for the requesting principal, and for as long as their session or API key lives. */
export interface SearchKeyGrant {
  sessionId: string;
  subject: string;
  clientId: string;
  /** The `filter_by` that all searches with it are restricted to; empty: everything. */
  filter: string;
  /** What else they are restricted to. */
  limits?: SearchLimits;
  /** When it ends at the latest, in seconds since the epoch. */
  expiresAtSeconds: number;
}

export interface IssuedSearchKey {
  key: string;
  expiresAtSeconds: number;
}

/** Text is bound to its context (table, row, column): in another context it does not open. */
export interface SealInput {
  context: string;
  plaintext: string;
}

export interface OpenInput {
  context: string;
  ciphertext: string;
}

export interface MacInput {
  context: string;
  data: string;
}

/** A stored secret; versions count from 1. */
export interface StoredSecret {
  version: number;
  value: string;
}

export interface SecretWrite {
  path: string;
  value: string;
  /** The version it must replace; 0: there must be none. */
  cas: number;
}

/** The caller's access token, and what the upstream of this name (`audience`), reached at `resource`, shall receive. */
export interface UpstreamTokenRequest {
  token: string;
  audience: string;
  resource: string;
  /** What the token may carry at most: the scopes that the upstream understands. */
  scopes: string[];
}

/** A user by id, a service by name, or an API key by its id. */
export type DescribedPrincipal = { subject: string } | { service: string } | { key: string };

/** What a principal may do now, if they authenticate. */
export interface PrincipalDescription {
  kind: "user" | "service";
  /** As in the `sub` of their tokens. */
  subject: string;
  clientId: string;
  roles: string[];
  /** All that they may have; a user's with the roles for which a second factor must have been passed. */
  scopes: string[];
  /** What a user has until then, if any of their roles demands one. */
  beforeSecondFactor?: { roles: string[]; scopes: string[]; withheldRoles: string[] };
  /** Whether a user is not locked, and a key not ended nor disabled. */
  usable: boolean;
  /** Why not. */
  reason?: "locked" | "revoked" | "expired" | "disabled";
  /** Addresses and networks that the key may be used from; `null`: anywhere. */
  allowedAddresses: string[] | null;
}

export interface KmsRpc extends AuthorizationRpc, DeclarationRpc, PeopleRpc {
  /** The verification keys in force, and the revocations added since `position`; by default from the first one on. */
  trust(position?: number): Promise<Result<Trust>>;
  /** Trades an API key for a short-lived access token of its service; the caller's address is that of the request. */
  exchangeApiKey(key: string): Promise<Result<ExchangedApiKey, InvalidApiKey | Blocked>>;
  /** Stores when keys were used last. */
  recordKeyUses(uses: KeyUse[]): Promise<Result<undefined>>;
  /** Adds to what the calls of services came to; those of services that do not exist are dropped. */
  recordKeyUsage(usage: KeyUsage[]): Promise<Result<true>>;
  /** Gives a session that has just passed a second factor a token with `acr` = `aal2`. */
  elevate(elevation: Elevation): Promise<Result<IssuedToken, "session-ended" | Blocked>>;
  /** A token for one request that says that its user has no second factor; it cannot be presented. */
  attestFactorless(factorless: Factorless): Promise<Result<IssuedToken, "session-ended">>;
  /** Uses up a token for one request, by its `jti`; false: it was used before, has expired, or cannot be presented. */
  redeemGrant(tokenId: string): Promise<Result<boolean>>;
  /** Counts a login by passkey against the caller's address, before it is looked at. */
  admitPasskeyLogin(): Promise<Result<true, Blocked>>;
  /** Opens a session at `aal2`. `refused`: the user is locked or deleted. */
  openPasskeySession(session: PasskeySession): Promise<Result<OpenedSession, "refused" | Blocked>>;
  /** Reports a login by passkey that failed; `reason` is a code. */
  refusePasskeyLogin(reason: string, userId?: string): Promise<Result<true>>;
  /**
   * Trades the unused refresh token of a session for the value of a cookie, by which a browser carries the session on. Used
   * again, the refresh token ends the session.
   */
  keepInBrowser(refreshToken: string): Promise<Result<string, "session-ended" | Blocked>>;
  /** An access token of the session that a browser's cookie stands for, as the session is now. */
  exchangeBrowserCookie(cookie: string): Promise<Result<IssuedToken, "session-ended">>;
  /** A new cookie for the session, after which the old one is of no use. */
  renewBrowserCookie(cookie: string): Promise<Result<string, "session-ended">>;
  /** Issues an access token that is good for searching within a filter only. */
  issueSearchKey(grant: SearchKeyGrant): Promise<Result<IssuedSearchKey, "session-ended" | Blocked>>;
  /** Records an event in the audit trail. Failures and refusals that come too fast are aggregated. */
  recordEvent(event: ReportedEvent): Promise<Result<true, Blocked>>;
  /** Everything held about a user, with what the other workers hold, signed. */
  personalData(userId: string, parts: PersonalParts): Promise<Result<SignedDocument, "unknown" | Blocked>>;
  /** Users who were erased, whose data the caller has not confirmed to have forgotten. */
  pendingErasures(): Promise<Result<string[]>>;
  /** The caller has forgotten all about these users. */
  confirmErasures(userIds: string[]): Promise<Result<true>>;
  /** A secret that the workers keep for themselves; `forbidden`: not at a path of theirs. */
  readSecret(path: string): Promise<Result<StoredSecret, "unknown" | "forbidden">>;
  /** Stores such a secret; the number of its new version. `conflict`: it was not at the version to replace. */
  writeSecret(write: SecretWrite): Promise<Result<number, "conflict" | "forbidden">>;
  /**
   * A token for an upstream alone, of five minutes at most, which says of the caller what theirs says. `refused`: theirs is
   * invalid or restricted to something else, or the audience is no upstream's name.
   */
  issueUpstreamToken(request: UpstreamTokenRequest): Promise<Result<IssuedToken, "refused">>;
  /** Who that is and what they may do, for the explanation of a decision. */
  describePrincipal(who: DescribedPrincipal): Promise<Result<PrincipalDescription, "unknown">>;
  /** Encrypts text for storage elsewhere (AES-256-GCM). */
  seal(input: SealInput): Promise<Result<string>>;
  /** Decrypts what `seal` gave for the same context. */
  open(input: OpenInput): Promise<Result<string, "unreadable">>;
  /** Keyed hash (HMAC-SHA-256, base64url) of a value that must be recognised but never read again. */
  mac(input: MacInput): Promise<Result<string>>;
}
