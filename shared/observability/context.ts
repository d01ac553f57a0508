/** The request that a piece of work is done for: known wherever that work leads, without being handed around. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Span } from "./trace.ts";

export interface RequestContext {
  requestId: string;
  span: Span;
  /** The network address of the sender, if it is known for certain. */
  clientAddress?: string | undefined;
  /** The service that acts for a user, once the caller's token has been verified; none where users act themselves. */
  actingService?: string | undefined;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The request at hand; `undefined` outside of one. */
export const currentRequest = (): RequestContext | undefined => storage.getStore();

/** Notes for the rest of the request which service acts in it: in log lines, audit entries and private calls. */
export const noteActingService = (service: string | undefined): void => {
  const request = storage.getStore();
  if (request) request.actingService = service;
};

/** Does the work for this request, and gives what it gives. */
export const withinRequest = <Value>(context: RequestContext, work: () => Value): Value => storage.run(context, work);
