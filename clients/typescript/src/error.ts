/** The one error of this client: a problem (RFC 9457), or why there is no response at all. */
import type { ProblemCode } from "./operations.generated.ts";

/**
 * What the client itself finds: no connection, no response in time, a session that is over, and a failure whose response
 * says nothing that the client understands.
 */
type OwnCode = "network" | "timeout" | "session-ended" | "unknown";

/** A problem's code, one of the client's own, or one of OAuth, such as `authorization_pending`. */
export type ErrorCode = ProblemCode | OwnCode | (string & Record<never, never>);

export interface FieldError {
  /** JSON Pointer as a URI fragment, such as `#/name`. */
  pointer: string;
  detail: string;
}

interface Failure {
  call: string;
  code: ErrorCode;
  status?: number | undefined;
  title: string;
  detail?: string | undefined;
  errors?: readonly FieldError[];
  requestId?: string | undefined;
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

const messageOf = ({ call, code, status, title, detail, errors = [] }: Failure): string => {
  const fields = errors.map((error) => `${error.pointer}: ${error.detail}`);
  return `${call}${status ? ` responded ${status}` : ""} (${code}): ${[detail ?? title, ...fields].join(" ")}`;
};

/** A call that failed. It holds no credentials, and of the request only its method and path and what the problem quotes. */
export class FountainError extends Error {
  override readonly name = "FountainError";
  /** Method and path of the call, such as `GET /kms/users/{id}`. */
  readonly call: string;
  /** What to program against. */
  readonly code: ErrorCode;
  /** Of the response; 0 where there is none. */
  readonly status: number;
  readonly title: string;
  /** What is wrong, and what to do. */
  readonly detail: string | undefined;
  /** What is wrong with which field. */
  readonly errors: readonly FieldError[];
  /** In every log line of the request. */
  readonly requestId: string | undefined;
  /** How long to wait before another try, where the response says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(failure: Failure) {
    super(messageOf(failure), { cause: failure.cause });
    this.call = failure.call;
    this.code = failure.code;
    this.status = failure.status ?? 0;
    this.title = failure.title;
    this.detail = failure.detail;
    this.errors = failure.errors ?? [];
    this.requestId = failure.requestId;
    this.retryAfterSeconds = failure.retryAfterSeconds;
  }
}

/** Whole seconds or a date (RFC 9110 §10.2.3); `undefined` where there is neither. */
export const retryAfterOf = (headers: Headers): number | undefined => {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
};

const membersOf = (text: string): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
};

const textIn = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const fieldErrors = (value: unknown): FieldError[] =>
  (Array.isArray(value) ? value : []).map((error) => ({
    pointer: String(Object(error).pointer),
    detail: String(Object(error).detail),
  }));

/** The error of a response that is no success, in any of the formats that Fountain has: problems, OAuth's, Typesense's. */
export const failedResponse = (
  call: string,
  { status, statusText, headers }: Response,
  text: string,
): FountainError => {
  const body = membersOf(text);
  return new FountainError({
    call,
    code: textIn(body["code"]) ?? textIn(body["error"]) ?? "unknown",
    status,
    title: textIn(body["title"]) ?? textIn(statusText) ?? "The call failed",
    detail: textIn(body["detail"]) ?? textIn(body["error_description"]) ?? textIn(body["message"]),
    errors: fieldErrors(body["errors"]),
    requestId: textIn(body["requestId"]) ?? headers.get("x-request-id") ?? undefined,
    retryAfterSeconds: retryAfterOf(headers),
  });
};
