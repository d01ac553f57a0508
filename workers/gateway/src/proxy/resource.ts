/** Protected resources as callers know them (RFC 9728): each upstream and each worker is one, and the installation as a whole. */
import { homeOf } from "#shared/contracts/upstreams.ts";
import type { WorkerName } from "#shared/contracts/workers.ts";
import type { ProblemCode } from "#shared/problem/catalogue.ts";
import { Problem, problem } from "#shared/problem/problem.ts";
import { isDestination } from "../backends/target.ts";
import type { Upstream } from "../upstreams/compiled.ts";
import { pathOfUpstream, resourceOfUpstream } from "../upstreams/identifier.ts";

const METADATA_PATH = "/.well-known/oauth-protected-resource";

/** Whether a path is one at which a protected resource describes itself. */
export const isMetadataPath = (path: string): boolean => path === METADATA_PATH || path.startsWith(`${METADATA_PATH}/`);

/** Where a call goes, as far as it matters here. */
interface Called {
  worker: WorkerName;
  call: { upstream: Pick<Upstream, "host" | "prefix"> } | undefined;
}

const homeOfCalled = ({ call }: Called, publicUrl: string): string => homeOf(call?.upstream.host, publicUrl);

/** The URL of a call as its caller knows it, whatever proxies made of it; `path`: the canonical one. */
export const calledUrl = (called: Called, publicUrl: string, path: string): string =>
  homeOfCalled(called, publicUrl) + path;

/** What stands behind the home of the resource; empty for the installation as a whole. */
const pathOf = ({ worker, call }: Called): string => {
  if (call) return pathOfUpstream(call.upstream);
  return isDestination(worker) ? `/${worker}` : "";
};

/** What a caller's token must be good for: the upstream, by its identifier, or the worker. */
export const audienceOf = ({ worker, call }: Called, publicUrl: string): string =>
  call ? resourceOfUpstream(call.upstream, publicUrl) : worker;

const CHALLENGING: readonly ProblemCode[] = ["unauthenticated", "forbidden"];

/**
 * The challenge of a call that was refused, with where its client learns which authorization server issues tokens, and which
 * scopes there are (RFC 9728 §5.1). Whatever else was thrown stays as it is.
 */
export const withMetadataAddress = (error: unknown, called: Called, publicUrl: string): unknown => {
  const challenge = error instanceof Problem && CHALLENGING.includes(error.code) && error.headers["www-authenticate"];
  if (!challenge) return error;
  const { code, detail, headers, cause } = error;
  const address = `resource_metadata="${homeOfCalled(called, publicUrl)}${METADATA_PATH}${pathOf(called)}"`;
  return problem(code, {
    ...(detail !== undefined && { detail }),
    headers: { ...headers, "www-authenticate": `${challenge}${challenge.includes(" ") ? "," : ""} ${address}` },
    cause,
  });
};
