/**
 * Calls of operations in the name of a page's visitor: through the gateway's own pipeline, exactly as any API client's, so that
 * limits, policies, step-up and audit trail are the same. What is refused there is refused here.
 */
import { z } from "zod";
import { PAGE_HEADER } from "#shared/contracts/people.ts";
import { REQUEST_ID_HEADER } from "#shared/http/app.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { formatTraceparent } from "#shared/observability/trace.ts";
import { PROBLEMS, type ProblemCode } from "#shared/problem/catalogue.ts";
import { Problem } from "#shared/problem/problem.ts";
import type { GatewayContext } from "../../composition/context.ts";
import type { Texts } from "../texts/en.ts";

/** Serves a request that the gateway makes to itself, within the call at hand. */
export type Dispatch = (request: Request, context: GatewayContext) => Promise<Response>;

/** What an operation refused with; `challenge`: its `WWW-Authenticate`. */
export interface Refusal {
  readonly kind: "refused";
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly { pointer: string; detail: string }[];
  readonly challenge: string;
  readonly retryAfterSeconds: number | undefined;
}

export interface Operation {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As API clients call it: `/kms/login`. */
  path: string;
  /** The access token of the visitor. */
  token?: string | undefined;
  json?: unknown;
}

/** A call as it is sent: its fields and its text besides. */
export interface Sending extends Omit<Operation, "json"> {
  headers: Readonly<Record<string, string | undefined>>;
  body?: string | undefined;
}

export type Send = (sending: Sending) => Promise<Response>;

export type Operate = <Value>(operation: Operation, schema: z.ZodType<Value>) => Promise<Result<Value, Refusal>>;

/** Of an operation whose response says nothing that matters. */
export const NOTHING = z.unknown();

const problemSchema = z.object({
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).default([]),
});

const isCode = (code: string): code is ProblemCode => code in PROBLEMS;

/** These describe the visitor, and not the page's form. */
const PASSED_ON = ["user-agent", "accept-language"];

const requestOf = (context: GatewayContext, { method, path, token, headers: own, body }: Sending): Request => {
  const request = currentRequest();
  const fields = context.get("fields");
  const headers = new Headers({ accept: "application/json", [PAGE_HEADER]: "1" });
  for (const [name, value] of Object.entries(own)) if (value !== undefined) headers.set(name, value);
  for (const name of PASSED_ON) {
    const value = fields.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (request) {
    headers.set(REQUEST_ID_HEADER, request.requestId);
    headers.set("traceparent", formatTraceparent(request.span));
    // A request that no connection has brought has no peer but the one named here.
    if (request.clientAddress !== undefined) headers.set("cf-connecting-ip", request.clientAddress);
  }
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const url = new URL(path, context.get("services").publicUrl);
  return new Request(url, { method, headers, ...(body !== undefined && { body }) });
};

const refusalIn = (response: Response, body: unknown): Refusal => {
  const { code, detail, errors } = problemSchema.parse(body);
  if (!isCode(code)) throw new Error(`an operation was refused with an unknown problem: ${code}`);
  const retryAfter = response.headers.get("retry-after");
  return {
    kind: "refused",
    code,
    detail,
    errors,
    challenge: response.headers.get("www-authenticate") ?? "",
    retryAfterSeconds: retryAfter === null ? undefined : Number(retryAfter),
  };
};

export const createSend =
  (dispatch: Dispatch, context: GatewayContext): Send =>
  (sending) =>
    dispatch(requestOf(context, sending), context);

const JSON_FIELDS = { "content-type": "application/json" };

export const createOperate =
  (send: Send): Operate =>
  async ({ json, ...operation }, schema) => {
    const content = json === undefined ? { headers: {} } : { headers: JSON_FIELDS, body: JSON.stringify(json) };
    const response = await send({ ...operation, ...content });
    const text = await response.text();
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    if (!response.ok) {
      const { kind, ...refusal } = refusalIn(response, body);
      return failure(kind, refusal);
    }
    return success(schema.parse(body));
  };

/** A refusal that the page itself has no words for. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

/** What the operation gave. Throws {@link Refused}. */
export const done = <Value>(result: Result<Value, Refusal>): Value => {
  if (!result.ok) throw new Refused(result.error);
  return result.value;
};

/** These are not about what was entered: the visitor has to log in, or to confirm who they are. */
const ABOUT_THE_VISITOR: ReadonlySet<ProblemCode> = new Set(["unauthenticated", "step-up-required"]);

/** What the operation gave, or a refusal to show in the form. Throws {@link Refused} where the form is not at fault. */
export const attempted = <Value>(result: Result<Value, Refusal>): Result<Value, Refusal> => {
  if (!result.ok && ABOUT_THE_VISITOR.has(result.error.code)) throw new Refused(result.error);
  return result;
};

const UNAUTHORIZED = 401;
const UNPROCESSABLE = 422;

/** How a form that was refused comes back. A browser has no credential to show, so that 401 would not fit (RFC 9110 §15.5.2). */
export const refusedForm = (refusal: Refusal | undefined): { status?: number; headers?: Record<string, string> } => {
  if (refusal === undefined) return {};
  const { status } = PROBLEMS[refusal.code];
  const { retryAfterSeconds } = refusal;
  return {
    status: status === UNAUTHORIZED ? UNPROCESSABLE : status,
    ...(retryAfterSeconds !== undefined && { headers: { "retry-after": String(retryAfterSeconds) } }),
  };
};

/** A problem whose detail is written for the page's reader, in their language. */
export class PageProblem extends Problem {}

/** The problem of the page, for one of an operation. */
export const problemOf = ({ code, errors, retryAfterSeconds }: Refusal, { problems }: Texts): PageProblem =>
  new PageProblem(code, {
    detail: problems[code],
    errors: [...errors],
    headers: retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
  });
