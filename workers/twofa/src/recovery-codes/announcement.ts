/** Notifies a user by email that one of their recovery codes was used. */
import { failure, type Result } from "#shared/lang/result.ts";
import { type Messenger, mayHaveArrived, type Undelivered } from "../model/delivery.ts";
import type { Ports } from "../model/ports.ts";

/** An address that belongs to a factor has been confirmed; that of the account is only claimed. */
interface Recipient {
  address: string;
  isConfirmed: boolean;
}

const recipientsOf = async ({ factors, vault }: Ports, userId: string): Promise<Recipient[]> => {
  const sealed = await factors.confirmed(userId, "email");
  const opened = await Promise.all(sealed.map(({ id, sealedSecret }) => vault.openSecret(userId, id, sealedSecret)));
  if (opened.length > 0) return opened.map((address) => ({ address, isConfirmed: true }));
  const account = await vault.emailOf(userId);
  return account === undefined ? [] : [{ address: account, isConfirmed: false }];
};

type Outcome = Result<undefined, Undelivered | "too-many-sends">;

const announce = async (ports: Ports, email: Messenger, userId: string, recipient: Recipient): Promise<Outcome> => {
  const { address, isConfirmed } = recipient;
  const nowMs = ports.now();
  const send = { id: ports.createId(), userId, use: "announcement" as const, nowMs };
  if (!isConfirmed) {
    const destinationMac = await ports.vault.macMailbox(address);
    const reservation = await ports.sends.reserve({ ...send, destinationMac });
    if (!reservation.ok) return failure("too-many-sends");
  }
  const delivery = await email(ports.wording.recoveryCodeUsed(address, nowMs));
  if (!delivery.ok && !isConfirmed && !mayHaveArrived(delivery.error.kind)) await ports.sends.release(send.id);
  return delivery;
};

/** Writes to the addresses of the user's factors, by default to that of the account. Failures are recorded, not thrown. */
export const announceRecoveryCodeUse = async (ports: Ports, userId: string): Promise<void> => {
  const { email } = ports.messengers;
  if (email === undefined) return;
  const recipients = await recipientsOf(ports, userId);
  await Promise.all(
    recipients.map(async (recipient) => {
      const outcome = await announce(ports, email, userId, recipient);
      const event = { action: "announcement.send", actor: userId, target: userId, method: "email" } as const;
      if (outcome.ok) return ports.recorder.record({ ...event, outcome: "success" });
      const { error } = outcome;
      const detail = "cause" in error ? { error: error.cause } : {};
      return ports.recorder.record({ ...event, outcome: "failure", reason: error.kind, detail });
    }),
  );
};
