/** The credential of a request: one access token or one API key, never several (RFC 6750 §2). */
import { bearerToken, boundToken } from "#shared/http/access.ts";
import type { Fields } from "#shared/http/fields.ts";
import type { Policy } from "#shared/policy/policy.ts";
import { problem } from "#shared/problem/problem.ts";
import { socketCredentials } from "./socket-credential.ts";

export type Credential =
  | { kind: "none" | "several" | "unreadable" }
  | { kind: "token"; token: string }
  /** Presented with a proof of the key that it is bound to, or so it says. */
  | { kind: "bound-token"; token: string }
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

const inAuthorization = (headers: Fields, isTypesense: boolean): Credential => {
  const bearer = bearerToken(headers);
  if (bearer !== undefined) return isTypesense ? asEither(bearer) : asToken(bearer);
  const token = boundToken(headers);
  return token === undefined ? { kind: "unreadable" } : { kind: "bound-token", token };
};

/** What decides where a credential may stand. */
type CredentialPolicy = Pick<Policy, "dialect" | "streamed">;

/** Every credential that was sent, in whichever header. */
const sentIn = (headers: Fields, { dialect, streamed }: CredentialPolicy): Credential[] => {
  const isTypesense = dialect === "typesense";
  const key = headers.get("x-api-key");
  // Their client always sends the header, empty when the credential is in another one.
  const typesenseKey = (isTypesense && headers.get(TYPESENSE_KEY_HEADER)) || null;
  return [
    ...(key === null ? [] : [asApiKey(key)]),
    ...(headers.has("authorization") ? [inAuthorization(headers, isTypesense)] : []),
    ...(typesenseKey === null ? [] : [asEither(typesenseKey)]),
    ...(streamed === true ? socketCredentials(headers).map(asEither) : []),
  ];
};

const secretOf = (credential: Credential): string | undefined => {
  switch (credential.kind) {
    case "token":
    case "bound-token":
      return credential.token;
    case "api-key":
      return credential.key;
    default:
      return undefined;
  }
};

const isSame = (one: Credential, other: Credential): boolean =>
  one.kind === other.kind && secretOf(one) === secretOf(other);

/**
 * Reads the credential headers; `unreadable` is one that cannot be valid anywhere. The same credential in two headers is
 * one.
 */
export const credentialOf = (headers: Fields, policy: CredentialPolicy): Credential => {
  const sent = sentIn(headers, policy);
  const [first, ...others] = sent;
  if (first === undefined) return { kind: "none" };
  return others.every((other) => isSame(first, other)) ? first : { kind: "several" };
};

/** Refuses a key in the query with 400: addresses end up in logs, histories and other people's statistics. */
export const assertNoKeyInAddress = (url: string): void => {
  if (!url.includes("?")) return;
  const names = [...new URL(url).searchParams.keys()].map((name) => name.toLowerCase());
  if (names.includes(TYPESENSE_KEY_HEADER))
    throw problem("malformed-request", {
      detail: "Send the key in the header X-TYPESENSE-API-KEY, not in the URL (sendApiKeyAsQueryParam: false).",
    });
};
