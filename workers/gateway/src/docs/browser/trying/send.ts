/** Sends a call, shows what comes back, and asks for a second factor where that is demanded. */
import { accessOf } from "../document/access.ts";
import { addressOf, type Filled, parseJson, valuesIn } from "../document/request.ts";
import { el, fill } from "../elements/elements.ts";
import { askSecondFactor, Declined, reasonOf } from "../session/second-factor.ts";
import { adopt, clientFor, forget, type Tokens } from "../session/session.ts";
import { type Answered, responseView } from "./response.ts";

const initOf = (filled: Filled, signal: AbortSignal): RequestInit => {
  const headers = Object.fromEntries(valuesIn(filled, "header").map(({ parameter, text }) => [parameter.name, text]));
  const { call, body } = filled;
  // A body that may be left out is, where nothing is typed.
  const isSent = body !== undefined && body.text !== "";
  return {
    method: call.method,
    signal,
    headers: { ...headers, ...(isSent && { "content-type": body.mediaType }) },
    ...(isSent && { body: body.text }),
  };
};

const isTokens = (value: unknown): value is Tokens =>
  typeof value === "object" &&
  value !== null &&
  "access_token" in value &&
  typeof value.access_token === "string" &&
  "expires_in" in value &&
  typeof value.expires_in === "number";

/** Operations whose tokens the page then uses. */
const LOGINS = ["POST /kms/login", "POST /kms/login/passkey", "POST /kms/token"];
const VERIFICATION = "POST /twofa/auth/verify";
const LOGOUT = "POST /kms/logout";

/** What a success means for the session of the page. */
const follow = async (key: string, text: string): Promise<void> => {
  if (key === LOGOUT) return forget();
  if (key !== VERIFICATION && !LOGINS.includes(key)) return undefined;
  const value = parseJson(text);
  // One that names its request is good for nothing else.
  if (isTokens(value) && !("authorization_details" in value)) await adopt(value, key === VERIFICATION);
};

const TEXTUAL = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|x-ndjson|javascript|yaml|x-www-form-urlencoded)\b)/i;

const failureWords = (error: unknown, { aborted }: AbortSignal): string => {
  if (aborted) return "Cancelled.";
  return error instanceof Declined ? error.message : `No response: ${reasonOf(error)}`;
};

/** Sends it, and shows the outcome in `output`. Rejects for nothing. */
export const send = async (filled: Filled, output: Element, signal: AbortSignal): Promise<void> => {
  const { call } = filled;
  const address = addressOf(filled);
  const key = `${call.method} ${call.path}`;
  const waiting = (): void => fill(output, [el("p", { class: "soft" }, "Sending …")]);
  let took = 0;
  const client = clientFor({
    isAnonymous: accessOf(call.operation).isPublic,
    fetch: async (...sent) => {
      const startedAt = performance.now();
      const response = await fetch(...sent);
      took = performance.now() - startedAt;
      return response;
    },
    stepUp: async ({ acrValues }, verifier) => {
      if (!acrValues.includes("aal2")) return;
      await askSecondFactor(output, verifier, "This call needs a second factor, and is sent again after it.");
      waiting();
    },
  });
  waiting();
  try {
    const response = await client.fetch(address, initOf(filled, signal));
    const isText = TEXTUAL.test(response.headers.get("content-type") ?? "text/plain");
    const bytes = await response.arrayBuffer();
    const answered: Answered = {
      call: `${call.method} ${address}`,
      response,
      tookMs: Math.round(took),
      size: bytes.byteLength,
      text: isText ? new TextDecoder().decode(bytes) : undefined,
    };
    fill(output, responseView(answered));
    if (response.ok) await follow(key, answered.text ?? "");
  } catch (error) {
    fill(output, [el("p", { class: "status bad" }, failureWords(error, signal))]);
  }
};
