/** Policies as they are configured: who may call what, by attributes of the caller and the call. */
import { z } from "zod";
import { list, record, text } from "#shared/contracts/input.ts";
import { networkList } from "../matching/networks.ts";
import { patternText } from "../matching/pattern.ts";
import { DAYS } from "./days.ts";

const MAX_NAMES = 64;
const MAX_NAME_CHARACTERS = 255;
const MAX_ROUTES = 64;
const MAX_PARAMETERS = 8;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

const name = text({ min: 1, max: MAX_NAME_CHARACTERS });
/** One name, or several of which one suffices. */
const names = z.union([name, list(name, { min: 1, max: MAX_NAMES })]);

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

const time = text({ min: 5, max: 5 }).regex(TIME, "must be a time of day such as 09:30");

/** From one time of day until before another; past midnight if that is earlier. */
const hours = z.strictObject({
  zone: text({ min: 1, max: 64 }).refine(isZone, "must be a time zone such as Europe/Berlin"),
  from: time,
  to: time,
  days: list(z.enum(DAYS), { min: 1, max: DAYS.length }).optional(),
});

/** All of what is given must hold. */
const whenBody = z.strictObject({
  roles: names.optional(),
  scopes: names.optional(),
  subject: names.optional(),
  service: names.optional(),
  acr: z.enum(["aal1", "aal2"]).optional(),
  addresses: networkList(MAX_NAMES).optional(),
  hours: hours.optional(),
  /** What names in the route's pattern must stand for; `$subject`: the caller's subject. */
  path: record(text({ min: 1, max: 32 }), text({ min: 1, max: MAX_NAME_CHARACTERS }), MAX_PARAMETERS).optional(),
});

const effect = z.enum(["allow", "deny"]);

export const policyBody = z.strictObject({
  effect,
  routes: list(patternText(), { min: 1, max: MAX_ROUTES }),
  when: whenBody.default({}),
  /** It decides nothing, and the log says what it would have refused. */
  dryRun: z.boolean().optional(),
});

/** A policy in a route of an upstream, for that route. */
export const routePolicyBody = z.strictObject({ effect, when: whenBody.default({}), dryRun: z.boolean().optional() });

export type PolicyBody = z.infer<typeof policyBody>;
export type RoutePolicyBody = z.infer<typeof routePolicyBody>;
export type When = z.infer<typeof whenBody>;
