/** The lines of an exported audit trail, and the checkpoints in them, as they must be. */
import type { AuditRecord } from "../audit/audit-record.ts";

export interface ExportedCheckpoint {
  /** The id of the entry that it is about. */
  entries: number;
  jws: string;
  publicJwk: Record<string, string>;
}

/** The key that HMACs are made with, as it is stored. */
interface WrappedKey {
  salt: string;
  wrappedKey: string;
}

interface Line extends Omit<AuditRecord, "at"> {
  id: number;
  at: string;
  link: string | null;
  seal: string | null;
  follows?: { link: string; checkpoint?: ExportedCheckpoint; macKey?: WrappedKey };
  checkpoint?: ExportedCheckpoint;
  later?: ExportedCheckpoint;
}

export interface ExportedLine extends Omit<Line, "at"> {
  at: Date;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isCount: Check = (value) => Number.isSafeInteger(value);
const isInstant: Check = (value) =>
  typeof value === "string" && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value;
const isOutcome: Check = (value) => value === "success" || value === "failure" || value === "refused";
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const orMissing =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** Whether it is an object whose members are all as they should be. */
const isObject =
  (members: Record<string, Check>): Check =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(members).every(([name, check]) => check(Reflect.get(value, name)));

const isJwk: Check = (value) => typeof value === "object" && value !== null && Object.values(value).every(isText);

const isCheckpoint = isObject({ entries: isCount, jws: isText, publicJwk: isJwk });

const isEntry = isObject({
  id: (value) => isCount(value) && Number(value) >= 1,
  uid: isText,
  at: isInstant,
  action: isText,
  outcome: isOutcome,
  actor: orNull(isText),
  actingService: orNull(isText),
  target: orNull(isText),
  reason: orNull(isText),
  count: isCount,
  requestId: orNull(isText),
  address: orNull(isText),
  personalOf: orNull(isText),
  personal: orNull(isText),
  mac: isText,
  link: orNull(isText),
  seal: orNull(isText),
  follows: orMissing(
    isObject({
      link: isText,
      checkpoint: orMissing(isCheckpoint),
      macKey: orMissing(isObject({ salt: isText, wrappedKey: isText })),
    }),
  ),
  checkpoint: orMissing(isCheckpoint),
  later: orMissing(isCheckpoint),
});

const isLine = (value: unknown): value is Line => isEntry(value);

/** The line's entry; `undefined` when it is none. */
export const parseLine = (text: string): ExportedLine | undefined => {
  try {
    const read: unknown = JSON.parse(text);
    return isLine(read) ? { ...read, at: new Date(read.at) } : undefined;
  } catch {
    return undefined;
  }
};

const isCheckpoints = (value: unknown): value is ExportedCheckpoint[] =>
  Array.isArray(value) && value.every((item) => isCheckpoint(item));

/** Checkpoints that were saved, as a list or as a page of one; `undefined` for anything else. */
export const parseCheckpoints = (text: string): ExportedCheckpoint[] | undefined => {
  try {
    const read: unknown = JSON.parse(text);
    const items: unknown = typeof read === "object" && read !== null && "items" in read ? read.items : read;
    return isCheckpoints(items) ? items : undefined;
  } catch {
    return undefined;
  }
};
