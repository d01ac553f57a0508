/** Who uses up a limit at present. */
import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { PROCESSES_EXAMPLE, processes } from "../activity/processes-schema.ts";
import type { GatewayContext } from "../composition/context.ts";
import { unknownObject } from "../configuration/object-problems.ts";
import { endpoint } from "../endpoint.ts";
import { objectName, upstreamName } from "../matching/names.ts";
import { upstreamBody } from "../upstreams/upstream.ts";
import { merged, type UsedLimit } from "./consumers.ts";
import { SEPARATOR } from "./counted.ts";
import { DEFAULT_LIMITS } from "./defaults.ts";
import { COUNTED_BY, type CountedBy, type LimitBody, routeLimitBody } from "./limit.ts";

const caller = z
  .object({
    address: z.string().optional(),
    subject: z.string().optional(),
    service: z.string().optional(),
    key: z.string().optional(),
  })
  .openapi({ description: "By what the limit counts; nothing where it counts all together" });

const usage = z.object({
  name: z.string(),
  route: z.string().optional().openapi({ description: "The `match` of the upstream's route that it belongs to" }),
  per: z.array(z.enum(COUNTED_BY)),
  limit: z.int(),
  window: z.string(),
  exact: z.boolean(),
  callers: z.int().openapi({ description: "How many have calls that count at present" }),
  top: z
    .array(
      z.object({
        caller,
        used: z.int().openapi({ description: "Calls that count at present" }),
        allowed: z.int(),
        resetAt: z.iso.datetime().openapi({ description: "When none of them counts any more" }),
      }),
    )
    .openapi({ description: "Ten at most, those first who have used most" }),
});

type Shown = z.infer<typeof usage>;

const USAGE_EXAMPLE: Shown = {
  name: "logins",
  per: ["address"],
  limit: 30,
  window: "1m",
  exact: false,
  callers: 12,
  top: [{ caller: { address: EXAMPLE.address }, used: 21, allowed: 30, resetAt: EXAMPLE.minutesLater }],
};

/** What a limit counts someone by. */
const callerOf = (per: readonly CountedBy[], who: string): z.infer<typeof caller> => {
  const parts = who.split(SEPARATOR);
  return Object.fromEntries(per.flatMap((by, at) => (by === "all" ? [] : [[by, parts[at] ?? ""]])));
};

const shown = (body: LimitBody, counted: UsedLimit | undefined, route?: string): Shown => {
  const { name, limit, window } = body;
  const per = [...new Set([body.per].flat())];
  return {
    name,
    ...(route !== undefined && { route }),
    per,
    limit,
    window,
    exact: body.exact === true || window === "month",
    callers: counted?.callers ?? 0,
    top: (counted?.top ?? []).map(({ who, used, untilMs }) => ({
      caller: callerOf(per, who),
      used,
      allowed: counted?.allowed ?? limit,
      resetAt: new Date(untilMs).toISOString(),
    })),
  };
};

/** What all processes have counted in this scope, by scope and name. */
const countedIn = async (
  context: GatewayContext,
  scope: string,
): Promise<{ find: (scope: string, name: string) => UsedLimit | undefined; processes: z.infer<typeof processes> }> => {
  const { answers, processes: counted } = await context.get("services").askAll({ about: "usage", scope });
  const all = answers.flat();
  return {
    find: (of, name) => merged(all.filter((one) => one.scope === of && one.name === name)),
    processes: counted,
  };
};

const limitUsage = endpoint("GET /gateway/limits/{name}/usage", {
  operationId: "gateway.getLimitUsage",
  tags: ["Limits"],
  summary: "Show who uses up a limit at present",
  description:
    "As the processes of this machine count in their memories. Of an exact limit: as of when they last asked.",
  params: z.object({ name: objectName() }),
  responses: {
    200: json(usage.extend({ processes }).openapi("LimitUsage"), "Those first who have used most", {
      ...USAGE_EXAMPLE,
      processes: PROCESSES_EXAMPLE,
    }),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { name } = context.req.valid("param");
    const stored = await context.get("services").objects.find("limit", name);
    const body = stored?.body ?? DEFAULT_LIMITS.find((one) => one.name === name)?.body;
    if (body === undefined) throw unknownObject("limit");
    const { find, processes: counted } = await countedIn(context, "gateway");
    const { match: _, ...limit } = routeLimitBody.parse(body);
    return context.json({ ...shown({ ...limit, name }, find("gateway", name)), processes: counted }, 200);
  },
});

const upstreamUsage = endpoint("GET /gateway/upstreams/{name}/usage", {
  operationId: "gateway.getUpstreamUsage",
  tags: ["Upstreams"],
  summary: "Show who uses up the limits of an upstream and of its routes at present",
  params: z.object({ name: upstreamName() }),
  responses: {
    200: json(
      z.object({ limits: z.array(usage), processes }).openapi("UpstreamUsage"),
      "Each of its limits, with those first who have used most",
      { limits: [{ ...USAGE_EXAMPLE, route: "GET /items/{id}" }], processes: PROCESSES_EXAMPLE },
    ),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { name } = context.req.valid("param");
    const stored = await context.get("services").objects.find("upstream", name);
    if (stored === undefined) throw unknownObject("upstream");
    const { limits: shared = [], routes = [] } = upstreamBody.parse(stored.body);
    const scope = `upstream ${name}`;
    const { find, processes: counted } = await countedIn(context, scope);
    const limits = [
      ...shared.map((limit) => shown(limit, find(scope, limit.name))),
      ...routes.flatMap(({ match, limits: own = [] }) =>
        own.map((limit) => shown(limit, find(`${scope} ${match}`, limit.name), match)),
      ),
    ];
    return context.json({ limits, processes: counted }, 200);
  },
});

export const usageEndpoints = [limitUsage, upstreamUsage];
