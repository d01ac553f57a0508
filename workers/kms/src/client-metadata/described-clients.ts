/**
 * Clients that no one has registered, whose id is the URL of a document by which they describe themselves
 * (draft-ietf-oauth-client-id-metadata-document). It is read for people who are logged in alone, so that no stranger has the kms call
 * others, and again after an hour: as long as it cannot be read, or is not as it should be, no one is let in.
 */
import type { Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AttemptStore } from "../accounts/lockout.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { ClientStore, KnownClients, OAuthClient, StoredClient, UnknownClient } from "../oauth-clients/client.ts";
import { type ClientDescription, type DescriptionFault, parseDescription } from "./metadata-document.ts";
import type { ReadDocument, ReadingFault } from "./metadata-reader.ts";
import { isMetadataUrl } from "./metadata-url.ts";

/** In the whole installation. One that no one uses is forgotten a day after it was read. */
export const MAX_DESCRIBED_CLIENTS = 1_000;
const UNUSED_RETENTION_MS = 24 * 60 * 60_000;
/** How old what is known of one may be where a person is to let it in. */
const FRESH_MS = 60 * 60_000;
/** Documents that were read for a person and are none, or were new here, are counted so, as wrong passwords are. */
const READINGS_CONTEXT = "client-metadata-readings";

export interface DescribedClientStore {
  find: ClientStore["find"];
  /** Stores what a document says; false: there are too many clients already. */
  describe(id: string, description: ClientDescription & { readAt: Date }, entry: AuditEntry): Promise<boolean>;
  /** It says the same as before. */
  confirm(id: string, readAt: Date): Promise<void>;
  /** Forgets those that were read before and that no one uses. */
  purge(readBefore: Date): Promise<void>;
}

export interface DescribedClients extends KnownClients {
  purge(): Promise<void>;
}

export interface DescribedClientsOptions {
  store: DescribedClientStore;
  /** Else there are none. */
  isOpen: boolean;
  readDocument: ReadDocument;
  /** All that upstreams declare: what such a client may ask for beside who people are. */
  declaredScopes: () => Promise<readonly Scope[]>;
  attempts: Pick<AttemptStore, "reserve" | "release">;
  recorder: AuditRecorder;
  mac: (context: string, secret: string) => string;
  issuer: string;
  now: () => number;
}

const isSame = (client: OAuthClient, { name, redirectUris }: ClientDescription): boolean =>
  client.name === name && JSON.stringify(client.redirectUris) === JSON.stringify(redirectUris);

export const createDescribedClients = (options: DescribedClientsOptions): DescribedClients => {
  const { store, isOpen, readDocument, declaredScopes, attempts, recorder, mac, issuer, now } = options;

  const isDescribed = (id: string): boolean => isOpen && isMetadataUrl(id, issuer);

  const find = async (id: string): Promise<StoredClient | undefined> => {
    const stored = await store.find(id);
    if (!stored || stored.client.readAt === null) return stored;
    if (!isDescribed(id)) return undefined;
    return { ...stored, client: { ...stored.client, scopes: [...(await declaredScopes())] } };
  };

  const isFresh = ({ readAt }: OAuthClient): boolean => readAt === null || now() - readAt.getTime() < FRESH_MS;

  const described = async (url: string): Promise<Result<ClientDescription, ReadingFault | DescriptionFault>> => {
    const document = await readDocument(url);
    return document.ok ? parseDescription(url, document.value) : document;
  };

  /** Reads the document, and stores what it says. */
  const refresh = async (
    id: string,
    userId: string,
    known: OAuthClient | undefined,
  ): Promise<Result<true, Exclude<UnknownClient, "unknown">>> => {
    const event = { action: "client.describe", actor: userId, target: id } as const;
    const refuse = async <Kind extends "unreadable" | "blocked">(kind: Kind, reason: string) => {
      await recorder.record({ ...event, outcome: "failure", reason });
      return failure(kind);
    };
    const counter = mac(READINGS_CONTEXT, userId);
    if (!(await attempts.reserve([counter], undefined, new Date(now())))) return refuse("blocked", "blocked");
    const description = await described(id);
    if (!description.ok) return refuse("unreadable", description.error.kind);
    if (known) await attempts.release({ cleared: [], reduced: [counter], by: undefined });
    const readAt = new Date(now());
    if (known && isSame(known, description.value)) {
      await store.confirm(id, readAt);
      return success(true);
    }
    const isStored = await recorder.change({ ...event, outcome: "success" }, (entry) =>
      store.describe(id, { ...description.value, readAt }, entry),
    );
    return isStored ? success(true) : refuse("unreadable", "too-many");
  };

  return {
    find,
    isDescribed,
    current: async (id, userId) => {
      const known = await find(id);
      if (known && isFresh(known.client)) return success(known.client);
      if (!isDescribed(id)) return failure("unknown");
      const refreshed = await refresh(id, userId, known?.client);
      if (!refreshed.ok) return refreshed;
      const found = await find(id);
      return found ? success(found.client) : failure("unknown");
    },
    purge: () => store.purge(new Date(now() - UNUSED_RETENTION_MS)),
  };
};
