/** What is stored of authorizations: the questions to people, their consents, and the codes that come of them. */
import type { Audience } from "#shared/contracts/access-token.ts";
import type { RequestParameters } from "#shared/contracts/authorization.ts";
import type { GrantedScope } from "#shared/contracts/rights.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";

/** A question that waits for the person to decide. */
export interface AskedRequest {
  tokenHash: string;
  clientId: string;
  parameters: RequestParameters;
  sessionId: string;
  /** The pushed request that it is about. */
  pushedHash: string | null;
  expiresAt: Date;
}

/** A request that a client has pushed (RFC 9126), and when a browser first came with it. */
export interface PushedRequest {
  parameters: RequestParameters;
  begunAt: Date;
}

export interface AuthorizationCode {
  codeHash: string;
  clientId: string;
  /** The session in which the user let the client in. */
  sessionId: string;
  redirectUri: string;
  codeChallenge: string;
  scopes: GrantedScope[];
  audiences: Audience[] | null;
  nonce: string | null;
  expiresAt: Date;
}

export interface StoredCode extends AuthorizationCode {
  userId: string;
  consumedAt: Date | null;
  openedSessionId: string | null;
}

/** What has to be shown to trade a code. */
export interface CodeRedemption
  extends Pick<AuthorizationCode, "codeHash" | "clientId" | "redirectUri" | "codeChallenge"> {
  at: Date;
  /** The session to open for the client, and its first refresh token. */
  openedSessionId: string;
  refreshTokenHash: string;
  /** The key that the session is bound to. */
  sessionJkt: string | null;
}

export interface AuthorizationStore {
  /** What the user let the client do before. */
  findConsent(userId: string, clientId: string): Promise<GrantedScope[] | undefined>;
  /** What upstreams say of their scopes, by scope. */
  describeScopes(scopes: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Stores a question; of those that wait for the session only so many are kept, the latest. */
  ask(asked: AskedRequest, keep: number): Promise<void>;
  /** Takes a question away to be decided, once; `undefined`: there is none in this session, or no more. */
  takeAsked(
    tokenHash: string,
    sessionId: string,
    at: Date,
  ): Promise<Omit<AskedRequest, "tokenHash" | "expiresAt"> | undefined>;
  push(pushed: Pick<AskedRequest, "tokenHash" | "clientId" | "parameters" | "expiresAt">): Promise<void>;
  /** What the client pushed. From the first browser that comes with it on, it is kept until `keptUntil`. */
  beginPushed(tokenHash: string, clientId: string, at: Date, keptUntil: Date): Promise<PushedRequest | undefined>;
  /**
   * Stores a code and, if the user was asked, what they said, and forgets the pushed request that it is for; false: the session
   * has ended, or the pushed request is there no more.
   */
  grant(
    code: AuthorizationCode,
    granting: { at: Date; isConsented: boolean; pushedHash: string | null },
    entry: AuditEntry,
  ): Promise<boolean>;
  findCode(codeHash: string): Promise<StoredCode | undefined>;
  /** Consumes a code for a session of the client's, once, if all of it fits. */
  redeem(redemption: CodeRedemption, entry: AuditEntry): Promise<boolean>;
  /** Forgets questions that expired, and codes that expired before that instant. */
  purge(at: Date, codesBefore: Date): Promise<void>;
}
