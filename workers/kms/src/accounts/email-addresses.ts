/** Email addresses of accounts: sealed where they are stored, and found again by a keyed hash. */
import { macInContext } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import { createSealer } from "../crypto/sealing.ts";

/** An address as it is stored. */
export interface StoredEmail {
  sealed: string;
  /** The same for all who have this address, in whatever case. */
  mac: string;
}

export interface EmailAddresses {
  /** To be stored with this user, and nowhere else. */
  seal(userId: string, email: string): Promise<StoredEmail>;
  /** Throws where it was stored with another user, or changed. */
  open(userId: string, sealed: string): Promise<string>;
  /** What an address is found by. */
  macOf(email: string): string;
}

const MAC_CONTEXT = "users/email";

const sealingContext = (userId: string): string => `users/${userId}/sealed_email`;

export const createEmailAddresses = (
  { emailSealing, emailMac }: Pick<InternalKeys, "emailSealing" | "emailMac">,
  randomBytes: RandomBytes,
): EmailAddresses => {
  const sealer = createSealer(emailSealing, randomBytes);
  const macOf = (email: string): string => macInContext(emailMac, MAC_CONTEXT, email.toLowerCase());

  return {
    macOf,
    seal: async (userId, email) => ({
      sealed: await sealer.seal(sealingContext(userId), email),
      mac: macOf(email),
    }),
    open: async (userId, sealed) => {
      const email = await sealer.open(sealingContext(userId), sealed);
      if (email === undefined)
        throw new Error(`the email address of ${userId} cannot be decrypted: its row was modified`);
      return email;
    },
  };
};
