/** The last calls that were refused, each as it can be explained. */
import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeCursor, invalidCursor, toPage } from "#shared/http/page.ts";
import type { GatewayServices } from "../composition/services.ts";
import { endpoint } from "../endpoint.ts";
import { PROCESSES_EXAMPLE, processes } from "./processes-schema.ts";
import { isRefusedStatus, type RefusedCall } from "./refused-calls.ts";

const STATUSES = { type: "integer", enum: [401, 403, 429] } as const;
const status = z.literal([401, 403, 429]).openapi({ ...STATUSES, enum: [...STATUSES.enum] });

/** What `POST /gateway/policies/explain` takes. */
const explainable = z.object({
  method: z.string(),
  path: z.string(),
  host: z.string().optional(),
  subject: z.string().optional(),
  service: z.string().optional(),
  key: z.string().optional(),
  address: z.string().optional(),
  acr: z.enum(["aal1", "aal2"]).optional(),
  at: z.iso.datetime(),
});

const refusedCall = z
  .object({
    at: z.iso.datetime(),
    requestId: z.string(),
    status,
    reason: z.string().optional().openapi({
      description: "The code that the log has; absent where the worker or service behind the gateway refused the call",
    }),
    rule: z.string().optional().openapi({ description: "The policy, limit or firewall rule that refused it" }),
    route: z.string(),
    caller: z
      .object({ subject: z.string().optional(), service: z.string().optional(), key: z.string().optional() })
      .openapi({ description: "As far as a valid credential says" }),
    call: explainable.openapi({ description: "What `POST /gateway/policies/explain` takes, without the call's query" }),
  })
  .openapi("RefusedCall");

/** Whom the decision was about: an API key rather than its service, and a user rather than who acts for them. */
const explainedCaller = ({ subject, service, key }: RefusedCall["caller"]) => {
  if (subject !== undefined) return { subject };
  if (key !== undefined) return { key };
  return service === undefined ? {} : { service };
};

const HOST = /^[\w.-]+(?::\d{1,5})?$/;

const shown = (refused: RefusedCall, { publicUrl }: Pick<GatewayServices, "publicUrl">) => {
  const { atMs, requestId, reason, rule, route, method, path, host, address, caller, acr } = refused;
  const at = new Date(atMs).toISOString();
  return {
    at,
    requestId,
    status: refused.status,
    ...(reason !== undefined && { reason }),
    ...(rule !== undefined && { rule }),
    route,
    caller,
    call: {
      method,
      path,
      ...(host !== new URL(publicUrl).host && HOST.test(host) && { host }),
      ...explainedCaller(caller),
      ...(address !== undefined && { address }),
      ...(acr !== undefined && { acr }),
      at,
    },
  };
};

type Place = Pick<RefusedCall, "atMs" | "requestId">;

/** The newest first. */
const byTime = (one: Place, other: Place): number =>
  other.atMs - one.atMs || (one.requestId < other.requestId ? 1 : -1);

const positionOf = ({ atMs, requestId }: Place): string => `${atMs}:${requestId}`;

/** Whether a call comes after the one that a cursor stands for. A cursor of no sense gives 422. */
const parsePosition = (after: string | undefined): ((call: Place) => boolean) => {
  const position = decodeCursor(after);
  if (position === undefined) return () => true;
  const [, atMs, requestId] = /^(\d{1,15}):([\w.:-]{1,128})$/.exec(position) ?? [];
  if (atMs === undefined || requestId === undefined) throw invalidCursor();
  return (call) => positionOf(call) !== position && byTime({ atMs: Number(atMs), requestId }, call) < 0;
};

const listRefusals = endpoint("GET /gateway/refusals", {
  operationId: "gateway.listRefusals",
  tags: ["Overview"],
  summary: "List the last calls that were refused",
  description:
    "401, 403 and 429 of the last hour, the newest first; of each status a process keeps the last hundred in its memory. " +
    "`call` is what explains one.",
  query: pageQuery.extend({
    status: text({ max: 3 })
      .transform(Number)
      .refine(isRefusedStatus, "must be 401, 403 or 429")
      .optional()
      .openapi({ ...STATUSES, enum: [...STATUSES.enum] }),
  }),
  responses: {
    200: json(page(refusedCall).extend({ processes }), "A page of calls", {
      items: [
        {
          at: EXAMPLE.today,
          requestId: EXAMPLE.requestId,
          status: 403,
          reason: "policy",
          rule: "no-interns",
          route: "/notes/items/{id}",
          caller: { subject: EXAMPLE.userId },
          call: {
            method: "DELETE",
            path: "/notes/items/7",
            subject: EXAMPLE.userId,
            address: EXAMPLE.address,
            acr: "aal1",
            at: EXAMPLE.today,
          },
        },
      ],
      next: null,
      processes: PROCESSES_EXAMPLE,
    }),
  },
  handle: async (context) => {
    const services = context.get("services");
    const { status: wanted, limit, after } = context.req.valid("query");
    const isAfter = parsePosition(after);
    const { answers, processes: counted } = await services.askAll({ about: "activity" });
    const found = answers
      .flatMap(({ refused }) => refused)
      .filter((one) => (wanted === undefined || one.status === wanted) && isAfter(one))
      .sort(byTime);
    const { items, next } = toPage(found, limit, positionOf);
    return context.json({ items: items.map((one) => shown(one, services)), next, processes: counted }, 200);
  },
});

export const refusedCallsEndpoints = [listRefusals];
