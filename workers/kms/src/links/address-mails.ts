/** The mails about a user's address: the letter by which it is verified, and the notice to the address until then. */
import type { Language } from "#shared/contracts/mails.ts";
import type { Mails, StoredMail } from "../mails/mails.ts";
import type { Letter, Links } from "./links.ts";

/** A person may read the mail the day after. */
const VERIFICATION_TTL_MS = 24 * 60 * 60_000;

/** Whose address it is. */
interface Addressee {
  id: string;
  username: string;
  email: string | null;
  emailVerifiedAt: Date | null;
}

/** What a change of the address sends. */
export interface AddressMails {
  /** To the new address, to verify it. */
  letter?: Letter | undefined;
  /** To the address until then. */
  notice?: StoredMail | undefined;
}

export interface AddressMailing {
  /** A letter to an address, with a link and a code that prove it is read. */
  verification(user: Pick<Addressee, "id" | "username">, email: string, language?: Language): Promise<Letter>;
  /** To the address that the user has until now; `undefined`: they have none. */
  notice(user: Addressee, by?: "self" | "administrator"): Promise<StoredMail | undefined>;
  /** Both, of a change that someone else makes. */
  mailsOf(user: Addressee, newEmail: string | null): Promise<AddressMails>;
}

export interface AddressMailingOptions {
  links: Pick<Links, "create">;
  mails: Pick<Mails, "prepare" | "notice">;
}

export const createAddressMailing = ({ links, mails }: AddressMailingOptions): AddressMailing => {
  const verification: AddressMailing["verification"] = async ({ id: userId, username }, email, language) => {
    const purpose = "email-verification";
    const ttlMs = VERIFICATION_TTL_MS;
    const { stored, token, code } = await links.create({ purpose, userId, hasCode: true, payload: { email }, ttlMs });
    const data = { username, token, code };
    const mail = await mails.prepare({
      ...{ kind: purpose, data, userId, destination: email, ttlMs },
      ...(language && { language }),
    });
    return { link: stored, mail };
  };

  const notice: AddressMailing["notice"] = (user, by) =>
    mails.notice(user, { kind: "email-changed", data: { username: user.username } }, by);

  return {
    verification,
    notice,
    mailsOf: async (user, newEmail) => ({
      letter: newEmail === null ? undefined : await verification(user, newEmail),
      notice: await notice(user, "administrator"),
    }),
  };
};
