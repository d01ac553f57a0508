/** How an administrator removes the second factors of a user who has lost them. */
import type { FactorReset } from "#shared/contracts/people.ts";
import { type Result, success } from "#shared/lang/result.ts";
import type { Ports } from "../model/ports.ts";

type ResetPorts = Pick<Ports, "factors" | "vault" | "administration">;

/** The address of the user's oldest confirmed factor of that kind. */
const factorAddress = async ({ factors, vault }: ResetPorts, userId: string): Promise<string | undefined> => {
  const [oldest] = await factors.confirmed(userId, "email");
  return oldest && vault.openSecret(userId, oldest.id, oldest.sealedSecret);
};

/**
 * Removes all factors and recovery codes, and ends the sessions. The user is notified first: a factor never goes in silence. What
 * fails on the way is completed by another call.
 */
export const resetFactors = async (
  ports: ResetPorts,
  reset: Omit<FactorReset, "destination">,
): Promise<Result<undefined, "unknown" | "not-held">> => {
  const { factors, administration } = ports;
  const { userId, actor } = reset;
  if (await factors.hasAny(userId)) {
    const destination = await factorAddress(ports, userId);
    const announced = await administration.announceReset({ ...reset, ...(destination && { destination }) });
    if (!announced.ok) return announced;
    await factors.removeAll(userId);
  } else {
    const checked = await administration.mayReset(reset);
    if (!checked.ok) return checked;
  }
  // One that was opened meanwhile may have been raised by a factor that was removed.
  await administration.endSessions(userId, actor);
  return success(undefined);
};
