/**
 * Hands the request at hand along with private calls, which have no headers: as one more argument, which the caller's
 * binding adds and the callee's entrypoint takes off again, so that no contract has to name it.
 */
import { currentRequest, type RequestContext, withinRequest } from "../observability/context.ts";
import { formatTraceparent, parseTraceparent, startSpan } from "../observability/trace.ts";

/** What goes over the wire. */
interface Carrier {
  fountainRequestId: string;
  traceparent: string;
  clientAddress: string | undefined;
  actingService: string | undefined;
}

const isCarrier = (value: unknown): value is Carrier =>
  typeof value === "object" && value !== null && "fountainRequestId" in value && "traceparent" in value;

const carrierOf = ({ requestId, span, clientAddress, actingService }: RequestContext): Carrier => ({
  fountainRequestId: requestId,
  traceparent: formatTraceparent(span),
  clientAddress,
  actingService,
});

/** The binding, whose every call takes the request at hand along. */
export const passingRequest = <Interface extends object>(binding: Interface): Interface =>
  new Proxy(binding, {
    get: (target, name) => {
      const member = Reflect.get(target, name);
      if (typeof member !== "function" || typeof name === "symbol") return member;
      return (...args: unknown[]) => {
        const request = currentRequest();
        return Reflect.apply(member, target, request === undefined ? args : [...args, carrierOf(request)]);
      };
    },
  });

/** Makes every method of an entrypoint class work for the request that its caller took along. */
export const takeRequest = ({ prototype }: { prototype: object }): void => {
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method = Reflect.get(prototype, name);
    if (name === "constructor" || typeof method !== "function") continue;
    const value = function (this: unknown, ...args: unknown[]): unknown {
      const carrier = args.at(-1);
      if (!isCarrier(carrier)) return Reflect.apply(method, this, args);
      const { fountainRequestId: requestId, traceparent, clientAddress, actingService } = carrier;
      const span = startSpan(parseTraceparent(traceparent));
      const request = { requestId, span, clientAddress, actingService };
      return withinRequest(request, () => Reflect.apply(method, this, args.slice(0, -1)));
    };
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
};
