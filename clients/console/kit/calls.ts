/**
 * Calls of the API in the name of the browser's session. They go through one path of the console, which adds the credential: no
 * script ever holds a token.
 */
import { createClient } from "../../typescript/src/index.ts";
import { pageData } from "./page-data.ts";

/** What a refused call demands (RFC 9470). */
export interface Challenge {
  /** A second factor; without, a login just now is enough. */
  isFactor: boolean;
  /** What was to be done, by method and path. */
  call: string;
}

/** Asks for what a call demands; `false`: the person has given up. */
export type StepUp = (challenge: Challenge) => Promise<boolean>;

const CALL = "/console/call";
const UNAUTHORIZED = 401;
const INSUFFICIENT = 'error="insufficient_user_authentication"';
/** Of a call with the question that it raises: people need their time to find a code. */
const LONGEST_CALL_SECONDS = 15 * 60;
/** Longer than any operation takes. */
const LONGEST_RESPONSE_MS = 90_000;

let stepUp: StepUp = () => Promise.resolve(false);
let asking: Promise<boolean> | undefined;

/** The shell says how to ask. */
export const askBy = (ask: StepUp): void => {
  stepUp = ask;
};

/** Calls that are refused at the same time are asked about once. */
const askOnce = (challenge: Challenge): Promise<boolean> => {
  asking ??= stepUp(challenge).finally(() => {
    asking = undefined;
  });
  return asking;
};

const PASSED_ON = ["content-type", "idempotency-key", "if-match", "accept"];

const headersOf = (headers: Headers): Record<string, string> =>
  Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );

/** `fetch` for the typed client: the same call, by way of the console. */
const fetchByConsole: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const { method, headers, signal } = request;
  const { pathname, search, origin } = new URL(request.url);
  const body = await request.text();
  const send = (): Promise<Response> =>
    fetch(origin + CALL, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({
        form: pageData.form,
        method,
        path: pathname + search,
        headers: headersOf(headers),
        ...(body !== "" && { body }),
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_RESPONSE_MS)]),
    });
  const response = await send();
  const challenge = response.headers.get("www-authenticate") ?? "";
  if (response.status !== UNAUTHORIZED || !challenge.includes(INSUFFICIENT)) return response;
  const isPassed = await askOnce({ isFactor: challenge.includes("acr_values"), call: `${method} ${pathname}` });
  return isPassed ? send() : response;
};

const client = createClient({
  url: location.origin,
  fetch: fetchByConsole,
  timeoutSeconds: LONGEST_CALL_SECONDS,
});

/** The typed client's: `call("POST /kms/users", { body })`. What needs a second factor asks for it and is repeated. */
export const { call, list } = client;

/** Fetches what has no type or is to be streamed, with `fetch`'s own conventions. */
export const fetchPath = client.fetch;
