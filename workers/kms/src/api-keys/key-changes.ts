/**
 * Changes of a key that stays valid: disabled and enabled again, restricted to addresses, or reported as leaked. Its tokens
 * end with each of these, because the key gets another `sid`.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Caller, Grantor } from "../accounts/granting.ts";
import { scopesBeyond } from "../accounts/rights.ts";
import { type AuditEntry, type AuditEvent, type AuditRecorder, BY_KMS } from "../audit/audit-entry.ts";
import { isSameHash } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { ServiceStore } from "../services/service.ts";
import type { Delivery, Webhooks } from "../services/webhooks.ts";
import { type ApiKey, type DisabledReason, hashApiKey, parseApiKeyId, renewSessionId, stateOfKey } from "./api-key.ts";
import type { ApiKeyStore } from "./api-keys.ts";

export interface Disabling {
  apiKey: ApiKey;
  reason: DisabledReason;
  at: Date;
  /** What its tokens would name from then on. */
  sessionId: string;
  /** The message to the owner. */
  delivery?: Delivery | undefined;
}

export interface KeyChangeStore {
  /** Disables the key and revokes its tokens; false: it is disabled already, for as good a reason, or has ended. */
  disable(disabling: Disabling, entry: AuditEntry): Promise<boolean>;
  /** false: it is not disabled by an operator. */
  enable(apiKey: ApiKey, entry: AuditEntry): Promise<boolean>;
  /** Revokes the key's tokens too, so that workers that cache one ask again. */
  setAllowedAddresses(
    apiKey: ApiKey,
    allowedAddresses: string[] | null,
    renewal: { sessionId: string; at: Date },
    entry: AuditEntry,
  ): Promise<boolean>;
}

/** A leaked key, and where it was found, if the report says so. */
export interface LeakReport {
  key: string;
  url?: string | undefined;
}

/** `not-held`: the service may do more than the caller. */
export type ChangeFailure = "unknown" | "not-held" | "ended";

export interface KeyChanges {
  disable(service: string, id: string, by: Caller): Promise<Result<ApiKey, ChangeFailure>>;
  enable(service: string, id: string, by: Grantor<"credential">): Promise<Result<ApiKey, ChangeFailure | "leaked">>;
  restrict(
    service: string,
    id: string,
    allowedAddresses: string[] | null,
    by: Grantor<"credential">,
  ): Promise<Result<ApiKey, ChangeFailure>>;
  /** Disables those that are keys of ours, for good, and notifies their owners. */
  reportLeaks(reports: readonly LeakReport[]): Promise<void>;
}

export interface KeyChangesOptions {
  store: ApiKeyStore & KeyChangeStore;
  services: Pick<ServiceStore, "find">;
  webhooks: Pick<Webhooks, "prepare">;
  recorder: Pick<AuditRecorder, "change">;
  macKey: Uint8Array;
  randomBytes: RandomBytes;
  now: () => number;
}

export const createKeyChanges = (options: KeyChangesOptions): KeyChanges => {
  const { store, services, webhooks, recorder, macKey, randomBytes, now } = options;

  const hasEnded = (apiKey: ApiKey): boolean => ["revoked", "expired"].includes(stateOfKey(apiKey, now()));

  const find = async (service: string, id: string): Promise<ApiKey | undefined> => {
    const apiKey = (await store.find(id))?.apiKey;
    return apiKey?.service === service ? apiKey : undefined;
  };

  /** A key that has not ended, of a service that may do no more than the caller. */
  const findChangeable = async (
    service: string,
    id: string,
    { scopes }: Caller,
  ): Promise<Result<ApiKey, ChangeFailure>> => {
    const [apiKey, owner] = [await find(service, id), await services.find(service)];
    if (!apiKey || !owner) return failure("unknown");
    if (scopesBeyond(owner.scopes, scopes).length > 0) return failure("not-held");
    return hasEnded(apiKey) ? failure("ended") : success(apiKey);
  };

  /** Makes the change with its audit entry, and gives the key as it is then. */
  const change = async (
    { service, id }: ApiKey,
    event: AuditEvent,
    make: (entry: AuditEntry) => Promise<boolean>,
  ): Promise<Result<ApiKey, "unknown">> => {
    await recorder.change(event, make);
    const changed = await find(service, id);
    return changed ? success(changed) : failure("unknown");
  };

  const reportLeak = async (apiKey: ApiKey, url: string | undefined): Promise<void> => {
    const { id, service, name } = apiKey;
    const at = new Date(now());
    const delivery = await webhooks.prepare(service, "key.leaked", id, {
      keyId: id,
      service,
      name,
      disabledAt: at.toISOString(),
      url: url ?? null,
    });
    const disabling = { apiKey, reason: "leaked", at, sessionId: renewSessionId(id, randomBytes), delivery } as const;
    await change(apiKey, { action: "key.leaked", outcome: "success", target: id, ...BY_KMS }, (entry) =>
      store.disable(disabling, entry),
    );
  };

  /** Those that are keys of ours and have not ended, each once; found by one query. */
  const recognise = async (reports: readonly LeakReport[]): Promise<Map<ApiKey, string | undefined>> => {
    const reported = new Map(reports.map((report) => [parseApiKeyId(report.key), report]));
    const ids = [...reported.keys()].filter((id) => id !== undefined);
    const found = ids.length === 0 ? [] : await store.findMany(ids);
    return new Map(
      found.flatMap(({ apiKey, hash }): [ApiKey, string | undefined][] => {
        const report = reported.get(apiKey.id);
        const isOurs = report !== undefined && isSameHash(hash, hashApiKey(macKey, report.key));
        return isOurs && !hasEnded(apiKey) ? [[apiKey, report.url]] : [];
      }),
    );
  };

  return {
    disable: async (service, id, by) => {
      const found = await findChangeable(service, id, by);
      if (!found.ok) return found;
      const { value: apiKey } = found;
      const sessionId = renewSessionId(id, randomBytes);
      const disabling = { apiKey, reason: "operator", at: new Date(now()), sessionId } as const;
      const event = { action: "key.disable", outcome: "success", actor: by.subject, target: id } as const;
      return change(apiKey, event, (entry) => store.disable(disabling, entry));
    },
    enable: async (service, id, by) => {
      const found = await findChangeable(service, id, by);
      if (!found.ok) return found;
      const { value: apiKey } = found;
      if (apiKey.disabledReason === "leaked") return failure("leaked");
      const event = { action: "key.enable", outcome: "success", actor: by.subject, target: id } as const;
      const enabled = await change(apiKey, event, (entry) => store.enable(apiKey, entry));
      // It was reported as leaked at the same moment.
      return enabled.ok && enabled.value.disabledReason === "leaked" ? failure("leaked") : enabled;
    },
    restrict: async (service, id, allowedAddresses, by) => {
      const found = await findChangeable(service, id, by);
      if (!found.ok) return found;
      const { value: apiKey } = found;
      const renewal = { sessionId: renewSessionId(id, randomBytes), at: new Date(now()) };
      const event = { action: "key.confine", outcome: "success", actor: by.subject, target: id } as const;
      return change(apiKey, event, (entry) => store.setAllowedAddresses(apiKey, allowedAddresses, renewal, entry));
    },
    reportLeaks: async (reports) => {
      for (const [apiKey, url] of await recognise(reports)) await reportLeak(apiKey, url);
    },
  };
};
