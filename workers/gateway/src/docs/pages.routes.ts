import { z } from "@hono/zod-openapi";
import { endpoint } from "../endpoint.ts";
import { docsPage } from "./docs.ts";
import { landingPage } from "./landing.ts";
import { pageResponse } from "./page.ts";

const page = (description: string) => ({ description, content: { "text/html": { schema: z.string() } } });

const landing = endpoint("GET /", {
  operationId: "gateway.getLandingPage",
  summary: "Get the landing page",
  responses: {
    200: page("The landing page"),
  },
  handle: (context) => pageResponse(landingPage(context.var.services.publicUrl)),
});

const docs = endpoint("GET /docs", {
  operationId: "gateway.getApiPage",
  summary: "Get the API reference, which can call every operation",
  responses: {
    200: page("The API reference, as HTML"),
  },
  handle: () => pageResponse(docsPage()),
});

export const pagesEndpoints = [landing, docs];
