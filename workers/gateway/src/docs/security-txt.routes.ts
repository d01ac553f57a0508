import { z } from "@hono/zod-openapi";
import { endpoint } from "../endpoint.ts";
import { securityTxt } from "./security-txt.ts";

const EXAMPLE = securityTxt({
  publicUrl: "https://fountain.example.com",
  contacts: ["mailto:security@example.com"],
  nowMs: Date.UTC(2026, 0, 1),
});

const security = endpoint("GET /.well-known/security.txt", {
  operationId: "gateway.getSecurityContact",
  summary: "Get the contact for reports of vulnerabilities (RFC 9116)",
  responses: {
    200: {
      description: "The contact",
      content: { "text/plain": { schema: z.string(), example: EXAMPLE } },
    },
  },
  handle: (context) => {
    const { publicUrl, securityContacts, now } = context.var.services;
    const text = securityTxt({ publicUrl, contacts: securityContacts, nowMs: now() });
    return context.text(text, 200, { "content-type": "text/plain; charset=utf-8" });
  },
});

export const securityTxtEndpoints = [security];
