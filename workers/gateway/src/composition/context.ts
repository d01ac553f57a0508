/** The Hono context of the gateway. */
import type { Context } from "hono";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import type { GatewayServices } from "./services.ts";

export type GatewayContext = Context<WorkerEnv<GatewayServices>>;
