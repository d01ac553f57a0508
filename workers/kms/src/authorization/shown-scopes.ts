/** Scopes as people are shown them. */
import type { ShownScope } from "#shared/contracts/authorization.ts";
import type { GrantedScope } from "#shared/contracts/rights.ts";
import type { AuthorizationStore } from "./authorization.ts";

/** Each with what its upstream says of it. */
export type ShownScopes = (scopes: readonly GrantedScope[]) => Promise<ShownScope[]>;

export const createShownScopes =
  ({ describeScopes }: Pick<AuthorizationStore, "describeScopes">): ShownScopes =>
  async (scopes) => {
    const described = await describeScopes(scopes);
    return scopes.map((scope) => ({ scope, description: described.get(scope) ?? null }));
  };
