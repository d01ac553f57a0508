/** Limits as they are configured: how many calls someone may make in a window of time. */
import { z } from "zod";
import { integer, list, text } from "#shared/contracts/input.ts";
import { objectName } from "../matching/names.ts";
import { patternText } from "../matching/pattern.ts";

/** Whom a limit counts: each address (IPv6 by /64), each subject, each service, each API key; `all`: everyone together. */
export const COUNTED_BY = ["address", "subject", "service", "key", "all"] as const;
export type CountedBy = (typeof COUNTED_BY)[number];

const MAX_CALLS = 1_000_000_000;
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const WINDOW = /^([1-9]\d{0,5})([smhd])$/;
const LONGEST_SECONDS = SECONDS.d;

const isUnit = (unit: string): unit is keyof typeof SECONDS => unit in SECONDS;

/** The seconds of a window; `undefined` for `month`, which has as many as the month has in UTC. */
export const windowSeconds = (window: string): number | undefined => {
  const [, count = "", unit = ""] = WINDOW.exec(window) ?? [];
  return isUnit(unit) ? Number(count) * SECONDS[unit] : undefined;
};

const isWindow = (window: string): boolean =>
  window === "month" || (windowSeconds(window) ?? Number.POSITIVE_INFINITY) <= LONGEST_SECONDS;

const countedBy = z.enum(COUNTED_BY);

const limitShape = {
  /** Together with each other: a limit per `["service", "address"]` counts each service at each address. */
  per: z.union([countedBy, list(countedBy, { min: 1, max: COUNTED_BY.length })]),
  limit: integer({ min: 1, max: MAX_CALLS }),
  window: text({ min: 1, max: 8 }).refine(isWindow, "must be 1s to 1d, such as 10s, 5m or 1h, or month"),
  /** How many calls may come at once; as many as `limit` by default. */
  burst: integer({ min: 1, max: MAX_CALLS }).optional(),
  /** Counted once over all processes, and never exceeded. */
  exact: z.boolean().optional(),
};

/** A month is never counted in the memory of a process, which ends sooner. */
const isConsistent = ({
  window,
  burst,
  exact,
}: {
  window: string;
  burst?: number | undefined;
  exact?: boolean | undefined;
}) => !(window === "month" && exact === false) && !(burst !== undefined && (exact === true || window === "month"));
const INCONSISTENT = "an exact limit has no burst, and one per month is always exact";

/** A limit of an upstream or of a route of one. */
export const limitBody = z.strictObject({ name: objectName(), ...limitShape }).refine(isConsistent, INCONSISTENT);

/** A limit on routes of Fountain itself, and on whatever else its pattern fits. */
export const routeLimitBody = z
  .strictObject({ name: objectName().optional(), match: patternText(), ...limitShape })
  .refine(isConsistent, INCONSISTENT);

export type LimitBody = z.infer<typeof limitBody>;
export type RouteLimitBody = z.infer<typeof routeLimitBody>;
