import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { SCOPES } from "#shared/contracts/rights.ts";
import { DPOP_ALGORITHMS } from "#shared/dpop/proof.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { ROUTES } from "#shared/policy/routes.ts";
import { problem } from "#shared/problem/problem.ts";
import { DESTINATIONS } from "../backends/target.ts";
import type { GatewayContext } from "../composition/context.ts";
import { endpoint } from "../endpoint.ts";
import type { Upstream } from "../upstreams/compiled.ts";
import { resourceOfUpstream } from "../upstreams/identifier.ts";
import { MAX_PREFIX_CHARACTERS } from "../upstreams/upstream.ts";
import { hostOf } from "./locate.ts";

const PUBLIC_DOCUMENT = { "cache-control": "public, max-age=60", "access-control-allow-origin": "*" };
const names = z.array(z.string());

const metadata = z
  .object({
    resource: z.string(),
    authorization_servers: names,
    scopes_supported: names,
    bearer_methods_supported: names,
    dpop_signing_alg_values_supported: names,
    resource_documentation: z.string(),
  })
  .openapi("ResourceMetadata");

const describe = (resource: string, scopes: readonly string[], publicUrl: string): z.infer<typeof metadata> => ({
  resource,
  authorization_servers: [publicUrl],
  scopes_supported: [...scopes],
  bearer_methods_supported: ["header"],
  dpop_signing_alg_values_supported: [...DPOP_ALGORITHMS],
  resource_documentation: `${publicUrl}/docs`,
});

/** The scopes that calls of a worker need. */
const scopesOfWorker = (worker: (typeof DESTINATIONS)[number]): string[] => [
  ...new Set(Object.values(ROUTES[worker]).flatMap(({ scope }) => scope ?? [])),
];

/** The upstream that begins at this very path, on the host that the caller names. */
const upstreamAt = async (
  { req, var: { services } }: GatewayContext,
  prefix: string,
): Promise<Upstream | undefined> => {
  const { find } = await services.configuration.current();
  const found = find.ofHost(hostOf(req.url), prefix) ?? find.ofPath(prefix);
  return found?.prefix === prefix ? found : undefined;
};

const describeUpstream = (upstream: Upstream, publicUrl: string) =>
  describe(resourceOfUpstream(upstream, publicUrl), upstream.scopes, publicUrl);

const getInstallation = endpoint("GET /.well-known/oauth-protected-resource", {
  operationId: "gateway.getResourceMetadata",
  summary: "Get the metadata of this installation as a protected resource (RFC 9728)",
  responses: { 200: json(metadata, "The metadata", describe(EXAMPLE.issuer, SCOPES, EXAMPLE.issuer)) },
  errors: ["unavailable"],
  handle: async (context) => {
    const { publicUrl } = context.var.services;
    const upstream = await upstreamAt(context, "/");
    const described = upstream ? describeUpstream(upstream, publicUrl) : describe(publicUrl, SCOPES, publicUrl);
    return context.json(described, 200, PUBLIC_DOCUMENT);
  },
});

const getResource = endpoint("GET /.well-known/oauth-protected-resource/{prefix+}", {
  operationId: "gateway.getResourceMetadataOf",
  summary: "Get the metadata of a service behind the gateway, or of a worker, as a protected resource (RFC 9728)",
  description: "401 responses of calls under the prefix name this document in `WWW-Authenticate`.",
  params: z.object({ prefix: text({ max: MAX_PREFIX_CHARACTERS }).openapi({ example: "notes" }) }),
  responses: {
    200: json(metadata, "The metadata", describe(`${EXAMPLE.issuer}/notes`, ["notes:read"], EXAMPLE.issuer)),
  },
  errors: ["not-found", "unavailable"],
  handle: async (context) => {
    const { publicUrl } = context.var.services;
    const { prefix } = context.req.valid("param");
    const worker = DESTINATIONS.find((name) => name === prefix);
    if (worker) {
      const described = describe(`${publicUrl}/${worker}`, scopesOfWorker(worker), publicUrl);
      return context.json(described, 200, PUBLIC_DOCUMENT);
    }
    const upstream = await upstreamAt(context, `/${prefix}`);
    if (!upstream) throw problem("not-found", { detail: "No service begins at this path." });
    return context.json(describeUpstream(upstream, publicUrl), 200, PUBLIC_DOCUMENT);
  },
});

export const resourceMetadataEndpoints = [getInstallation, getResource];
