/** What a request carries on its way through a worker. */
import type { Principal } from "../auth/claims.ts";
import type { TokenVerifier } from "../auth/verify.ts";
import type { Level, Log } from "../observability/log.ts";
import type { Policy } from "../policy/policy.ts";
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
    /** Adds to the response what is to be said of the limits that the request was held against. */
    addLimitFields?: (headers: Headers) => void;
    /** Set once the request is known to have a row in the route table. */
    policy?: Policy;
    /** The response comes from a service that is no part of Fountain: what it says of its representation stays. */
    relayed?: boolean;
    /** The response is that of a call which the gateway made to itself, and which was observed as such. */
    observed?: boolean;
    /** Set where the policy demands a caller. Endpoints get it as a parameter of its own. */
    principal?: Principal;
  };
}
