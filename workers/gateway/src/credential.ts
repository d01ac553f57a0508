/** The credential of a request: one access token or one API key, never both (RFC 6750 §2). */
import { bearerToken } from "#shared/http/access.ts";

export type Credential =
  | { kind: "none" | "several" | "unreadable" }
  | { kind: "token"; token: string }
  | { kind: "api-key"; key: string };

const MAX_API_KEY_LENGTH = 256;

/** Reads the credential headers; `unreadable` is one that cannot be right, whoever is asked. */
export const credentialOf = (headers: Headers): Credential => {
  const key = headers.get("x-api-key");
  const hasAuthorization = headers.has("authorization");
  if (key !== null && hasAuthorization) return { kind: "several" };
  if (key !== null)
    return key === "" || key.length > MAX_API_KEY_LENGTH ? { kind: "unreadable" } : { kind: "api-key", key };
  if (!hasAuthorization) return { kind: "none" };
  const token = bearerToken(headers);
  return token === undefined ? { kind: "unreadable" } : { kind: "token", token };
};
