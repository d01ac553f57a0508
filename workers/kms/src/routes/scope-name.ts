/** Names of scopes as the API takes and shows them. */
import { z } from "@hono/zod-openapi";
import { isScope, SCOPES, type Scope } from "#shared/contracts/rights.ts";

/** A service with more than these had better have a wider one; all of them stand in each of its tokens. */
const MAX_SCOPES = 64;

export const scopeName = z
  .custom<Scope>((value) => typeof value === "string" && isScope(value), "is no scope")
  .openapi({
    type: "string",
    description: `One of ${SCOPES.join(", ")}; secrets:read and secrets:write also narrowed to a path or to all below one`,
    example: "secrets:read:typesense/*",
  });

export const wantedScopes = z.array(scopeName).min(1).max(MAX_SCOPES);
