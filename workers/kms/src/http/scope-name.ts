/** Names of scopes as the API takes and shows them. */
import { list, parsedText } from "#shared/contracts/input.ts";
import { fitsToken, isScope, MAX_SCOPE_LIST_CHARACTERS, SCOPES, type Scope } from "#shared/contracts/rights.ts";
import { MAX_SECRET_PATH_CHARACTERS } from "#shared/contracts/secret-path.ts";

/** A service with more than these had better have a wider one. */
const MAX_SCOPES = 64;

/** The longest name of a scope that can be narrowed, and a pattern of a secret's path. */
const MAX_SCOPE_CHARACTERS = "secrets:write:".length + MAX_SECRET_PATH_CHARACTERS + "/*".length;

const toScope = (name: string): Scope | undefined => (isScope(name) ? name : undefined);

export const scopeName = parsedText({ max: MAX_SCOPE_CHARACTERS }, toScope, "is no scope").openapi({
  description: `One of ${SCOPES.join(", ")}; secrets:read and secrets:write also narrowed to a path or to all below one, transit:use to a transit key`,
  example: "secrets:read:typesense/*",
});

export const SCOPES_TOO_LONG = `must have at most ${MAX_SCOPE_LIST_CHARACTERS} characters together, with a blank between each two, to fit into a token: name fewer or wider ones`;

export const wantedScopes = list(scopeName, { min: 1, max: MAX_SCOPES })
  .refine(fitsToken, SCOPES_TOO_LONG)
  .openapi({ description: `Together at most ${MAX_SCOPE_LIST_CHARACTERS} characters, with a blank between each two` });
