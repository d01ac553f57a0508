/**
 * What the pages of the gateway ask the kms of OAuth 2.1 and OpenID Connect: the kms validates and decides, the pages show
 * and pass on. A session is the one of the browser, by its id; the pages have verified it, and who must pass a second
 * factor has passed it.
 */
import type { Result } from "../lang/result.ts";
import type { Blocked } from "./blocked.ts";

/** As they stand in the query or the form: in their order, and those sent twice stand twice. */
export type RequestParameters = [name: string, value: string][];

/**
 * Says when the person was sent to the login page, in whole seconds since the epoch. The page adds this parameter to those
 * that it was called with, and leaves them as they are: a login since then satisfies `prompt=login`, `select_account` and
 * `max_age`. It counts for a quarter of an hour.
 */
export const AUTHENTICATED_SINCE = "authenticated_since";

export interface AuthorizationCall {
  parameters: RequestParameters;
  /** Absent: no one is logged in here. */
  sessionId?: string;
}

/** Why there is no page to send the person back to: the client or where it wants them to be sent cannot be trusted. */
export type InvalidRequest =
  | "client-unknown"
  | "client-unreachable"
  | "client-blocked"
  | "redirect-uri-mismatch"
  | "request-expired"
  | "malformed";

/** What people are shown of an application that wants something of them. */
export interface ShownClient {
  clientId: string;
  name: string;
  /** Where they are sent afterwards: its host, or its scheme where it has none. */
  destination: string;
  /** It runs on their device, or describes itself: no one vouches for its name. */
  isUnverified: boolean;
  /** Where the document is by which it describes itself; `null`: an administrator has registered it. */
  host: string | null;
}

/** A scope it asks for. `description`: what the upstream that declares it says, else the pages have a text. */
export interface ShownScope {
  scope: string;
  description: string | null;
}

export type AuthorizationOutcome =
  | { kind: "invalid"; problem: InvalidRequest }
  /** With a code, or with an error that is the client's to handle: 303, and nothing else is shown. */
  | { kind: "redirect"; location: string }
  /** Then come back with {@link AUTHENTICATED_SINCE}. `second-factor`: of the session that there is. */
  | { kind: "log-in"; why: "no-session" | "reauthenticate" | "second-factor"; loginHint?: string }
  | { kind: "consent"; client: ShownClient; scopes: ShownScope[]; decisionToken: string };

export interface AuthorizationDecision {
  /** Of the page that asked; good once, for ten minutes, in the session that it was shown in. */
  decisionToken: string;
  sessionId: string;
  allow: boolean;
}

export interface LogoutCall {
  parameters: RequestParameters;
  /** The one of the browser; absent: no one is logged in here. */
  sessionId?: string;
}

/**
 * What comes of a request to log out (OpenID Connect RP-Initiated Logout §2). `location`: where to send the person once the
 * session has ended, as any session ends; `null`: nowhere. `ask`: nothing proves that an application of theirs sent them.
 */
export type LogoutOutcome =
  | { kind: "invalid"; problem: InvalidRequest }
  | { kind: "log-out"; location: string | null }
  | { kind: "ask"; client: { clientId: string; name: string } | null; location: string | null };

/** A code that a person has typed who is logged in here: as they typed it, in whichever case and grouping. */
export interface DeviceCall {
  userCode: string;
  sessionId: string;
}

/** What a device asks for that shows the code (RFC 8628 §3.3). A person is asked each time, whatever they have said before. */
export interface DeviceQuestion {
  /** The code, as the device shows it. */
  userCode: string;
  /** `isUnverified`: it has no secret, so that anyone can say that they are this application. */
  client: Omit<ShownClient, "destination">;
  scopes: ShownScope[];
  /** It is Fountain's own command line, which acts as the person, with all that they may do. */
  hasFullAccess: boolean;
  /** Where the device is, as far as it is known, and what its software calls itself. */
  origin: { address: string | null; userAgent: string | null };
}

export interface DeviceDecision extends DeviceCall {
  allow: boolean;
}

/**
 * `unknown`: no device waits with this code. It has expired, has been decided on, or never was; such a guess is counted, and
 * `blocked` is who guesses on. `no-session`: the person has to log in. `stale`: they have to authenticate once more, because what
 * asks would have full access.
 */
export type DeviceFailure = "unknown" | "no-session" | "stale" | Blocked;

export interface AuthorizationRpc {
  /** Who asks with a code of the device flow, and for what. */
  deviceRequest(call: DeviceCall): Promise<Result<DeviceQuestion, DeviceFailure>>;
  /** Lets the device in that shows the code, or turns it away: once. */
  decideDevice(decision: DeviceDecision): Promise<Result<true, DeviceFailure>>;
  /** What to do about a request to log out; it ends nothing itself. */
  logoutRequest(call: LogoutCall): Promise<Result<LogoutOutcome, Blocked>>;
  /** What comes of a request to the authorization endpoint (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2). */
  authorize(call: AuthorizationCall): Promise<Result<AuthorizationOutcome, Blocked>>;
  /** What comes of what the person said when they were asked for consent. `expired`: ask `authorize` again. */
  decide(decision: AuthorizationDecision): Promise<Result<{ kind: "redirect"; location: string }, "expired" | Blocked>>;
}
