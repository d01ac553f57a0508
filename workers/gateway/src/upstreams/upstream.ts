/** Upstreams as they are configured: a service behind the gateway, where it is, and who may call what of it. */
import { z } from "zod";
import { integer, list, record, text } from "#shared/contracts/input.ts";
import { isPermission, isUpstreamScope, MAX_SCOPE_DESCRIPTION_CHARACTERS } from "#shared/contracts/rights.ts";
import { isReserved } from "#shared/contracts/workers.ts";
import { limitBody } from "../limits/limit.ts";
import { objectName } from "../matching/names.ts";
import { patternText } from "../matching/pattern.ts";
import { routePolicyBody } from "../policies/policy.ts";
import { firewallRule } from "./firewall-rule.ts";
import { targetBody } from "./target.ts";

/** WebSockets in a process. With their buffers, some hundred megabytes. */
export const MAX_SOCKETS = 2_000;

const MAX_TARGETS = 32;
const MAX_SCOPES = 32;
const MAX_ROUTES = 256;
const MAX_LIMITS = 16;
const MAX_RULES = 64;
export const MAX_PREFIX_CHARACTERS = 255;
const MAX_HOST_CHARACTERS = 253;
/** What a caller may be made to wait for at most; Caddy waits as long. */
const MAX_ANSWER_SECONDS = 600;
const MAX_CONNECT_MS = 30_000;
/** A gibibyte. */
const LARGEST_BODY_BYTES = 1024 ** 3;
const MAX_STEP_UP_SECONDS = 86_400;

const PREFIX = /^\/(?:[\w.~-]+(?:\/[\w.~-]+)*)?$/;
const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const PATH = /^\/[\w.~!$&'()+,=:@%/?-]{0,254}$/;

const isPrefix = (prefix: string): boolean =>
  PREFIX.test(prefix) && !prefix.split("/").some((segment) => segment === "." || segment === "..");
const isFree = (prefix: string): boolean => !isReserved(prefix.split("/")[1] ?? "");

const scopeName = text({ min: 3, max: 63 }).refine(
  isUpstreamScope,
  "must be a namespace and an action such as notes:read, in lower case, and none of Fountain's own",
);

const onUpstream = () => text({ min: 1, max: 255 }).regex(PATH, "must be a path such as /openapi.json");

const pace = {
  maxBodyBytes: integer({ min: 0, max: LARGEST_BODY_BYTES }).optional(),
  answerWithinSeconds: integer({ min: 1, max: MAX_ANSWER_SECONDS }).optional(),
};

export const routeBody = z
  .strictObject({
    match: patternText(),
    /** The scope that a caller must hold; any scope, of this upstream or not. */
    scope: text({ min: 3, max: 255 }).refine(isPermission, "must be a scope such as notes:read").optional(),
    /** Callers need no credential. */
    anyone: z.boolean().optional(),
    stepUp: z.strictObject({ maxAgeSeconds: integer({ min: 1, max: MAX_STEP_UP_SECONDS }) }).optional(),
    limits: list(limitBody, { max: MAX_LIMITS }).optional(),
    /** Names of policies, or policies of its own. */
    policy: z
      .union([
        objectName(),
        routePolicyBody,
        list(z.union([objectName(), routePolicyBody]), { min: 1, max: MAX_RULES }),
      ])
      .optional(),
    ...pace,
  })
  .refine(
    ({ anyone, scope, stepUp }) => anyone !== true || (scope === undefined && stepUp === undefined),
    "anyone may call what needs neither a scope nor a second factor",
  );

export const upstreamBody = z
  .strictObject({
    targets: list(targetBody(), { max: MAX_TARGETS }),
    /** Where its paths begin at the gateway: `/{name}` by default, `/` if it has a host of its own. */
    prefix: text({ min: 1, max: MAX_PREFIX_CHARACTERS })
      .refine(isPrefix, "must be a path such as /notes, without a slash at the end")
      .refine(isFree, "begins like paths of Fountain's own")
      .optional(),
    /** The upstream receives paths with the prefix. */
    keepPrefix: z.boolean().optional(),
    /** The host that callers name, where it has one of its own. */
    host: text({ min: 1, max: MAX_HOST_CHARACTERS }).regex(HOST, "must be a host name in lower case").optional(),
    scopes: record(scopeName, text({ max: MAX_SCOPE_DESCRIPTION_CHARACTERS }), MAX_SCOPES).optional(),
    /** How it learns who calls: by a token of its own, by that and header fields, or not at all. */
    identity: z.enum(["token", "headers", "none"]).optional(),
    /** What can be called, the first that fits counts; without routes, any valid credential may call every path. */
    routes: list(routeBody, { max: MAX_ROUTES }).optional(),
    limits: list(limitBody, { max: MAX_LIMITS }).optional(),
    /** Where its OpenAPI document is. */
    openapi: onUpstream().optional(),
    health: z
      .strictObject({ path: onUpstream(), intervalSeconds: integer({ min: 1, max: 3_600 }).default(10) })
      .optional(),
    /** How often a call that changes nothing is tried again, where it failed before a response. */
    retries: integer({ min: 0, max: 5 }).optional(),
    connectTimeoutMs: integer({ min: 10, max: MAX_CONNECT_MS }).optional(),
    /** How many calls of it may be under way in each process at once. */
    maxConcurrency: integer({ min: 1, max: 10_000 }).optional(),
    /** How many WebSockets may be open in each process at once: to it, and by each caller of it. */
    webSockets: z
      .strictObject({
        max: integer({ min: 0, max: MAX_SOCKETS }).optional(),
        maxPerCaller: integer({ min: 0, max: MAX_SOCKETS }).optional(),
      })
      .optional(),
    /** Evaluated before everything else. */
    firewall: list(firewallRule, { max: MAX_RULES }).optional(),
    /** Lets through paths that services read in different ways: with `//`, `;` or an encoded slash. */
    lenientPaths: z.boolean().optional(),
    ...pace,
  })
  .refine(({ prefix, host }) => prefix !== "/" || host !== undefined, {
    path: ["prefix"],
    message: "must not be / unless the upstream has a host of its own",
  });

export type UpstreamBody = z.infer<typeof upstreamBody>;
export type RouteBody = z.infer<typeof routeBody>;

/** Where an upstream's paths begin. */
export const prefixOf = (name: string, { prefix, host }: Pick<UpstreamBody, "prefix" | "host">): string =>
  prefix ?? (host === undefined ? `/${name}` : "/");

/** The path of a route's pattern as callers send it. */
export const withPrefix = (prefix: string, path: string): string => (prefix === "/" ? path : prefix + path);

/** The calls that an upstream has routes for, as patterns of what callers send. */
export const callsOf = (name: string, body: Pick<UpstreamBody, "prefix" | "host" | "routes">): string[] => {
  const prefix = prefixOf(name, body);
  const written = body.routes?.map(({ match }) => match) ?? ["* /**"];
  return written.map((match) => {
    const blank = match.indexOf(" ") + 1;
    return match.slice(0, blank) + withPrefix(prefix, match.slice(blank));
  });
};
