/** Problems as values to throw, and as `application/problem+json` responses (RFC 9457). */
import { PROBLEMS, type ProblemCode } from "./catalogue.ts";

export interface FieldError {
  /** JSON Pointer as a URI fragment, for example `#/elementType` (RFC 6901 §6). */
  pointer: string;
  detail: string;
}

/** More would not help: callers fix these and retry. A body can have a fault in every byte. */
export const MAX_FIELD_ERRORS = 100;
/** Of what a problem says, some may be the caller's own words: it says no more of them than a reader needs. */
const MAX_POINTER_CHARACTERS = 256;
const MAX_DETAIL_CHARACTERS = 1_000;
const MAX_INSTANCE_CHARACTERS = 1_024;

/** At most `max` characters of the text. */
const cut = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`);

/** A detail, no longer than any that is sent. */
export const cutDetail = (detail: string): string => cut(detail, MAX_DETAIL_CHARACTERS);

const cutErrors = (errors: readonly FieldError[]): FieldError[] =>
  errors.slice(0, MAX_FIELD_ERRORS).map(({ pointer, detail }) => ({
    pointer: cut(pointer, MAX_POINTER_CHARACTERS),
    detail: cutDetail(detail),
  }));

export interface ProblemOptions {
  /** Public: one sentence that says what to do. */
  detail?: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
  /** Internal: goes to the log only. */
  cause?: unknown;
}

/** An HTTP failure from the catalogue. `createApp` turns it into the response. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    // It is a response, and no one reads where it was made: collecting the stack would cost more than the rest of it.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(options.detail ?? PROBLEMS[code].title, { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.detail = options.detail;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

export const problem = (code: ProblemCode, options?: ProblemOptions): Problem => new Problem(code, options);

/** Where it happened: the path as the caller knows it, and the request's id. */
export interface Occurrence {
  instance: string;
  requestId: string;
}

/** What every response of these statuses says, if nothing better is known (RFC 9110 §10.2.3, §11.6.1). */
const DEFAULT_HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { "www-authenticate": "Bearer" },
  429: { "retry-after": "60" },
  503: { "retry-after": "2" },
};

/** The header fields of its response. */
export const problemHeaders = ({ code, headers }: Problem): Record<string, string> => ({
  ...DEFAULT_HEADERS[PROBLEMS[code].status],
  ...headers,
  "cache-control": "no-store",
});

/** The response for a problem to a client of Typesense, which reads only `message`. */
export const typesenseErrorResponse = (failed: Problem): Response =>
  Response.json(
    { message: cutDetail(failed.detail ?? PROBLEMS[failed.code].title) },
    { status: PROBLEMS[failed.code].status, headers: problemHeaders(failed) },
  );

/** Whether the request itself is at fault: its address, its body or how that is sent. */
export const isRequestFault = ({ code }: Problem): boolean => [400, 413, 415].includes(PROBLEMS[code].status);

/** The response for a request that an OAuth endpoint cannot read, as its clients read errors (RFC 6749 §5.2). */
export const oauthErrorResponse = (failed: Problem): Response =>
  Response.json(
    { error: "invalid_request", error_description: cutDetail(failed.detail ?? PROBLEMS[failed.code].title) },
    { status: PROBLEMS[failed.code].status, headers: { ...problemHeaders(failed), pragma: "no-cache" } },
  );

/** The response for a problem. */
export const problemResponse = (failed: Problem, occurrence: Occurrence): Response => {
  const { status, title } = PROBLEMS[failed.code];
  const body = {
    type: `urn:fountain:problem:${failed.code}`,
    title,
    status,
    detail: cutDetail(failed.detail ?? title),
    code: failed.code,
    instance: cut(occurrence.instance, MAX_INSTANCE_CHARACTERS),
    requestId: occurrence.requestId,
    ...(failed.errors && { errors: cutErrors(failed.errors) }),
  };
  return Response.json(body, {
    status,
    headers: { ...problemHeaders(failed), "content-type": "application/problem+json" },
  });
};
