/** The register of services: entered within the rights of who enters them, given a webhook, and taken out with their keys. */

import type { AuditAction } from "#shared/contracts/audit.ts";
import { serviceSubject } from "#shared/contracts/principal.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import { type Failure, failure, type Result, success } from "#shared/lang/result.ts";
import type { Caller, Grantor } from "../accounts/granting.ts";
import { findLookAlike, type LooksLike } from "../accounts/look-alikes.ts";
import { scopesBeyond } from "../accounts/rights.ts";
import type { AuditEvent, AuditRecorder } from "../audit/audit-entry.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { Sealer } from "../crypto/sealing.ts";
import type { UpstreamScopes } from "../upstream-scopes/upstream-scopes.ts";
import type { Service, ServiceStore, WebhookAddress } from "./service.ts";
import { webhookUrlFault } from "./webhook-url.ts";
import { createWebhookSecret, webhookSecretContext } from "./webhooks.ts";

export interface WantedService {
  name: string;
  scopes: readonly Scope[];
  rotateAfterDays?: number | undefined;
  webhookUrl?: string | undefined;
}

/** A service, and the only time that the secret of its webhook is seen. */
export interface EnteredService {
  service: Service;
  webhookSecret: string | undefined;
}

/** `unknown-scopes`: those that no upstream declares. */
export type EntryFailure = Failure<
  "not-held" | "taken" | LooksLike | { kind: "unknown-scopes"; unknown: readonly string[] }
>;

/** What is left out stays. */
export interface WantedChange {
  scopes?: readonly Scope[] | undefined;
  rotateAfterDays?: number | null | undefined;
}

export type ServiceChangeFailure = Failure<
  "unknown" | "not-held" | "superseded" | { kind: "unknown-scopes"; unknown: readonly string[] }
>;

export interface ServiceRegistry {
  /** What is wrong with an address for webhooks; `undefined` when nothing is. */
  webhookFault(url: string): string | undefined;
  /** The service, if it may do no more than the caller: no one changes what exceeds their own rights. */
  findWithin(name: string, caller: Caller): Promise<Result<Service, "unknown" | "not-held">>;
  /** Changes a service that does, before and after, no more than the grantor may do. `superseded`: another change came first. */
  change(
    name: string,
    wanted: WantedChange,
    grantor: Grantor<"credential">,
  ): Promise<Result<Service, ServiceChangeFailure>>;
  enter(wanted: WantedService, grantor: Grantor<"credential">): Promise<Result<EnteredService, EntryFailure>>;
  /** A new secret to verify the messages with, which from now on go to that address. */
  setWebhook(
    name: string,
    url: string,
    grantor: Grantor<"credential">,
  ): Promise<Result<string, "unknown" | "not-held">>;
  removeWebhook(name: string, caller: Caller): Promise<Result<undefined, "unknown" | "not-held">>;
  remove(name: string, caller: Caller): Promise<Result<undefined, "unknown" | "not-held">>;
}

export interface ServiceRegistryOptions {
  store: ServiceStore;
  upstreamScopes: Pick<UpstreamScopes, "undeclared">;
  sealer: Sealer;
  recorder: AuditRecorder;
  randomBytes: RandomBytes;
  /** Whether webhooks may go to private addresses and without TLS. */
  webhooksAnywhere: boolean;
  now: () => number;
}

