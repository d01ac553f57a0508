/** The verifier in the handlers of frameworks. Each knows of its framework what it uses, and imports none. */
import type { Caller } from "./caller.ts";
import { Refusal } from "./refusal.ts";
import { assertDemand, type Demand, type Verifier } from "./verifier.ts";

const refusalOf = (error: unknown): Refusal => {
  if (error instanceof Refusal) return error;
  throw error;
};

/**
 * For Workers and everything else whose handlers take a `Request`.
 *
 * @example
 * export default { fetch: forFetch(verifier, (request, caller) => new Response(`Hello ${caller.subject}`)) };
 */
export const forFetch = <Rest extends unknown[]>(
  verifier: Verifier,
  handler: (request: Request, caller: Caller, ...rest: Rest) => Response | Promise<Response>,
  demand: Demand = {},
): ((request: Request, ...rest: Rest) => Promise<Response>) => {
  assertDemand(demand);
  return async (request, ...rest) => {
    const caller = await verifier.verifyHeader(request.headers.get("authorization"), demand).catch(refusalOf);
    return caller instanceof Refusal ? caller.toResponse() : handler(request, caller, ...rest);
  };
};

export interface HonoContext {
  req: { header(name: string): string | undefined };
  set(key: "caller", value: Caller): void;
}

/**
 * Middleware for Hono, which sets `caller`.
 *
 * @example
 * app.get("/items", forHono(verifier, { scopes: ["notes:read"] }), (context) => context.json(context.get("caller")));
 */
export const forHono = (
  verifier: Verifier,
  demand: Demand = {},
): ((context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>) => {
  assertDemand(demand);
  return async (context, next) => {
    const caller = await verifier.verifyHeader(context.req.header("authorization"), demand).catch(refusalOf);
    if (caller instanceof Refusal) return caller.toResponse();
    context.set("caller", caller);
    await next();
    return undefined;
  };
};

/** What is used of `http.IncomingMessage`. */
export interface NodeRequest {
  headers: { authorization?: string | undefined };
}

/** What is used of `http.ServerResponse`. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body: string): unknown;
}

const send = (response: NodeResponse, { status, headers, body }: Refusal): void => {
  response.writeHead(status, { ...headers });
  response.end(body);
};

/**
 * Middleware for Express, which sets `request.caller`.
 *
 * @example
 * app.get("/items", forExpress(verifier, { scopes: ["notes:read"] }), (request, response) => response.json(request.caller));
 */
export const forExpress = (
  verifier: Verifier,
  demand: Demand = {},
): ((
  request: NodeRequest & { caller?: Caller },
  response: NodeResponse,
  next: (error?: unknown) => void,
) => Promise<void>) => {
  assertDemand(demand);
  return async (request, response, next) => {
    try {
      request.caller = await verifier.verifyHeader(request.headers.authorization, demand);
    } catch (error) {
      return error instanceof Refusal ? send(response, error) : next(error);
    }
    next();
  };
};

/**
 * A listener for `http.createServer`.
 *
 * @example
 * createServer(forNode(verifier, (request, response, caller) => response.end(caller.subject)));
 */
export const forNode = <In extends NodeRequest, Out extends NodeResponse>(
  verifier: Verifier,
  listener: (request: In, response: Out, caller: Caller) => unknown,
  demand: Demand = {},
): ((request: In, response: Out) => Promise<void>) => {
  assertDemand(demand);
  return async (request, response) => {
    const caller = await verifier.verifyHeader(request.headers.authorization, demand).catch(refusalOf);
    if (caller instanceof Refusal) send(response, caller);
    else await listener(request, response, caller);
  };
};
