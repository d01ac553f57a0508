/**
 * The chain of audit entries. Each entry's link is a SHA-256 over the link before, its id and its content, which anyone
 * can compute; its seal is an HMAC over the link, which only the kms can make. Links are made in the order of the ids,
 * right after the entries' own transactions, so that no writer waits for another.
 */
import { createHash } from "node:crypto";
import type { AuditRecord } from "../audit/audit-record.ts";
import { FIRST_LINK, textOfLink } from "../audit/canonical-text.ts";
import { isSameHash, macInContext } from "../crypto/mac.ts";

/** An entry with its place: ids count from 1, without a gap. */
export interface StoredEntry extends AuditRecord {
  id: number;
  link: string | null;
  seal: string | null;
}

/** Where the chain begins since the last pruning, and how far it is linked. */
export interface ChainState {
  /** The last entry pruned; 0 when none was. */
  baseId: number;
  baseLink: string;
  /** When that entry was recorded. */
  baseAt: Date;
  /** The last entry linked. */
  headId: number;
  headLink: string;
}

export interface StoredChainState extends ChainState {
  mac: string;
}

/** The place of an entry in the chain, which it is given when it is linked. */
export interface ChainPlace {
  id: number;
  link: string;
  seal: string;
}

export const EMPTY_CHAIN: ChainState = {
  baseId: 0,
  baseLink: FIRST_LINK,
  baseAt: new Date(0),
  headId: 0,
  headLink: FIRST_LINK,
};

/** SHA-256 over the link before, the id, the entry and its own HMAC, in base64url. */
export const linkOf = (previousLink: string, id: number, record: AuditRecord): string =>
  createHash("sha256")
    .update(textOfLink(previousLink, id, record))
    .digest("base64url");

export const sealOf = (macKey: Uint8Array, id: number, link: string): string =>
  macInContext(macKey, "audit/link", JSON.stringify([id, link]));

const macOfState = (macKey: Uint8Array, { baseId, baseLink, baseAt, headId, headLink }: ChainState): string =>
  macInContext(macKey, "audit/chain", JSON.stringify([baseId, baseLink, baseAt.getTime(), headId, headLink]));

/** The state, ready for storage. */
export const withMac = (macKey: Uint8Array, state: ChainState): StoredChainState => ({
  ...state,
  mac: macOfState(macKey, state),
});

/** Whether we wrote this state. */
export const isOurs = (macKey: Uint8Array, state: StoredChainState): boolean =>
  isSameHash(state.mac, macOfState(macKey, state));

/** The state after linking these entries, which follow the head, and what each of them is given. */
export const extendChain = (
  macKey: Uint8Array,
  state: ChainState,
  entries: readonly StoredEntry[],
): { state: StoredChainState; linkages: ChainPlace[] } => {
  const linkages: ChainPlace[] = [];
  let { headId, headLink } = state;
  for (const entry of entries) {
    headLink = linkOf(headLink, entry.id, entry);
    headId = entry.id;
    linkages.push({ id: headId, link: headLink, seal: sealOf(macKey, headId, headLink) });
  }
  return { state: withMac(macKey, { ...state, headId, headLink }), linkages };
};
