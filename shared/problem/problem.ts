/** Problems as values to throw, and as `application/problem+json` to answer (RFC 9457). */
import { PROBLEMS, type ProblemCode } from "./catalogue.ts";

export interface FieldError {
  /** JSON Pointer as a URI fragment, for example `#/elementType` (RFC 6901 §6). */
  pointer: string;
  detail: string;
}

export interface ProblemOptions {
  /** Leaves the house: one sentence that says what to do. */
  detail?: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
  /** Stays in the house: goes to the log only. */
  cause?: unknown;
}

/** An HTTP failure from the catalogue. `createApp` turns it into the answer. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(options.detail ?? PROBLEMS[code].title, { cause: options.cause });
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

/** The answer for a problem to a client of Typesense, which reads `message` and nothing else. */
export const typesenseErrorResponse = ({ code, detail, headers }: Problem): Response =>
  Response.json(
    { message: detail ?? PROBLEMS[code].title },
    { status: PROBLEMS[code].status, headers: { ...headers, "cache-control": "no-store" } },
  );

/** The answer for a problem. */
export const problemResponse = (failed: Problem, occurrence: Occurrence): Response => {
  const { status, title } = PROBLEMS[failed.code];
  const body = {
    type: `urn:fountain:problem:${failed.code}`,
    title,
    status,
    detail: failed.detail ?? title,
    code: failed.code,
    instance: occurrence.instance,
    requestId: occurrence.requestId,
    ...(failed.errors && { errors: failed.errors }),
  };
  return Response.json(body, {
    status,
    headers: { ...failed.headers, "content-type": "application/problem+json", "cache-control": "no-store" },
  });
};
