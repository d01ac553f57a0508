/** The Hono context of the kms, and the headers of responses that no cache may keep. */
import type { Context } from "hono";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import type { KmsServices } from "../composition/services.ts";

export type KmsContext = Context<WorkerEnv<KmsServices>>;

/** Responses with a token or a key in them are kept by no cache (RFC 6749 §5.1). */
export const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };
