/**
 * What clients say of themselves (draft-ietf-oauth-client-id-metadata-document §4, RFC 7591 §2). No one vouches for it: such a client
 * has no secret, and people are sent nowhere but to its own origin, or to the device that they sit at.
 */
import { z } from "zod";
import { list, text } from "#shared/contracts/input.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { clientName } from "../oauth-clients/client-name.ts";
import { isOnDevice, MAX_REDIRECT_URIS, redirectUriFault } from "../oauth-clients/redirect-uri.ts";

/** What is taken of a document; the logo, links and keys in it are not looked at. */
export interface ClientDescription {
  name: string;
  redirectUris: string[];
}

export type DescriptionFault =
  | "malformed"
  | "other-id"
  | "has-secret"
  | "not-public"
  | "other-flow"
  | "no-redirect-uri";

const MAX_VALUE_CHARACTERS = 1_024;
const values = () => list(text({ max: MAX_VALUE_CHARACTERS }), { max: MAX_REDIRECT_URIS });

const documentShape = z.looseObject({
  client_id: z.string(),
  client_name: clientName().optional(),
  redirect_uris: values(),
  token_endpoint_auth_method: z.string().optional(),
  grant_types: values().default(["authorization_code"]),
  response_types: values().default(["code"]),
});

const SECRETS = ["client_secret", "client_secret_expires_at"];

/** What the document at this URL says, read as JSON. */
export const parseDescription = (url: string, document: unknown): Result<ClientDescription, DescriptionFault> => {
  const parsed = documentShape.safeParse(document);
  if (!parsed.success) return failure("malformed");
  const { client_id, client_name, redirect_uris, token_endpoint_auth_method, ...flow } = parsed.data;
  if (client_id !== url) return failure("other-id");
  if (SECRETS.some((name) => name in flow)) return failure("has-secret");
  if (token_endpoint_auth_method !== "none") return failure("not-public");
  if (!flow.grant_types.includes("authorization_code") || !flow.response_types.includes("code"))
    return failure("other-flow");
  const { origin, host } = new URL(url);
  const redirectUris = redirect_uris.filter(
    (uri) => redirectUriFault(uri) === undefined && (isOnDevice(uri) || new URL(uri).origin === origin),
  );
  return redirectUris.length === 0 ? failure("no-redirect-uri") : success({ name: client_name ?? host, redirectUris });
};
