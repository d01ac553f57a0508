/** The applications that a person has let in, to look at and to take it back from. */
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import type { GrantedScope } from "#shared/contracts/rights.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";

export interface ConnectedApplication {
  clientId: string;
  name: string;
  /** What the person let it do: when they were asked, and in the sessions that it has. */
  scopes: GrantedScope[];
  /** When they agreed last; `null`: they were not asked. */
  grantedAt: Date | null;
  /** When it last refreshed; `null`: it has no session. */
  usedAt: Date | null;
}

export interface ApplicationStore {
  /** In the order of client ids, from the one after `after`. */
  list(userId: string, limit: number, after: string | undefined): Promise<ConnectedApplication[]>;
  /** Ends its sessions, and forgets consent and codes; false: there was none. */
  disconnect(userId: string, clientId: string, at: Date, entry: AuditEntry): Promise<boolean>;
}

export interface Applications extends Pick<ApplicationStore, "list"> {
  /** false: it is not connected. */
  disconnect(userId: string, clientId: string): Promise<boolean>;
}

export interface ApplicationsOptions {
  store: ApplicationStore;
  recorder: AuditRecorder;
  now: () => number;
}

export const createApplications = ({ store, recorder, now }: ApplicationsOptions): Applications => ({
  list: store.list,
  disconnect: async (userId, clientId) => {
    // Fountain's own sessions are no application's, and end one by one.
    if (clientId === FIRST_PARTY_CLIENT) return false;
    const event = { action: "authorization.revoke", outcome: "success", actor: userId, target: clientId } as const;
    return await recorder.change(event, (entry) => store.disconnect(userId, clientId, new Date(now()), entry));
  },
});
