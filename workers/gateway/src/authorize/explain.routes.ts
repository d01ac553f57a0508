/** What would be decided on a call, and why. */
import { z } from "@hono/zod-openapi";
import { reference, text } from "#shared/contracts/input.ts";
import type { DescribedPrincipal } from "#shared/contracts/kms.ts";
import { MAX_NETWORK_LENGTH, normalizeAddress } from "#shared/contracts/networks.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { instant } from "#shared/http/instant.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { fieldValues } from "../upstreams/firewall-rule.ts";
import { arrivingPath } from "./arriving-path.ts";
import { explainCall } from "./explain.ts";

const MAX_PATH_CHARACTERS = 8_192;
const MAX_HOST_CHARACTERS = 259;
const MAX_FIELD_CHARACTERS = 8_192;

const body = z
  .strictObject({
    method: text({ min: 1, max: 16 }).regex(/^[A-Z]+$/, "must be a method such as GET"),
    /** With its query, as the caller would send it. */
    path: text({ min: 1, max: MAX_PATH_CHARACTERS }).regex(/^\/[^\s#]*$/, "must be a path such as /notes/1"),
    /** The host that the caller would name, where an upstream has one of its own. */
    host: text({ min: 1, max: MAX_HOST_CHARACTERS })
      .regex(/^[\w.-]+(?::\d{1,5})?$/, "must be a host name")
      .optional(),
    /** Who would call: a user by id, a service by name, or an API key by id. */
    subject: reference().optional(),
    service: reference().optional(),
    key: reference().optional(),
    address: text({ min: 2, max: MAX_NETWORK_LENGTH })
      .refine((address) => normalizeAddress(address) !== undefined, "must be an IP address")
      .optional(),
    /** Header fields that a firewall looks at. */
    headers: fieldValues(MAX_FIELD_CHARACTERS).optional(),
    at: instant.optional(),
    /** What the user has proven; `aal1` by default. */
    acr: z.enum(["aal1", "aal2"]).optional(),
  })
  .refine(
    ({ subject, service, key }) => [subject, service, key].filter((one) => one !== undefined).length <= 1,
    "must name one caller: subject, service or key",
  )
  .openapi("DescribedCall");

const explanation = z
  .object({
    decision: z.enum(["allow", "deny"]),
    by: z.enum(["credential", "scope", "step-up", "policy", "limit"]),
    rule: z.string().optional(),
    reason: z.string(),
    evaluated: z.array(z.object({ rule: z.string(), matched: z.boolean(), why: z.string() })),
  })
  .openapi("Explanation");

const callerOf = ({ subject, service, key }: z.infer<typeof body>): DescribedPrincipal | undefined => {
  if (subject !== undefined) return { subject };
  if (service !== undefined) return { service };
  return key === undefined ? undefined : { key };
};

const explain = endpoint("POST /gateway/policies/explain", {
  operationId: "gateway.explainDecision",
  tags: ["Policies"],
  summary: "Explain what would be decided on a call",
  description:
    "Decides on the described call as if it came now, or at `at`, and says what decides. Nothing is called, and nothing is counted.",
  body: jsonBody(body, { method: "DELETE", path: "/notes/items/7", subject: EXAMPLE.userId, address: EXAMPLE.address }),
  responses: {
    200: json(explanation, "What decides, and every policy with whether it applies", {
      decision: "deny",
      by: "policy",
      rule: "no-interns",
      reason: "the policy no-interns denies it",
      evaluated: [{ rule: "no-interns", matched: true, why: "all that it asks for holds: the role intern" }],
    }),
  },
  handle: async (context) => {
    const services = context.get("services");
    const described = context.req.valid("json");
    const {
      method,
      path,
      host = new URL(services.publicUrl).host,
      address,
      at,
      acr = "aal1",
      headers = {},
    } = described;
    const found = await explainCall(services, await services.configuration.current(), {
      method,
      url: `http://${host}${arrivingPath(path)}`,
      who: callerOf(described),
      acr,
      address: address === undefined ? undefined : normalizeAddress(address),
      headers: new Map(Object.entries(headers)),
      atMs: at?.getTime() ?? services.now(),
    });
    return context.json(found, 200);
  },
});

export const explainEndpoints = [explain];
