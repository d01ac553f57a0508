/** The outbox of mails, which the kms keeps. */
import type { KmsRpc } from "#shared/contracts/kms.ts";
import { unwrap } from "#shared/lang/result.ts";
import type { MailQueue } from "../mails/mail-delivery.ts";

export const createMailQueue = (kms: Pick<KmsRpc, "claimMails" | "settleMails">): MailQueue => ({
  claim: (limit) => kms.claimMails(limit).then(unwrap),
  settle: async (ids) => {
    unwrap(await kms.settleMails([...ids]));
  },
});
