import { z } from "@hono/zod-openapi";
import { WORKERS, type WorkerName } from "#shared/contracts/workers.ts";
import { json } from "#shared/http/openapi.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import { matchRoute } from "#shared/policy/match.ts";
import type { Policy } from "#shared/policy/routes.ts";
import type { Upstreams } from "../composition/services.ts";
import { endpoint } from "../endpoint.ts";
import { getFromAll } from "../proxy/upstream.ts";
import { DESCRIPTIONS } from "./descriptions.ts";
import { documentSchema, mergeDocuments, type Part } from "./openapi.ts";

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

const policyAt = (worker: WorkerName, method: string, path: string): Policy | undefined => {
  const match = matchRoute(worker, method, path);
  return match.ok ? match.value.policy : undefined;
};

const partOf = (worker: WorkerName, document: unknown): Part => ({
  worker,
  description: DESCRIPTIONS[worker],
  prefix: worker === "gateway" ? "" : `/${worker}`,
  document: documentSchema.parse(document),
  demandOf: (method, path) => policyAt(worker, method, path),
});

/** What the gateway declares: its own operations, and those of the kms that it serves in its place. */
type OwnDocuments = Record<"gateway" | "kms", () => Promise<object>>;

export const openApiEndpoints = (own: OwnDocuments) => {
  let remembered: string | undefined;
  /** The first call makes it, those that come meanwhile wait: it takes long enough to hold up all others. */
  let making: Promise<string> | undefined;

  const wholeDocument = async (upstreams: Upstreams): Promise<string> => {
    const others = await getFromAll(upstreams, "/openapi.json", DOCUMENT_TIMEOUT_MS);
    const gateway = await own.gateway();
    const parts = WORKERS.map((worker) => partOf(worker, worker === "gateway" ? gateway : others.get(worker)));
    return JSON.stringify(await mergeDocuments(INFO, [...parts, partOf("kms", await own.kms())]));
  };

  const makeDocument = (upstreams: Upstreams): Promise<string> => {
    const made = wholeDocument(upstreams).finally(() => {
      if (making === made) making = undefined;
    });
    making = made;
    return made;
  };

  /** A call that was cut off takes what it was making with it, and those that wait must not wait for ever. */
  const documentSoon = async (upstreams: Upstreams): Promise<string> =>
    (making && (await withinTime(making, MADE_WITHIN_MS))) ?? makeDocument(upstreams);

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
      remembered ??= await documentSoon(context.var.services.upstreams);
      return new Response(remembered, {
        headers: { "content-type": "application/json", "cache-control": "public, max-age=60" },
      });
    },
  });

  return [getOpenApiDocument];
};
