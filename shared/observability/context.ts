/** The request that a piece of work is done for: known wherever that work leads, without being handed around. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { RequestOrigin } from "../contracts/mails.ts";
import type { Span } from "./trace.ts";

export interface RequestContext {
  requestId: string;
  span: Span;
  /** The network address of the sender, if it is known for certain. */
  clientAddress?: string | undefined;
  /** What the sender says it is (RFC 9110 §10.1.5). */
  userAgent?: string | undefined;
  /** The caller, once their token has been verified. */
  subject?: string | undefined;
  /** The service that acts for that caller, by name, or the application, by its `client_id`; none where users act themselves. */
  actingService?: string | undefined;
  /** Why the request was refused: a code. The caller learns less. */
  reason?: string | undefined;
  /** What an operator configured that refused it: the name of a policy or a limit, or the place of a firewall's rule. */
  rule?: string | undefined;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The request at hand; `undefined` outside of one. */
export const currentRequest = (): RequestContext | undefined => storage.getStore();

/** Room for what browsers send; whatever is longer is no browser's, and cut off. */
const MAX_USER_AGENT_CHARACTERS = 256;

/** Where the request at hand comes from, as it is stored. */
export const originOfRequest = (): RequestOrigin => {
  const { clientAddress: address, userAgent } = currentRequest() ?? {};
  return { address, userAgent: userAgent?.slice(0, MAX_USER_AGENT_CHARACTERS) };
};

/** Notes for the rest of the request who calls, for log lines, audit entries and private calls. */
export const noteCaller = ({ subject, actingService }: Pick<RequestContext, "subject" | "actingService">): void => {
  const request = storage.getStore();
  if (request) Object.assign(request, { subject, actingService });
};

/** Notes for the rest of the request which application calls, that has authenticated or is public. */
export const noteClient = (clientId: string): void => {
  const request = storage.getStore();
  if (request) request.actingService = clientId;
};

/** Notes why the request is refused, for its log line and its metrics. */
export const noteReason = (reason: string): void => {
  const request = storage.getStore();
  if (request) request.reason = reason;
};

/** Notes which of an operator's rules refuses the request. */
export const noteRule = (rule: string): void => {
  const request = storage.getStore();
  if (request) request.rule = rule;
};

/** Does the work for this request, and gives what it gives. */
export const withinRequest = <Value>(context: RequestContext, work: () => Value): Value => storage.run(context, work);
