/** The request that a piece of work is done for: known wherever that work leads, without being handed around. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Span } from "./trace.ts";

export interface RequestContext {
  requestId: string;
  span: Span;
  /** The network address of whoever sent it, where it is known for certain. */
  clientAddress?: string | undefined;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The request at hand; `undefined` outside of one. */
export const currentRequest = (): RequestContext | undefined => storage.getStore();

/** Does the work for this request, and gives what it gives. */
export const withinRequest = <Value>(context: RequestContext, work: () => Value): Value => storage.run(context, work);
