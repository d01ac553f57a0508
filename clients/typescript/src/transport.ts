/** Sends requests, and sends them again where that is safe and the failure may pass. */
import { authorizationOf, type Credentials } from "./credentials.ts";
import { FountainError, retryAfterOf } from "./error.ts";
import { type Exchange, isRepeatable } from "./request.ts";
import { sleep } from "./waiting.ts";

export interface TransportOptions {
  /** Where Fountain is, such as `https://fountain.example`. */
  url: string;
  /** Instead of the global one. */
  fetch?: typeof fetch | undefined;
  /** Header fields of every request, such as `user-agent`. */
  headers?: Record<string, string> | undefined;
  /** How often a call is sent again at most: twice by default. */
  retries?: number | undefined;
  /** How long to wait for `Retry-After` at most, rather than to fail at once: 30 by default. */
  longestWaitSeconds?: number | undefined;
  /** How long to wait for each response: 90 by default, longer than any operation of Fountain's takes. */
  timeoutSeconds?: number | undefined;
}

export interface Received {
  response: Response;
  /** Its body; `undefined` where the caller reads it. */
  text: string | undefined;
}

/** Sends a request with these credentials. Throws `FountainError` where there is no response. */
export type Transport = (
  exchange: Exchange,
  credentials?: Credentials | undefined,
  options?: { isRepeatable: boolean },
) => Promise<Received>;

const TEMPORARY = new Set([429, 502, 503, 504]);
const UNAUTHORIZED = 401;

const FIRST_WAIT_SECONDS = 0.25;

/** Up to a quarter of a second, and twice as much each time: those who failed together do not come back together. */
const backoffSeconds = (failures: number): number => Math.random() * FIRST_WAIT_SECONDS * 2 ** failures;

const originOf = (url: string): string => {
  const { protocol, host, pathname } = new URL(url);
  if (!/^https?:$/.test(protocol)) throw new TypeError(`${url} is no address of a web server`);
  return `${protocol}//${host}${pathname.replace(/\/$/, "")}`;
};

export const createTransport = (options: TransportOptions): Transport => {
  const { retries = 2, longestWaitSeconds = 30, timeoutSeconds = 90, headers: own = {} } = options;
  const origin = originOf(options.url);

  const attempt = async (
    { call, address, init, isStreamed }: Exchange,
    credentials?: Credentials,
  ): Promise<Received> => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutSeconds * 1_000);
    const signals = init.signal ? [init.signal, late.signal] : [late.signal];
    const headers = new Headers({ ...own, ...authorizationOf(credentials) });
    for (const [name, value] of init.headers) headers.set(name, value);
    // No redirect is followed: it could take an API key to another host.
    const sent: RequestInit = { redirect: "manual", ...init, headers, signal: AbortSignal.any(signals) };
    try {
      const response = await (options.fetch ?? fetch)(origin + address, sent);
      const isRead = !isStreamed || response.status === UNAUTHORIZED;
      return { response, text: isRead ? await response.text() : undefined };
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw late.signal.aborted
        ? new FountainError({ call, code: "timeout", title: `No response within ${timeoutSeconds} seconds`, cause })
        : new FountainError({ call, code: "network", title: `There is no connection to ${origin}`, cause });
    } finally {
      clearTimeout(timer);
    }
  };

  /** How long to wait before the next attempt; `undefined`: there is none. */
  const waitSeconds = (outcome: Received | FountainError, failures: number): number | undefined => {
    if (failures >= retries) return undefined;
    if (outcome instanceof FountainError) return backoffSeconds(failures);
    const { status, headers } = outcome.response;
    if (!TEMPORARY.has(status)) return undefined;
    const demanded = retryAfterOf(headers) ?? 0;
    return demanded <= longestWaitSeconds ? demanded + backoffSeconds(failures) : undefined;
  };

  return async (exchange, credentials, { isRepeatable: mayRepeat } = { isRepeatable: isRepeatable(exchange) }) => {
    for (let failures = 0; ; failures += 1) {
      const outcome = await attempt(exchange, credentials).catch((error: unknown) => {
        if (error instanceof FountainError) return error;
        throw error;
      });
      const wait = mayRepeat ? waitSeconds(outcome, failures) : undefined;
      if (wait === undefined) {
        if (outcome instanceof FountainError) throw outcome;
        return outcome;
      }
      if (!(outcome instanceof FountainError)) await outcome.response.body?.cancel().catch(() => {});
      await sleep(wait * 1_000, exchange.init.signal ?? undefined);
    }
  };
};
