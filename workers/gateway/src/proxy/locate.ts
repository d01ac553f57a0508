/** Finds what a call is for: a worker, an endpoint of the gateway's own, or a service that was put behind it. */
import type { Target } from "#shared/http/pipeline.ts";
import { nothingIfUnavailable, Unavailable } from "#shared/lang/unavailable.ts";
import { problem } from "#shared/problem/problem.ts";
import { targetOf } from "../backends/target.ts";
import type { GatewayContext } from "../composition/context.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { isReserved } from "../matching/names.ts";
import { routeCall, type Upstream, type UpstreamCall } from "../upstreams/compiled.ts";

/** Where a call goes, and under which configuration that was decided. */
export interface GatewayTarget extends Target {
  /** `undefined`: it is not known, and the call is one that needs none. */
  configuration: Configuration | undefined;
  /** The call of an upstream. */
  call: UpstreamCall | undefined;
}

/** The host that the caller names, without a port. */
const hostOf = (url: string): string => {
  const start = url.indexOf("://") + 3;
  const end = url.indexOf("/", start);
  return url
    .slice(start, end === -1 ? undefined : end)
    .replace(/:\d*$/, "")
    .toLowerCase();
};

const firstSegment = (path: string): string => {
  const end = path.indexOf("/", 1);
  return path.slice(1, end === -1 ? undefined : end);
};

const upstreamTarget = (
  upstream: Upstream,
  { method, path }: { method: string; path: string },
  configuration: Configuration,
): GatewayTarget => {
  const call = routeCall(upstream, method, path);
  if (!call) throw problem("not-found", { detail: `No route of ${upstream.name} fits this call.` });
  const { template, policy } = call.route;
  return { worker: "gateway", path: call.path, template, policy, configuration, call };
};

const findUpstream = ({ find }: Configuration, url: string, path: string): Upstream | undefined =>
  find.ofHost(hostOf(url), path) ?? (isReserved(firstSegment(path)) ? undefined : find.ofPath(path));

/** What anyone may call of the gateway itself does not depend on the configuration: health, keys, documentation. */
const withoutConfiguration = (method: string, path: string): GatewayTarget => {
  const own = firstSegment(path);
  const target = targetOf(method, path);
  if (target.worker === "gateway" && target.policy.caller === "anyone" && own !== "gateway")
    return { ...target, configuration: undefined, call: undefined };
  throw new Unavailable("the gateway's configuration is not known");
};

/** The configuration; `undefined`: it is not known. */
const knownConfiguration = (
  context: GatewayContext,
): Configuration | undefined | Promise<Configuration | undefined> => {
  try {
    const current = context.get("services").configuration.current();
    return current instanceof Promise ? current.catch(nothingIfUnavailable) : current;
  } catch (error) {
    return nothingIfUnavailable(error);
  }
};

/** The target of a call; refuses with 404 or 405, and with 503 as long as the configuration has never been read. */
export const locateCall = async (context: GatewayContext): Promise<GatewayTarget> => {
  const { method, path, url } = context.req;
  const current = knownConfiguration(context);
  const configuration = current instanceof Promise ? await current : current;
  if (configuration === undefined) return withoutConfiguration(method, path);
  const upstream = configuration.upstreams.size === 0 ? undefined : findUpstream(configuration, url, path);
  if (upstream) return upstreamTarget(upstream, { method, path }, configuration);
  return { ...targetOf(method, path), configuration, call: undefined };
};
