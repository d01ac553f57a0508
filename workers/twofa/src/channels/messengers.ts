/** The channels that are set up. */

import type { Messenger, Messengers } from "../model/delivery.ts";
import { createCloudflareMessenger } from "./cloudflare-email.ts";
import { createKeptMessenger } from "./kept-mail.ts";
import { type ChannelBindings, senderAddress, smtpSettings, twilioSettings } from "./settings.ts";
import { createSmtpMessenger } from "./smtp.ts";
import { createTwilioMessenger } from "./twilio.ts";

const emailMessenger = (bindings: ChannelBindings): Messenger | undefined => {
  const address = senderAddress(bindings.MAIL_FROM);
  const smtp = smtpSettings(bindings);
  if (address !== undefined && smtp) return createSmtpMessenger(smtp, address);
  if (address !== undefined && bindings.MAIL) return createCloudflareMessenger(bindings.MAIL, bindings.MAIL_FROM);
  return bindings.MAILBOX && createKeptMessenger(bindings.MAILBOX);
};

/** A mail server takes precedence over Cloudflare's binding, and that over the mailbox of `npm start`. */
export const createMessengers = (bindings: ChannelBindings): Messengers => {
  const email = emailMessenger(bindings);
  const twilio = twilioSettings(bindings);
  return {
    ...(email && { email }),
    ...(twilio && { sms: createTwilioMessenger(twilio, (input, init) => fetch(input, init)) }),
  };
};
