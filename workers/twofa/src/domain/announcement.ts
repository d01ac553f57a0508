/** Tells a user by mail that a recovery code of his was used. */
import { recoveryCodeUsed } from "./message.ts";
import type { Ports } from "./ports.ts";

const addressesOf = async ({ factors, vault }: Ports, userId: string): Promise<string[]> => {
  const sealed = await factors.confirmed(userId, "email");
  if (sealed.length > 0)
    return Promise.all(sealed.map(({ id, sealedSecret }) => vault.openSecret(userId, id, sealedSecret)));
  const account = await vault.emailOf(userId);
  return account === undefined ? [] : [account];
};

/** Writes to his factors' addresses, else to his account's. Nobody waits for it, and nothing fails by it. */
export const announceRecoveryCodeUse = async (ports: Ports, userId: string): Promise<void> => {
  const { email } = ports.messengers;
  if (email === undefined) return;
  const addresses = await addressesOf(ports, userId);
  const usedAtMs = ports.now();
  await Promise.all(
    addresses.map(async (address) => {
      const delivery = await email(recoveryCodeUsed(address, usedAtMs));
      await ports.record(
        delivery.delivered
          ? { event: "announcement.sent", subject: userId, channel: "email" }
          : {
              event: "announcement.undelivered",
              subject: userId,
              channel: "email",
              failure: delivery.failure,
              error: delivery.cause,
            },
      );
    }),
  );
};
