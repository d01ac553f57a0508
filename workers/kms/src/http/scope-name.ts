/** Names of scopes as the API takes and shows them. */
import { list, parsedText } from "#shared/contracts/input.ts";
import {
  fitsToken,
  isPermission,
  isScope,
  MAX_SCOPE_LIST_CHARACTERS,
  type Permission,
  SCOPES,
  type Scope,
} from "#shared/contracts/rights.ts";
import { MAX_SECRET_PATH_CHARACTERS } from "#shared/contracts/secret-path.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";

/** A service that needs more than these should have a broader one. */
const MAX_SCOPES = 64;

/** The longest name of a scope that can be narrowed, and a pattern of a secret's path. */
const MAX_SCOPE_CHARACTERS = "secrets:write:".length + MAX_SECRET_PATH_CHARACTERS + "/*".length;

const toScope = (name: string): Scope | undefined => (isScope(name) ? name : undefined);

const NOT_A_SCOPE = "is not a scope";
const SCOPES_THERE_ARE = `One of ${SCOPES.join(", ")}, or one that an upstream declares`;

export const scopeName = parsedText({ max: MAX_SCOPE_CHARACTERS }, toScope, NOT_A_SCOPE).openapi({
  description: `${SCOPES_THERE_ARE}; secrets:read and secrets:write can be restricted to a path or to all paths below one, transit:use to a transit key`,
  example: "secrets:read:typesense/*",
});

const toPermission = (name: string): Permission | undefined => (isPermission(name) ? name : undefined);

/** A scope that a role grants. */
export const permissionName = parsedText({ max: MAX_SCOPE_CHARACTERS }, toPermission, NOT_A_SCOPE).openapi({
  description: SCOPES_THERE_ARE,
  example: "search:read",
});

/** The names are well-formed, but no upstream declares those that are `unknown`; they stand in this member of the body. */
export const unknownScopes = (member: string, names: readonly string[], unknown: readonly string[]): Problem =>
  problem("invalid-input", {
    errors: names.flatMap((name, at) =>
      unknown.includes(name) ? [{ pointer: `#/${member}/${at}`, detail: NOT_A_SCOPE }] : [],
    ),
  });

export const SCOPES_TOO_LONG = `must have at most ${MAX_SCOPE_LIST_CHARACTERS} characters in total, separated by spaces, to fit into a token: name fewer or broader scopes`;

const scopesInToken = (min: number) =>
  list(scopeName, { min, max: MAX_SCOPES })
    .refine(fitsToken, SCOPES_TOO_LONG)
    .openapi({ description: `At most ${MAX_SCOPE_LIST_CHARACTERS} characters in total, separated by spaces` });

export const wantedScopes = scopesInToken(1);
/** Where there may be none. */
export const scopesOrNone = scopesInToken(0);