export const createServiceRegistry = (options: ServiceRegistryOptions): ServiceRegistry => {
  const { store, upstreamScopes, sealer, recorder, randomBytes, webhooksAnywhere, now } = options;

  const eventOf = (action: AuditAction, name: string, { subject }: Caller): AuditEvent => ({
    action,
    outcome: "success",
    actor: subject,
    target: serviceSubject(name),
  });

  const findWithin: ServiceRegistry["findWithin"] = async (name, { scopes }) => {
    const service = await store.find(name);
    if (!service) return failure("unknown");
    return scopesBeyond(service.scopes, scopes).length > 0 ? failure("not-held") : success(service);
  };

  const createWebhook = async (name: string, url: string): Promise<{ secret: string; webhook: WebhookAddress }> => {
    const secret = createWebhookSecret(randomBytes);
    return { secret, webhook: { url, secret: await sealer.seal(webhookSecretContext(name), secret) } };
  };

  const enter: ServiceRegistry["enter"] = async (wanted, caller) => {
    const { name, scopes, rotateAfterDays = null, webhookUrl } = wanted;
    const unknown = await upstreamScopes.undeclared(scopes);
    if (unknown.length > 0) return failure("unknown-scopes", { unknown });
    if (scopesBeyond(scopes, caller.scopes).length > 0) return failure("not-held");
    const other = findLookAlike(name, await store.listNames());
    if (other !== undefined) return failure("looks-like", { other });
    const made = webhookUrl === undefined ? undefined : await createWebhook(name, webhookUrl);
    const service = { name, scopes: [...new Set(scopes)], rotateAfterDays, createdAt: new Date(now()) };
    const isEntered = await recorder.change(eventOf("service.create", name, caller), (entry) =>
      store.insert({ ...service, webhook: made?.webhook ?? null }, entry),
    );
    if (!isEntered) return failure("taken");
    return success({ service: { ...service, webhookUrl: webhookUrl ?? null }, webhookSecret: made?.secret });
  };

  const storeWebhook = (name: string, webhook: WebhookAddress | null, caller: Caller): Promise<boolean> =>
    recorder.change(eventOf("service.webhook", name, caller), (entry) =>
      store.setWebhook(name, webhook, new Date(now()), entry),
    );

  const change: ServiceRegistry["change"] = async (name, wanted, caller) => {
    const found = await findWithin(name, caller);
    if (!found.ok) return found;
    const { value: service } = found;
    const unknown = await upstreamScopes.undeclared(wanted.scopes ?? []);
    if (unknown.length > 0) return failure("unknown-scopes", { unknown });
    if (scopesBeyond(wanted.scopes ?? [], caller.scopes).length > 0) return failure("not-held");
    const { rotateAfterDays = service.rotateAfterDays } = wanted;
    const changed = { scopes: [...new Set(wanted.scopes ?? service.scopes)], rotateAfterDays };
    const lost = scopesBeyond(service.scopes, new Set(changed.scopes));
    const isSame = JSON.stringify(changed.scopes) === JSON.stringify(service.scopes);
    if (isSame && rotateAfterDays === service.rotateAfterDays) return found;
    const isChanged = await recorder.change(eventOf("service.change", name, caller), (entry) =>
      store.update(service, changed, lost.length > 0, new Date(now()), entry),
    );
    return isChanged ? success({ ...service, ...changed }) : failure("superseded");
  };

  return {
    change,
    findWithin,
    webhookFault: (url) => webhookUrlFault(url, webhooksAnywhere),
    enter: async (wanted, caller) => {
      const entered = await enter(wanted, caller);
      if (entered.ok) return entered;
      const { kind: reason } = entered.error;
      // The name of a service only where there is one: anything else is what a caller sent.
      const target = reason === "taken" ? serviceSubject(wanted.name) : undefined;
      await recorder.record({
        action: "service.create",
        outcome: "refused",
        actor: caller.subject,
        target,
        reason,
      });
      return entered;
    },
    setWebhook: async (name, url, caller) => {
      // Keys are sent there, and no one gets a key for more than they may do themselves.
      const found = await findWithin(name, caller);
      if (!found.ok) return found;
      const { secret, webhook } = await createWebhook(name, url);
      return (await storeWebhook(name, webhook, caller)) ? success(secret) : failure("unknown");
    },
    removeWebhook: async (name, caller) => {
      const found = await findWithin(name, caller);
      if (!found.ok) return found;
      return (await storeWebhook(name, null, caller)) ? success(undefined) : failure("unknown");
    },
    remove: async (name, caller) => {
      const found = await findWithin(name, caller);
      if (!found.ok) return found;
      const isRemoved = await recorder.change(eventOf("service.delete", name, caller), (entry) =>
        store.remove(name, new Date(now()), entry),
      );
      return isRemoved ? success(undefined) : failure("unknown");
    },
  };
};
