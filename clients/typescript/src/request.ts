/** Makes the request of a call: its address, its body, and whether it may be sent twice. */
import { FountainError } from "./error.ts";
import { TAKING_A_KEY } from "./operations.generated.ts";

/** The options of any call, whatever its operation. */
export interface AnyOptions {
  path?: object | undefined;
  query?: object | undefined;
  body?: unknown;
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
}

export interface Exchange {
  /** Method and path, for errors. */
  call: string;
  /** Path and query. */
  address: string;
  init: RequestInit & { method: string; headers: Headers };
  /** Its caller reads the body of a success. */
  isStreamed: boolean;
}

/** The parameter of secrets' paths, which are several segments: its slashes separate them. */
const SEVERAL_SEGMENTS = "path";

/** A URL would lose these, and the call would be another one. */
const LOST_SEGMENT = /^\.{0,2}$/;

const encodePath = (call: string, name: string, value: unknown): string => {
  const segments = name === SEVERAL_SEGMENTS ? String(value).split("/") : [String(value)];
  if (value === undefined || segments.some((segment) => LOST_SEGMENT.test(segment)))
    throw new FountainError({
      call,
      code: "invalid-input",
      title: "Invalid input",
      errors: [{ pointer: `#/param/${name}`, detail: 'must not be empty, "." or ".."' }],
    });
  return segments.map(encodeURIComponent).join("/");
};

const addressOf = (key: string, { path = {}, query = {} }: AnyOptions): string => {
  const values = new Map<string, unknown>(Object.entries(path));
  const filled = key
    .slice(key.indexOf(" ") + 1)
    .replace(/\{(\w+)\}/g, (_, name: string) => encodePath(key, name, values.get(name)));
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return given.length === 0 ? filled : `${filled}?${new URLSearchParams(given)}`;
};

const RANDOM_BYTES = 16;

/** `randomUUID` is missing on pages that were not loaded by TLS. */
const createKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );

/** The exchange of an operation. A write that takes an idempotency key gets one, if the caller sends none. */
export const exchangeOf = (key: string, options: AnyOptions): Exchange => {
  const { body, signal } = options;
  const headers = new Headers(options.headers);
  if (TAKING_A_KEY.has(key) && !headers.has("idempotency-key")) headers.set("idempotency-key", createKey());
  // These have types of their own.
  const isReady = body === undefined || typeof body === "string" || body instanceof URLSearchParams;
  if (!isReady) headers.set("content-type", "application/json");
  const method = key.slice(0, key.indexOf(" "));
  const init = { method, headers, body: isReady ? (body ?? null) : JSON.stringify(body), signal: signal ?? null };
  return { call: key, address: addressOf(key, options), init, isStreamed: false };
};

/** The exchange of a path and what `fetch` takes. */
export const fetchExchange = (address: string, init: RequestInit): Exchange => {
  // Anything else could be the address of another host, which would get the credentials.
  if (!address.startsWith("/")) throw new TypeError(`${address} is no path: it must begin with a slash`);
  const method = (init.method ?? "GET").toUpperCase();
  const call = `${method} ${address.replace(/[?#].*$/s, "")}`;
  return { call, address, init: { ...init, method, headers: new Headers(init.headers) }, isStreamed: true };
};

/** Whether the body can be sent again: a stream is used up. */
export const isReplayable = ({ init }: Exchange): boolean => !(init.body instanceof ReadableStream);

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** A `PUT` that adds a version of a secret, or makes a new secret for a webhook. */
const ADDING = /^PUT \/kms\/(?:secrets\/|services\/[^/]+\/webhook$)/;

/**
 * Whether it has the same outcome when it is sent again after its response was lost. A condition would not hold a second
 * time, and a code is accepted once.
 */
export const isRepeatable = (exchange: Exchange): boolean => {
  const { call, init } = exchange;
  if (!isReplayable(exchange)) return false;
  if (init.headers.has("idempotency-key")) return true;
  if (init.headers.has("if-match") || init.headers.has("x-otp")) return false;
  return IDEMPOTENT.has(init.method) && !ADDING.test(call);
};
