import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import type { GatewayServices } from "../composition/services.ts";
import { docsPage } from "./docs.ts";
import { landingPage } from "./landing.ts";
import { pageResponse } from "./page.ts";

const page = (description: string) => ({ description, content: { "text/html": { schema: z.string() } } });

const landing = createRoute({
  method: "get",
  path: "/",
  operationId: "gateway.getLandingPage",
  summary: "Get the landing page",
  responses: { 200: page("The landing page") },
});

const docs = createRoute({
  method: "get",
  path: "/docs",
  operationId: "gateway.getApiPage",
  summary: "Get the API reference, which can call every operation",
  responses: { 200: page("The API reference, as HTML") },
});

export const addPages = (app: OpenAPIHono<WorkerEnv<GatewayServices>>): void => {
  app.openapi(landing, (context) => pageResponse(landingPage(context.var.services.publicUrl)));
  app.openapi(docs, () => pageResponse(docsPage()));
};
