import { MAIL_HEADER } from "#shared/contracts/mails.ts";
import type { KmsContext } from "./context.ts";

/** Says that a mail may be waiting. Call it on every path of a route that may store one: with an account and without. */
export const noteMail = (context: KmsContext): void => context.header(MAIL_HEADER, "pending");
