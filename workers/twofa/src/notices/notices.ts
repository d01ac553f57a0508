/** Notifies users of what happens to their second factors. The kms keeps the notice from before it happens, so that no crash silences it. */
import type { FactorNotice } from "#shared/contracts/mails.ts";
import type { Ports } from "../model/ports.ts";

/** Throws `Unavailable` if the kms does not respond: then it must not happen. */
export const notifyUser = async (
  { factors, vault, administration }: Pick<Ports, "factors" | "vault" | "administration">,
  userId: string,
  notice: FactorNotice,
): Promise<void> => {
  const sealed = await factors.confirmed(userId, "email");
  const addresses = await Promise.all(sealed.map(({ id, sealedSecret }) => vault.openSecret(userId, id, sealedSecret)));
  await administration.notify(userId, notice, addresses);
};
