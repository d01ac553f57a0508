/** The response of everything that issues a session's tokens (RFC 6749 §5.1). */
import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "./examples.ts";

/** How the access token is presented. */
export const tokenType = z
  .enum(["Bearer", "DPoP"])
  .openapi({ description: "`DPoP` where it is bound to the key of a proof (RFC 9449)" });

export const tokensSchema = z
  .object({
    access_token: z.string(),
    token_type: tokenType,
    expires_in: z.int().openapi({ description: "Seconds" }),
    refresh_token: z.string().optional(),
    id_token: z.string().optional().openapi({ description: "Only of an application that was granted `openid`" }),
    scope: z.string(),
    issued_token_type: z.string().optional().openapi({ description: "Only after a token exchange (RFC 8693)" }),
  })
  .openapi("Tokens");

/** A session's tokens. */
export const TOKENS_EXAMPLE: z.input<typeof tokensSchema> = {
  access_token: EXAMPLE.accessToken,
  token_type: "Bearer",
  expires_in: 900,
  refresh_token: EXAMPLE.refreshToken,
  scope: "search:read sequence:read sequence:write",
};

interface Access {
  accessToken: string;
  tokenType: z.infer<typeof tokenType>;
  expiresInSeconds: number;
  /** Separated by spaces. */
  scope: string;
}

/** The body of the response; `refreshToken` where the session is new or was refreshed. */
export const tokensBody = (access: Access, refreshToken?: string): z.infer<typeof tokensSchema> => ({
  access_token: access.accessToken,
  token_type: access.tokenType,
  expires_in: access.expiresInSeconds,
  ...(refreshToken !== undefined && { refresh_token: refreshToken }),
  scope: access.scope,
});
