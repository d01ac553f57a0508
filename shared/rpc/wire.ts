/** What goes over the wire with a private call. The request is passed along as data: a private call has no headers. */
import type { RequestContext } from "../observability/context.ts";
import { formatTraceparent, parseTraceparent, startSpan } from "../observability/trace.ts";

/** The request that a private call belongs to. */
export interface Carrier {
  requestId: string;
  traceparent: string;
  clientAddress: string | undefined;
  userAgent: string | undefined;
  actingService: string | undefined;
}

/** What a private entrypoint responds to: one method, whatever its contract has. */
export interface Invocable {
  invoke(method: string, args: unknown[], request: Carrier | undefined): Promise<unknown>;
}

export const carrierOf = ({ requestId, span, clientAddress, userAgent, actingService }: RequestContext): Carrier => ({
  requestId,
  traceparent: formatTraceparent(span),
  clientAddress,
  userAgent,
  actingService,
});

/** The caller's request, in a span of its own. */
export const requestOf = ({ traceparent, ...request }: Carrier): RequestContext => ({
  ...request,
  span: startSpan(parseTraceparent(traceparent)),
});
