/** The gateway's way to the services behind it, wherever their URLs say that they are. */
import { z } from "zod";
import { fetcher } from "#shared/http/bindings.ts";
import { unavailable } from "#shared/problem/unavailable.ts";
import type { Reach } from "./ports.ts";
import { BINDING_SCHEME } from "./target.ts";
import type { TargetRules } from "./target-rules.ts";

type Service = Pick<Fetcher, "fetch">;

/**
 * The service bindings that the operator gave the gateway besides `own`, which are Fountain's: services that targets may
 * name.
 */
export const boundServices = (bindings: unknown, own: (name: string) => boolean): ReadonlyMap<string, Service> => {
  const all = Object.entries(z.looseObject({}).parse(bindings));
  return new Map(
    all.flatMap(([name, value]) => {
      const parsed = fetcher.safeParse(value);
      return parsed.success && !own(name) ? [[name, parsed.data] as const] : [];
    }),
  );
};

export interface ReachOptions {
  /** The egress of a self-hosted Fountain, which refuses addresses after names are resolved. */
  egress: Service | undefined;
  /** Services that targets may name. */
  bound: ReadonlyMap<string, Service>;
  targetRules: TargetRules;
}

/** The target that a URL is at. */
export const targetIn = (url: string): string => {
  const start = url.startsWith(BINDING_SCHEME) ? BINDING_SCHEME.length : url.indexOf("://") + 3;
  const end = url.indexOf("/", start);
  return end === -1 ? url : url.slice(0, end);
};

/**
 * Sends requests by the egress of a self-hosted Fountain, on the edge by `fetch`, which has no filter of its own, or to one of
 * the services that are bound. Redirects are passed on. Rejects with the problem `unavailable` where no upstream may be.
 */
export const createReach =
  ({ egress, bound, targetRules }: ReachOptions): Reach =>
  async (url, init) => {
    const target = targetIn(url);
    const refusal = targetRules(target);
    if (refusal !== undefined)
      throw unavailable({
        detail: "The service is not where one may be.",
        cause: new Error(`${target} must not ${refusal}`),
      });
    const request = { ...init, redirect: "manual" } as const;
    const service = bound.get(target.slice(BINDING_SCHEME.length));
    if (target.startsWith(BINDING_SCHEME) && service)
      return service.fetch(`http://service${url.slice(target.length)}`, request);
    return egress ? egress.fetch(url, request) : fetch(url, request);
  };
