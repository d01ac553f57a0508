import { z } from "@hono/zod-openapi";
import { WORKERS } from "#shared/contracts/workers.ts";
import { json } from "#shared/http/openapi.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import { nothingIfUnavailable } from "#shared/lang/unavailable.ts";
import type { GatewayServices, Upstreams } from "../composition/services.ts";
import { endpoint } from "../endpoint.ts";
import { getFromAll } from "../proxy/upstream.ts";
import { mergeDocuments, type Part } from "./openapi.ts";
import { upstreamPart } from "./upstream-part.ts";
import { workerPart } from "./worker-part.ts";

/** Longer than the workers are waited for. */
const MADE_WITHIN_MS = 3_000;

export const INFO = {
  title: "Fountain",
  version: "1",
  description:
    "Send an access token in `Authorization: Bearer`, or an API key in `X-API-Key`, never both. Operations marked " +
    "`x-step-up` require a second factor verified within the last five minutes, or its code in `X-OTP`. " +
    "Every error is `application/problem+json` (RFC 9457).",
};

/** A worker makes its description once, which takes its time on a busy machine. */
const DOCUMENT_TIMEOUT_MS = 8_000;

/** What the gateway declares: its own operations, and those of the kms that it serves in its place. */
type OwnDocuments = Record<"gateway" | "kms", () => Promise<object>>;

/** What services behind the gateway add, as far as their documents are known, and by what it is known again. */
interface Foreign {
  key: string;
  parts: readonly Part[];
}

const foreignParts = async ({ configuration, documents }: GatewayServices): Promise<Foreign> => {
  const current = await (async () => configuration.current())().catch(nothingIfUnavailable);
  if (current === undefined) return { key: "", parts: [] };
  const upstreams = [...current.upstreams.values()];
  const known = await Promise.all(
    upstreams.map(async (upstream) => ({ upstream, known: await documents.of(upstream) })),
  );
  const shown = known.flatMap(({ upstream, known: document }) => (document ? [{ upstream, document }] : []));
  if (shown.length === 0) return { key: "", parts: [] };
  return {
    key: `${current.revision} ${shown.map(({ document }) => document.id).join(" ")}`,
    parts: shown.flatMap(({ upstream, document }) => upstreamPart(upstream, document, current) ?? []),
  };
};

export const openApiEndpoints = (own: OwnDocuments) => {
  let remembered: { key: string; text: string } | undefined;
  /** The first call makes it, those that come meanwhile wait: it takes long enough to hold up all others. */
  let making: { key: string; made: Promise<string> } | undefined;

  const wholeDocument = async (upstreams: Upstreams, foreign: Foreign): Promise<string> => {
    const others = await getFromAll(upstreams, "/openapi.json", DOCUMENT_TIMEOUT_MS);
    const gateway = await own.gateway();
    const parts = WORKERS.map((worker) => workerPart(worker, worker === "gateway" ? gateway : others.get(worker)));
    return JSON.stringify(await mergeDocuments(INFO, [...parts, workerPart("kms", await own.kms()), ...foreign.parts]));
  };

  const makeDocument = (upstreams: Upstreams, foreign: Foreign): Promise<string> => {
    const made = wholeDocument(upstreams, foreign).finally(() => {
      if (making?.made === made) making = undefined;
    });
    making = { key: foreign.key, made };
    return made;
  };

  /** A call that was cut off takes what it was making with it, and those that wait must not wait for ever. */
  const documentSoon = async (upstreams: Upstreams, foreign: Foreign): Promise<string> =>
    (making?.key === foreign.key ? await withinTime(making.made, MADE_WITHIN_MS) : undefined) ??
    makeDocument(upstreams, foreign);

  const getOpenApiDocument = endpoint("GET /openapi.json", {
    operationId: "gateway.getOpenApiDocument",
    summary: "Get the OpenAPI 3.1 document of all workers",
    responses: {
      200: json(z.looseObject({ openapi: z.string() }), "The OpenAPI document", {
        openapi: "3.1.0",
        info: { title: INFO.title, version: INFO.version },
        paths: {},
      }),
    },
    errors: ["unavailable"],
    validatedBy: "handler",
    handle: async (context) => {
      const { services } = context.var;
      const foreign = await foreignParts(services);
      if (remembered?.key !== foreign.key)
        remembered = { key: foreign.key, text: await documentSoon(services.upstreams, foreign) };
      return new Response(remembered.text, {
        headers: { "content-type": "application/json", "cache-control": "public, max-age=60" },
      });
    },
  });

  return [getOpenApiDocument];
};
