/** What is stored of devices that wait for a person to let them in. */
import type { Audience } from "#shared/contracts/access-token.ts";
import type { GrantedScope } from "#shared/contracts/rights.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { SeenDevice } from "../sessions/known-devices.ts";

/** What a device code and a user code are stored under. */
export const DEVICE_CODE_CONTEXT = "device-code";
export const USER_CODE_CONTEXT = "device-user-code";

/** How much longer a device has to wait each time that it asks too soon (RFC 8628 §3.5), and at first. */
export const INTERVAL_MS = 5_000;

export interface DeviceRequest {
  deviceCodeHash: string;
  userCodeHash: string;
  clientId: string;
  scopes: GrantedScope[];
  audiences: Audience[] | null;
  /** Where the device is; see `sessions/origin.ts`. */
  sealedOrigin: string | null;
  intervalMs: number;
  expiresAt: Date;
}

export interface StoredDeviceRequest extends DeviceRequest {
  decision: "allowed" | "refused" | null;
  /** The session in which the person decided. */
  sessionId: string | null;
}

export interface DeviceRedemption {
  deviceCodeHash: string;
  clientId: string;
  at: Date;
  /** The session to open for the client, and its first refresh token. */
  openedSessionId: string;
  refreshTokenHash: string;
  /** The key that the session is bound to. */
  sessionJkt: string | null;
  sealedOrigin: string;
  /** Where it acts as the person, who hears of it if it is new; `undefined`: it does not. */
  seen: SeenDevice | undefined;
}

export interface DeviceDecisionChange {
  userCodeHash: string;
  sessionId: string;
  decision: "allowed" | "refused";
  at: Date;
}

export interface DeviceStore {
  /** false: another one has this user code. */
  insert(request: DeviceRequest): Promise<boolean>;
  findByDeviceCode(hash: string): Promise<StoredDeviceRequest | undefined>;
  /** One that waits to be decided on. */
  findWaiting(userCodeHash: string, at: Date): Promise<StoredDeviceRequest | undefined>;
  /** Whose session decided on it; `undefined`: there is none. */
  userOf(deviceCodeHash: string): Promise<string | undefined>;
  /** Decides, once; false: it does not wait any more, or the session has ended. */
  decide(change: DeviceDecisionChange, entry: AuditEntry): Promise<boolean>;
  /** Notes that the device has asked, and says how long it has to wait from now on, in milliseconds. */
  noteAsked(deviceCodeHash: string, at: Date): Promise<number>;
  /** Trades one that was allowed for a session of the client's, and forgets it: once. */
  redeem(redemption: DeviceRedemption, entry: AuditEntry): Promise<boolean>;
  /** Forgets those that expired before that instant. */
  purge(before: Date): Promise<void>;
}
