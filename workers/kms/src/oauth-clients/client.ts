/** OAuth clients (RFC 6749 §2): applications that people log in to with Fountain. */
import { OAUTH_CLIENT_PREFIX } from "#shared/contracts/principal.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import type { Result } from "#shared/lang/result.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import { hmac } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";

const SECRET_PREFIX = "fcs_";
const SECRET_BYTES = 32;
const SECRET = /^fcs_[\w-]{43}$/;

/** What is stored of a client: everything but the secret. */
export interface OAuthClient {
  id: string;
  name: string;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  /** What it may ask people for, beside who they are. */
  scopes: Scope[];
  /** It cannot keep a secret, and has none. */
  isPublic: boolean;
  /** People are not asked for their consent. */
  isTrusted: boolean;
  createdAt: Date;
  /** When the document was read by which it describes itself, at the URL that is its id; `null`: it was registered. */
  readAt: Date | null;
}

/** The host that vouches for what the client says of itself, as far as anyone does; `null`: it was registered. */
export const hostOf = ({ id, readAt }: Pick<OAuthClient, "id" | "readAt">): string | null =>
  readAt === null ? null : new URL(id).host;

export interface StoredClient {
  client: OAuthClient;
  /** `null`: it is public. */
  secretHash: string | null;
}

/** What can be changed later. */
type Changeable = Omit<OAuthClient, "id" | "isPublic" | "createdAt" | "readAt">;
export type ClientChange = { [Name in keyof Changeable]?: Changeable[Name] | undefined };

export interface ClientStore {
  find(id: string): Promise<StoredClient | undefined>;
  /** In the order of ids; `search`: part of the name, whatever the case of ASCII letters. */
  list(limit: number, after: string | undefined, search?: string): Promise<OAuthClient[]>;
  insert(stored: StoredClient, entry: AuditEntry): Promise<boolean>;
  /** Replaces what is named; false: there is no such client. */
  change(id: string, change: ClientChange & { secretHash?: string }, entry: AuditEntry): Promise<boolean>;
  /** With all that it was given; false: there is no such client. */
  remove(id: string, at: Date, entry: AuditEntry): Promise<boolean>;
}

/** `unreadable`: its document; `blocked`: too many were read for this person of late. */
export type UnknownClient = "unknown" | "unreadable" | "blocked";

/** Clients that were registered, and those that describe themselves. */
export interface KnownClients {
  /** As far as it is known. */
  find(id: string): Promise<StoredClient | undefined>;
  /** As it describes itself now, for a person who is logged in; one that was registered as it is stored. */
  current(id: string, userId: string): Promise<Result<OAuthClient, UnknownClient>>;
  /** Whether it has an id at which a document would be read. */
  isDescribed(id: string): boolean;
}

/** A new id: no service can have the same. */
export const newClientId = (createId: () => string): string => OAUTH_CLIENT_PREFIX + createId();

/** A new secret. */
export const createClientSecret = (randomBytes: RandomBytes): string =>
  SECRET_PREFIX + Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");

/** What is stored of a secret; `undefined`: it cannot be one of ours. */
export const hashClientSecret = (macKey: Uint8Array, secret: string): string | undefined =>
  SECRET.test(secret) ? hmac(macKey, secret) : undefined;
