/** What is known of who could call, for those who explain or foresee a decision: no secret, and no proof of anything. */
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import type { DescribedPrincipal, PrincipalDescription } from "#shared/contracts/kms.ts";
import { serviceSubject } from "#shared/contracts/principal.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { UserStore } from "../accounts/user.ts";
import { type ApiKey, type ApiKeyState, stateOfKey } from "../api-keys/api-key.ts";
import type { ApiKeyStore } from "../api-keys/api-keys.ts";
import type { ServiceStore } from "../services/service.ts";
import { type DemandingRoles, entitlementOf } from "../sessions/role-step-up.ts";

export type DescribePrincipal = (who: DescribedPrincipal) => Promise<Result<PrincipalDescription, "unknown">>;

export interface PrincipalDescriptionOptions {
  users: Pick<UserStore, "findEntitled">;
  services: Pick<ServiceStore, "find">;
  apiKeys: Pick<ApiKeyStore, "find">;
  /** Roles that demand a second factor of their users. */
  stepUpForRoles: DemandingRoles;
  now: () => number;
}

const UNUSABLE_STATES: Partial<Record<ApiKeyState, PrincipalDescription["reason"]>> = {
  revoked: "revoked",
  expired: "expired",
  disabled: "disabled",
};

const serviceDescription = (name: string, scopes: readonly Scope[]): PrincipalDescription => ({
  kind: "service",
  subject: serviceSubject(name),
  clientId: name,
  roles: [],
  scopes: [...scopes],
  usable: true,
  allowedAddresses: null,
});

const keyDescription = (apiKey: ApiKey, nowMs: number): PrincipalDescription => {
  const reason = UNUSABLE_STATES[stateOfKey(apiKey, nowMs)];
  return {
    ...serviceDescription(apiKey.service, apiKey.scopes),
    usable: reason === undefined,
    ...(reason !== undefined && { reason }),
    allowedAddresses: apiKey.allowedAddresses,
  };
};

export const createPrincipalDescription = (options: PrincipalDescriptionOptions): DescribePrincipal => {
  const { users, services, apiKeys, stepUpForRoles, now } = options;

  const describeUser = async (id: string): Promise<PrincipalDescription | undefined> => {
    const found = await users.findEntitled(id);
    if (!found) return undefined;
    const { user, permissions } = found;
    const isLocked = user.lockedAt !== null;
    const { roles, scopes, withheldRoles } = entitlementOf({ ...found, session: { acr: "aal1" } }, stepUpForRoles);
    return {
      kind: "user",
      subject: user.id,
      clientId: FIRST_PARTY_CLIENT,
      roles: user.roles,
      scopes: permissions,
      ...(withheldRoles.length > 0 && {
        beforeSecondFactor: { roles: [...roles], scopes, withheldRoles: [...withheldRoles] },
      }),
      usable: !isLocked,
      ...(isLocked && { reason: "locked" }),
      allowedAddresses: null,
    };
  };

  const describeService = async (name: string): Promise<PrincipalDescription | undefined> => {
    const service = await services.find(name);
    return service && serviceDescription(service.name, service.scopes);
  };

  const describeKey = async (id: string): Promise<PrincipalDescription | undefined> => {
    const stored = await apiKeys.find(id);
    return stored && keyDescription(stored.apiKey, now());
  };

  const describe = (who: DescribedPrincipal): Promise<PrincipalDescription | undefined> => {
    if ("subject" in who) return describeUser(who.subject);
    return "service" in who ? describeService(who.service) : describeKey(who.key);
  };

  return async (who) => {
    const description = await describe(who);
    return description ? success(description) : failure("unknown");
  };
};
