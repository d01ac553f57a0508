/** What a request carries on its way through a worker, and the response that it gets. */
import type { Context } from "hono";
import type { Principal } from "../auth/claims.ts";
import type { TokenVerifier } from "../auth/verify.ts";
import type { Level, Log } from "../observability/log.ts";
import type { Policy } from "../policy/routes.ts";
import { copyOf } from "../semantics/outgoing.ts";
import type { Fields } from "./fields.ts";

/** What `connect` gives every worker besides its own services. */
export interface BaseServices {
  verify: TokenVerifier;
  /** Resolves when the worker can do its work; fails otherwise. */
  probe: () => Promise<void>;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export interface WorkerEnv<Services extends BaseServices> {
  Bindings: Record<string, unknown>;
  Variables: {
    services: Services;
    /** The header fields as they were sent. */
    fields: Fields;
    log: Log;
    requestId: string;
    template: string;
    /** Of the line about what made the request fail, once that is logged. */
    level?: Level;
    /** Another worker's response, while it is the one at hand: its headers are fixed. */
    received?: Response | undefined;
    /** Set once the request is known to have a row in the route table. */
    policy?: Policy;
    /** Set where the policy demands a caller. Endpoints get it as a parameter of its own. */
    principal?: Principal;
  };
}

/** Puts a response in the place of the one at hand, whose headers Hono would add to it. */
export const replaceResponse = <Services extends BaseServices>(
  context: Context<WorkerEnv<Services>>,
  response: Response,
): void => {
  if (response === context.res) return;
  context.res = undefined;
  context.res = response;
};

/** The headers of the response at hand, which can be changed: of one that was received, those of a copy. */
export const headersToChange = <Services extends BaseServices>(context: Context<WorkerEnv<Services>>): Headers => {
  if (context.get("received") === context.res) {
    replaceResponse(context, copyOf(context.res));
    context.set("received", undefined);
  }
  return context.res.headers;
};
