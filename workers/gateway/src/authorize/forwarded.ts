/** The call that a proxy asks about, as it describes it in header fields of its own request. */
import type { Fields } from "#shared/http/fields.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";

export interface ForwardedCall {
  method: string;
  url: string;
}

/** What is wrong with a field: none was sent, two disagree, or it cannot be read. */
export interface ForwardedFault {
  readonly kind: "missing" | "contradictory" | "malformed";
  readonly field: string;
}

const METHOD = /^[A-Z]{1,16}$/;
/** Requests of these methods cannot be described to the runtime, and no service behind a proxy needs them. */
const FORBIDDEN_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);
const HOST = /^(?:[A-Za-z0-9._-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const URI = /^\/[^\s#\\]*$/;

/** The value of a field that has several names. A caller may have sent the one that the proxy did not set. */
const fieldNamed = (fields: Fields, names: readonly string[], form: RegExp): Result<string, ForwardedFault> => {
  const [field = ""] = names;
  const sent = names.map((name) => fields.get(name)).filter((value) => value !== null);
  const [value] = sent;
  if (value === undefined) return failure("missing", { field });
  if (sent.some((other) => other !== value)) return failure("contradictory", { field });
  return form.test(value) ? success(value) : failure("malformed", { field });
};

/**
 * Reads `X-Forwarded-Method`, `-Uri` and `-Host` (Caddy, Traefik), and `X-Original-Method` and `-URI`, which are usual with
 * nginx.
 */
export const readForwardedCall = (fields: Fields): Result<ForwardedCall, ForwardedFault> => {
  const method = fieldNamed(fields, ["x-forwarded-method", "x-original-method"], METHOD);
  if (!method.ok) return method;
  if (FORBIDDEN_METHODS.has(method.value)) return failure("malformed", { field: "x-forwarded-method" });
  const uri = fieldNamed(fields, ["x-forwarded-uri", "x-original-uri"], URI);
  if (!uri.ok) return uri;
  const host = fieldNamed(fields, ["x-forwarded-host"], HOST);
  if (!host.ok) return host;
  return success({ method: method.value, url: `http://${host.value}${uri.value}` });
};

const OF_PROXIES = ["x-forwarded-", "x-original-", "x-fountain-"];

/** The fields of the described call: those that came along, without what the proxy says and what only a gateway may. */
export const fieldsOfCall = (fields: Fields): Fields => {
  const isOfProxy = (name: string): boolean => OF_PROXIES.some((prefix) => name.startsWith(prefix));
  return {
    get: (name) => (isOfProxy(name) ? null : fields.get(name)),
    has: (name) => !isOfProxy(name) && fields.has(name),
  };
};
