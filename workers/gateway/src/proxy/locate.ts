/** Finds what a call is for: a worker, an endpoint of the gateway's own, or a service that was put behind it. */

import { isReserved } from "#shared/contracts/workers.ts";
import type { Fields } from "#shared/http/fields.ts";
import type { Target } from "#shared/http/pipeline.ts";
import { nothingIfUnavailable, Unavailable } from "#shared/lang/unavailable.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { authorityOf } from "#shared/policy/path.ts";
import { problem } from "#shared/problem/problem.ts";
import type { RefusalLog } from "../admission/refusal-log.ts";
import { targetOf } from "../backends/target.ts";
import type { GatewayContext } from "../composition/context.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { Passage } from "../limits/limits.ts";
import { readingsOf } from "../matching/pattern.ts";
import { routeCall, type Upstream, type UpstreamCall } from "../upstreams/compiled.ts";
import { trickIn } from "../upstreams/plain-path.ts";
import { isMetadataPath } from "./resource.ts";

/** Where a call goes, and under which configuration that was decided. */
export interface GatewayTarget extends Target {
  /** `undefined`: it is not known, and the call is one that needs none. */
  configuration: Configuration | undefined;
  /** The call of an upstream. */
  call: UpstreamCall | undefined;
  /** Set where limits may fit the call. */
  passage?: Passage | undefined;
}

/** A call as it arrives, before anything is known of its caller. */
export interface ArrivingCall {
  method: string;
  /** The whole URL as it was sent. */
  url: string;
  /** Its canonical path. */
  path: string;
  /** `undefined`: it is not known. */
  address: string | undefined;
  fields: Pick<Fields, "get">;
}

/** What takes note of calls that are refused here. */
export type Note = RefusalLog["note"];

/** The host that the caller names, without a port. */
export const hostOf = (url: string): string => authorityOf(url).replace(/:\d*$/, "").toLowerCase();

const firstSegment = (path: string): string => {
  const end = path.indexOf("/", 1);
  return path.slice(1, end === -1 ? undefined : end);
};

/** Refuses with 400 a path that the upstream may read in another way than we do, and with 403 what its firewall denies. */
const screen = (upstream: Upstream, { method, url, path, address, fields }: ArrivingCall, note: Note): void => {
  const { name, body, firewall } = upstream;
  const trick = trickIn(url, body.lenientPaths === true);
  if (trick !== undefined) {
    note("path", name, `${method}: ${trick}`);
    throw problem("malformed-request", {
      detail: `The path contains ${trick}, which services read in different ways.`,
    });
  }
  const rule = firewall({ method, readings: readingsOf(path), address, fields });
  if (rule === undefined) return;
  note("firewall", `${name} #${rule}`, method);
  throw problem("forbidden", { detail: "This call is not allowed." });
};

const upstreamTarget = (
  upstream: Upstream,
  { method, path }: Pick<ArrivingCall, "method" | "path">,
  configuration: Configuration,
): GatewayTarget => {
  const call = routeCall(upstream, method, path);
  if (!call) throw problem("not-found", { detail: `No route of ${upstream.name} fits this call.` });
  const { template, policy } = call.route;
  return { worker: "gateway", path: call.path, template, policy, configuration, call };
};

/** Proxies that ask about a call keep its host. */
export const AUTHORIZE_PATH = "/gateway/authorize";

/** Whether the gateway describes the upstream in its place, because it is the one that demands tokens there (RFC 9728). */
const isDescribedHere = (upstream: Upstream, { method, path }: Pick<ArrivingCall, "method" | "path">): boolean =>
  isMetadataPath(path) && routeCall(upstream, method, path)?.route.policy.caller !== "anyone";

const findUpstream = (
  { find }: Configuration,
  { url, path }: Pick<ArrivingCall, "url" | "path">,
): Upstream | undefined => {
  if (path === AUTHORIZE_PATH) return undefined;
  return find.ofHost(hostOf(url), path) ?? (isReserved(firstSegment(path)) ? undefined : find.ofPath(path));
};

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

/** The target under this configuration; refuses with 404 or 405, and what an upstream does not let through with 400 or 403. */
export const locate = (configuration: Configuration, arriving: ArrivingCall, note: Note): GatewayTarget => {
  const { method, path } = arriving;
  const upstream = configuration.upstreams.size === 0 ? undefined : findUpstream(configuration, arriving);
  if (upstream === undefined || isDescribedHere(upstream, arriving))
    return { ...targetOf(method, path), configuration, call: undefined };
  screen(upstream, arriving, note);
  return upstreamTarget(upstream, arriving, configuration);
};

export const arrivingCall = (context: GatewayContext): ArrivingCall => {
  const { method, path, url } = context.req;
  return { method, path, url, address: currentRequest()?.clientAddress, fields: context.get("fields") };
};

/** The target of a call; refuses as {@link locate} does, and with 503 as long as the configuration has never been read. */
export const locateCall = async (context: GatewayContext): Promise<GatewayTarget> => {
  const arriving = arrivingCall(context);
  const current = knownConfiguration(context);
  const configuration = current instanceof Promise ? await current : current;
  if (configuration === undefined) return withoutConfiguration(arriving.method, arriving.path);
  return locate(configuration, arriving, context.get("services").refusals.note);
};
