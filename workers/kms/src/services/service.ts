/** A machine client: a name, the scopes its keys may have, and how often they should be renewed. */
import type { Scope } from "#shared/contracts/rights.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";

export interface Service {
  name: string;
  scopes: Scope[];
  /** How old a key should grow at most; `null`: any age. */
  rotateAfterDays: number | null;
  createdAt: Date;
  /** Where its owner hears of what happens to its keys; `null` when nowhere. */
  webhookUrl: string | null;
}

export type ServiceChange = Pick<Service, "scopes" | "rotateAfterDays">;

export interface WebhookAddress {
  url: string;
  /** Sealed. */
  secret: string;
}

export interface NewService extends Omit<Service, "webhookUrl"> {
  webhook: WebhookAddress | null;
}

export interface ServiceStore {
  find(name: string): Promise<Service | undefined>;
  listNames(): Promise<string[]>;
  /** In the order of names, from the one after `after`; `search`: part of the name, whatever its case. */
  list(limit: number, after: string | undefined, search?: string): Promise<Service[]>;
  /** false: the name is taken. */
  insert(service: NewService, entry: AuditEntry): Promise<boolean>;
  /**
   * Replaces the scopes and the age of keys; `revokes`: the access tokens of its keys, which have more than they may now. False:
   * the service is no longer as it was `found`.
   */
  update(found: Service, change: ServiceChange, revokes: boolean, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Where the owner is notified of their keys from now on; `null`: nowhere, and pending messages are deleted. */
  setWebhook(name: string, webhook: WebhookAddress | null, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Removes the service and its keys, and revokes their tokens, in one transaction; false: there is no such service. */
  remove(name: string, at: Date, entry: AuditEntry): Promise<boolean>;
}
