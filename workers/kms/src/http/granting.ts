/** What routes that grant something share: they ask the rule of granting, and say when a factor should be enrolled. */
import { z } from "@hono/zod-openapi";
import { grantRefused } from "#shared/auth/authorize.ts";
import type { Principal } from "#shared/auth/claims.ts";
import type { Granted } from "#shared/contracts/granting.ts";
import { askToGrant, type Grantor } from "../accounts/granting.ts";
import type { KmsContext } from "./context.ts";

/** The caller as a grantor of this; throws the refusal, which begins with `lead`. */
export const grantorOf = <What extends Granted>(
  { var: { policy, services, template } }: KmsContext,
  principal: Principal,
  what: What,
  lead = "",
): Grantor<What> => {
  // Without it neither X-OTP nor a user without a factor would get this far.
  if (policy?.stepUp === undefined)
    throw new Error(`${template} grants something: its row of the route table must declare it`);
  const asked = askToGrant(what, principal, services.now());
  if (!asked.ok) throw grantRefused(asked.error.kind, lead);
  return asked.value;
};

const warning = z
  .object({ code: z.literal("factor-recommended"), detail: z.string() })
  .openapi("Warning", { description: "A recommendation, although the call succeeded" });

/** A member of responses to calls that grant something. */
export const warningFields = { warnings: z.array(warning).optional() };

const FACTOR_RECOMMENDED = {
  code: "factor-recommended",
  detail:
    "You have no second factor, so anyone who learns your password can do the same. Enrol one at POST /twofa/factors/totp " +
    "or /twofa/factors/webauthn/options.",
} as const;

/** The advice to enrol a second factor, to a caller who has none; nothing to others. */
export const warningsTo = ({ isFactorless }: Grantor<Granted>): { warnings?: z.infer<typeof warning>[] } =>
  isFactorless ? { warnings: [FACTOR_RECOMMENDED] } : {};
