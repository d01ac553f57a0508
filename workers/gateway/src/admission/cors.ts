/**
 * Which other origins' pages may call from a browser (Fetch standard, CORS protocol): those that the operator named, and
 * no others. Never with credentials of the browser: callers show theirs in a header, so no page can borrow them. Hono's
 * middleware is not used because a refusal that is thrown would leave it without `Vary`.
 */
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { BaseServices, WorkerEnv } from "#shared/http/worker-env.ts";
import { CLIENT_HEADERS } from "#shared/semantics/client-headers.ts";
import { listed } from "#shared/settings/settings.ts";

const isOrigin = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text && !text.includes("*");
};

/** Exact origins with commas between, such as `https://www.example.com`; never `*`. */
export const originsSchema = z
  .string()
  .transform(listed)
  .refine((list) => list.every(isOrigin))
  .transform((list) => new Set(list));

interface CorsServices extends BaseServices {
  /** The origins whose pages may call from a browser. */
  corsOrigins: ReadonlySet<string>;
}

type Access<Services extends CorsServices> = MiddlewareHandler<WorkerEnv<Services>>;

const ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const ALLOWED_HEADERS = [
  "authorization",
  "content-type",
  "dpop",
  "idempotency-key",
  "if-match",
  "if-none-match",
  "traceparent",
  "tracestate",
  "x-api-key",
  "x-otp",
  "x-request-id",
  "x-typesense-api-key",
  // What services behind the gateway take. It does not stand for `authorization`.
  "*",
].join(", ");
/** What a page may read besides the few headers that all may. */
const EXPOSED_HEADERS = CLIENT_HEADERS.join(", ");
/** Everything that a service behind the gateway says. */
const RELAYED_HEADERS = `${EXPOSED_HEADERS}, *`;
/** How long a browser need not ask again; Chromium caps it at two hours. */
const PREFLIGHT_MAX_AGE_SECONDS = "600";

const isPreflight = ({ method, headers }: Request): boolean =>
  method === "OPTIONS" && headers.has("access-control-request-method");

const preflightResponse = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": ALLOWED_METHODS,
      "access-control-allow-headers": ALLOWED_HEADERS,
      "access-control-max-age": PREFLIGHT_MAX_AGE_SECONDS,
    },
  });

/** The access check with CORS: pages of the allowed origins can read its responses, refusals included. */
export const withCors =
  <Services extends CorsServices>(access: Access<Services>): Access<Services> =>
  async (context, next) => {
    const { corsOrigins } = context.get("services");
    if (corsOrigins.size === 0) return access(context, next);
    const origin = context.req.header("origin");
    const isAllowed = origin !== undefined && corsOrigins.has(origin);
    try {
      return isAllowed && isPreflight(context.req.raw) ? preflightResponse() : await access(context, next);
    } finally {
      const { headers } = context.res;
      headers.append("vary", "Origin");
      if (isAllowed) {
        headers.set("access-control-allow-origin", origin);
        // Besides what a service behind the gateway names itself.
        headers.append("access-control-expose-headers", context.get("relayed") ? RELAYED_HEADERS : EXPOSED_HEADERS);
      }
    }
  };
