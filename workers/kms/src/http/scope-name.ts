/** Names of scopes as the API takes and shows them. */
import { list, parsedText } from "#shared/contracts/input.ts";
import { fitsToken, isScope, MAX_SCOPE_LIST_CHARACTERS, SCOPES, type Scope } from "#shared/contracts/rights.ts";
import { MAX_SECRET_PATH_CHARACTERS } from "#shared/contracts/secret-path.ts";

/** A service that needs more than these should have a broader one. */
const MAX_SCOPES = 64;

/** The longest name of a scope that can be narrowed, and a pattern of a secret's path. */
const MAX_SCOPE_CHARACTERS = "secrets:write:".length + MAX_SECRET_PATH_CHARACTERS + "/*".length;

const toScope = (name: string): Scope | undefined => (isScope(name) ? name : undefined);

export const scopeName = parsedText({ max: MAX_SCOPE_CHARACTERS }, toScope, "is not a scope").openapi({
  description: `One of ${SCOPES.join(", ")}; secrets:read and secrets:write can be restricted to a path or to all paths below one, transit:use to a transit key`,
  example: "secrets:read:typesense/*",
});

export const SCOPES_TOO_LONG = `must have at most ${MAX_SCOPE_LIST_CHARACTERS} characters in total, separated by spaces, to fit into a token: name fewer or broader scopes`;

export const wantedScopes = list(scopeName, { min: 1, max: MAX_SCOPES })
  .refine(fitsToken, SCOPES_TOO_LONG)
  .openapi({ description: `At most ${MAX_SCOPE_LIST_CHARACTERS} characters in total, separated by spaces` });
