/** The credential of a request: one access token or one API key, never several (RFC 6750 §2). */
import { bearerToken } from "#shared/http/access.ts";
import type { Policy } from "#shared/policy/routes.ts";
import { problem } from "#shared/problem/problem.ts";

export type Credential =
  | { kind: "none" | "several" | "unreadable" }
  | { kind: "token"; token: string }
  | { kind: "api-key"; key: string };

/** Where Typesense's clients send their key; read only where they call. */
const TYPESENSE_KEY_HEADER = "x-typesense-api-key";
const API_KEY_PREFIX = "ftn_";
const MAX_API_KEY_LENGTH = 256;
const TOKEN = /^[\w.~+/=-]+$/;

const asApiKey = (key: string): Credential =>
  key === "" || key.length > MAX_API_KEY_LENGTH ? { kind: "unreadable" } : { kind: "api-key", key };

const asToken = (token: string): Credential => (TOKEN.test(token) ? { kind: "token", token } : { kind: "unreadable" });

/** Typesense's clients know keys only, whatever they are. */
const asEither = (secret: string): Credential =>
  secret.startsWith(API_KEY_PREFIX) ? asApiKey(secret) : asToken(secret);

/** Every credential that was sent, in whichever header. */
const sentIn = (headers: Headers, isTypesense: boolean): Credential[] => {
  const key = headers.get("x-api-key");
  const bearer = headers.has("authorization") ? (bearerToken(headers) ?? "") : null;
  // Their client always sends the header, empty when the credential is in another one.
  const typesenseKey = (isTypesense && headers.get(TYPESENSE_KEY_HEADER)) || null;
  return [
    ...(key === null ? [] : [asApiKey(key)]),
    ...(bearer === null ? [] : [isTypesense ? asEither(bearer) : asToken(bearer)]),
    ...(typesenseKey === null ? [] : [asEither(typesenseKey)]),
  ];
};

/**
 * Reads the credential headers; `unreadable` is one that cannot be valid anywhere. The same credential in two headers is
 * one.
 */
export const credentialOf = (headers: Headers, { dialect }: Pick<Policy, "dialect">): Credential => {
  const sent = sentIn(headers, dialect === "typesense");
  if (new Set(sent.map((credential) => JSON.stringify(credential))).size > 1) return { kind: "several" };
  return sent[0] ?? { kind: "none" };
};

/** Refuses a key in the query with 400: addresses end up in logs, histories and other people's statistics. */
export const assertNoKeyInAddress = (url: string): void => {
  const names = [...new URL(url).searchParams.keys()].map((name) => name.toLowerCase());
  if (names.includes(TYPESENSE_KEY_HEADER))
    throw problem("malformed-request", {
      detail: "Send the key in the header X-TYPESENSE-API-KEY, not in the URL (sendApiKeyAsQueryParam: false).",
    });
};
