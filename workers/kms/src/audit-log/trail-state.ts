/** What the writers of the audit trail and the sealer that links its entries know in common. */
import { changesRights } from "../audit/audit-actions.ts";
import type { AuditEvent } from "../audit/audit-entry.ts";
import { TrailBehind } from "./audit-mark.ts";

export interface TrailState {
  /** There are, or will be, entries to link. */
  isExpecting: boolean;
  /** Rights were changed, and no checkpoint vouches for that yet. */
  isUrgent: boolean;
  /** The chain was found to lack entries that it had before, or to be another one. */
  isBehind: boolean;
}

export const createTrailState = (): TrailState => ({ isExpecting: false, isUrgent: false, isBehind: false });

/** There is, or will be, an entry of this event to link. */
export const expectEntry = (state: TrailState, event: AuditEvent): void => {
  state.isExpecting = true;
  state.isUrgent ||= changesRights(event);
};

/** Throws `TrailBehind` when the trail was found to lack entries that it had before. */
export const assertNotBehind = ({ isBehind }: TrailState): void => {
  if (isBehind) throw new TrailBehind();
};
