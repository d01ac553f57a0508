/** What the calls of the last hour came to, and how every part is. */
import { z } from "@hono/zod-openapi";
import { WORKERS } from "#shared/contracts/workers.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { addedUp, type CountedMinute, MINUTES, mergedMinutes, quantileMs } from "./minutes.ts";
import { PROCESSES_EXAMPLE, processes } from "./processes-schema.ts";

const count = z.int();
const milliseconds = z.number().nullable();

const numbers = z.object({
  requests: count.openapi({ description: "Responses, those of health checks left out" }),
  errors: count.openapi({ description: "Responses with a status of 500 or more" }),
  refusals: count.openapi({ description: "Responses 401 and 403" }),
  limited: count.openapi({ description: "Responses 429" }),
  logins: z.object({ succeeded: count, failed: count }),
  latencyMs: z.object({ p50: milliseconds, p95: milliseconds }).openapi({
    description: "Until the response starts, estimated by a histogram; null: there was no request",
  }),
});

const overview = z
  .object({
    at: z.iso.datetime(),
    startedAt: z.iso.datetime().openapi({ description: "Since when calls are counted" }),
    processes,
    minutes: z
      .array(numbers.extend({ at: z.iso.datetime() }))
      .openapi({ description: `The last ${MINUTES}, the oldest first; the last one is not over` }),
    total: numbers,
    parts: z.array(z.object({ name: z.enum(WORKERS), status: z.enum(["ok", "unavailable"]) })),
  })
  .openapi("GatewayOverview");

const EXAMPLE_NUMBERS = {
  requests: 1_204,
  errors: 1,
  refusals: 12,
  limited: 3,
  logins: { succeeded: 25, failed: 4 },
  latencyMs: { p50: 3.2, p95: 21.5 },
};

const shownNumbers = (minute: CountedMinute): z.infer<typeof numbers> => {
  const { requests, errors, refusals, limited, loginsSucceeded: succeeded, loginsFailed: failed } = minute;
  const latencyMs = { p50: quantileMs(minute, 0.5), p95: quantileMs(minute, 0.95) };
  return { requests, errors, refusals, limited, logins: { succeeded, failed }, latencyMs };
};

const instantOf = (ms: number): string => new Date(ms).toISOString();

const getOverview = endpoint("GET /gateway/overview", {
  operationId: "gateway.overview",
  tags: ["Overview"],
  summary: "Show what the calls of the last hour came to, and how every part is",
  description: "Counted in memory: the numbers begin at zero with each process.",
  responses: {
    200: json(overview, "By the minute", {
      at: EXAMPLE.minutesLater,
      startedAt: EXAMPLE.today,
      processes: PROCESSES_EXAMPLE,
      minutes: [{ at: EXAMPLE.minutesLater, ...EXAMPLE_NUMBERS }],
      total: EXAMPLE_NUMBERS,
      parts: WORKERS.map((name) => ({ name, status: "ok" as const })),
    }),
  },
  handle: async (context) => {
    const { now, askAll, parts } = context.get("services");
    const [{ answers, processes: counted }, health] = await Promise.all([askAll({ about: "activity" }), parts()]);
    const minutes = mergedMinutes(answers.map((one) => one.minutes));
    return context.json(
      {
        at: instantOf(now()),
        startedAt: instantOf(Math.min(...answers.map(({ sinceMs }) => sinceMs))),
        processes: counted,
        minutes: minutes.map((minute) => ({ at: instantOf(minute.atMs), ...shownNumbers(minute) })),
        total: shownNumbers(addedUp(minutes)),
        parts: health,
      },
      200,
    );
  },
});

export const overviewEndpoints = [getOverview];
