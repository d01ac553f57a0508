/** What of an entry its HMAC and its link are made of. It runs wherever a trail is verified, in browsers among others. */
import type { AuditRecord } from "./audit-record.ts";

/** The canonical form of an entry: one text, which can be read in one way only. */
export const canonicalText = (record: Omit<AuditRecord, "mac">): string =>
  JSON.stringify([
    record.uid,
    record.at.getTime(),
    record.action,
    record.outcome,
    record.actor,
    record.target,
    record.reason,
    record.count,
    record.requestId,
    record.address,
    record.personalOf,
    record.personal,
    record.actingService,
  ]);

/** The link before the very first. */
export const FIRST_LINK = "";

/** The text whose SHA-256, in base64url, is an entry's link: the link before, the id, the entry and its own HMAC. */
export const textOfLink = (previousLink: string, id: number, record: AuditRecord): string =>
  JSON.stringify([previousLink, id, canonicalText(record), record.mac]);

/** The type of a signed checkpoint. Not an access token: verifiers of tokens refuse it (RFC 8725 §3.11). */
export const CHECKPOINT_TYPE = "fountain-audit-checkpoint+jwt";
