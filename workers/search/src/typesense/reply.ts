/** The result of a call to Typesense: its response, or how it failed. Failures are values. */

import { failure, type Result } from "#shared/lang/result.ts";

export type ReplyFailure =
  /** No response in time, none at all, or a malformed one: whether the call took effect is unknown. */
  | { kind: "unreachable"; message: string }
  /** The node is starting or has not caught up (503): nothing was done. */
  | { kind: "not-ready"; message: string; retryAfterSeconds: number | undefined }
  | { kind: "key-refused"; message: string }
  | { kind: "missing"; message: string }
  | { kind: "exists"; message: string }
  /** Typesense does not take the request as it is (400, 422). */
  | { kind: "refused"; status: number; message: string }
  /** The node is there, and fails at this request (500). */
  | { kind: "broken"; message: string };

/** The body of the response: parsed JSON, or text. */
export type Reply = Result<unknown, ReplyFailure>;

/** What is sent; the path is below the node's URL. */
export interface TypesenseRequest {
  method: "get" | "post" | "put" | "patch" | "delete";
  path: string;
  query?: Readonly<Record<string, string>>;
  /** An object goes as JSON; text is JSON Lines. */
  body?: object | string;
  /** May be sent again when it is not known whether it was done. */
  repeatable: boolean;
}

export const unreachable = (message: string): Result<never, ReplyFailure> => failure("unreachable", { message });

/** Statuses with a meaning of their own; 502 and 504 come from whatever stands in front of a node. */
const KINDS: Readonly<Record<number, "key-refused" | "missing" | "exists" | "unreachable">> = {
  401: "key-refused",
  403: "key-refused",
  404: "missing",
  409: "exists",
  502: "unreachable",
  504: "unreachable",
};

const MAX_MESSAGE_LENGTH = 300;

const secondsIn = (retryAfter: string | null): number | undefined =>
  /^\d{1,5}$/.test(retryAfter ?? "") ? Number(retryAfter) : undefined;

/** The failure that a response with this status means; `retryAfter` is its header. */
export const failureOf = (status: number, said: string, retryAfter: string | null): ReplyFailure => {
  const message = said.slice(0, MAX_MESSAGE_LENGTH);
  if (status === 503 || status === 429) return { kind: "not-ready", message, retryAfterSeconds: secondsIn(retryAfter) };
  const kind = KINDS[status];
  if (kind !== undefined) return { kind, message };
  if (status >= 400 && status < 500) return { kind: "refused", status, message };
  return status >= 500 ? { kind: "broken", message } : { kind: "unreachable", message: `unexpected status ${status}` };
};

/** Whether the node itself, and not what was asked of it, is the trouble. */
export const isNodeTrouble = ({ kind }: ReplyFailure): boolean => kind === "unreachable" || kind === "not-ready";
