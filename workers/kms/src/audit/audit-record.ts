/** What of an audit entry is stored. */
import type { Outcome } from "#shared/contracts/audit.ts";

/** An entry as it is stored, without its place in the chain. */
export interface AuditRecord {
  /** Unique for all time, so that an entry cannot be stored twice. */
  uid: string;
  at: Date;
  action: string;
  outcome: Outcome;
  actor: string | null;
  /** The service that acted for the actor, by name, or the application, by its client id. */
  actingService: string | null;
  target: string | null;
  reason: string | null;
  /** How many events it stands for: more than one when refusals came too fast to be recorded one by one. */
  count: number;
  requestId: string | null;
  /** The caller's network address, sealed under the key of its `addressOwner`. */
  address: string | null;
  /** Whose `personal` fields these are, sealed under that user's own key; without an actor, whom it concerns. */
  personalOf: string | null;
  personal: string | null;
  /** HMAC over all of the above. */
  mac: string;
}
