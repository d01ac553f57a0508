/** The channels that are set up. */

import { sleep } from "#shared/lang/sleep.ts";
import type { Messenger, Messengers } from "../model/delivery.ts";
import { createCloudflareMessenger } from "./cloudflare-email.ts";
import { createKeptMessenger } from "./kept-mail.ts";
import { type ChannelBindings, senderAddress, smtpSettings, twilioSettings, webhookSettings } from "./settings.ts";
import { createSmtpMessenger } from "./smtp.ts";
import { createTwilioMessenger } from "./twilio.ts";
import { createWebhookMessenger, type WebhookOptions } from "./webhook.ts";

const emailMessenger = (bindings: ChannelBindings): Messenger | undefined => {
  const address = senderAddress(bindings.MAIL_FROM);
  const smtp = smtpSettings(bindings);
  if (address === undefined) return undefined;
  if (smtp) return createSmtpMessenger(smtp, address);
  return bindings.MAIL ? createCloudflareMessenger(bindings.MAIL, bindings.MAIL_FROM) : undefined;
};

const webhookMessengers = (bindings: ChannelBindings): Messengers => {
  const settings = webhookSettings(bindings);
  if (settings === undefined) return {};
  const options: WebhookOptions = {
    send: (input, init) => fetch(input, init),
    sleep,
    now: Date.now,
    createId: () => crypto.randomUUID(),
  };
  return {
    email: createWebhookMessenger(settings, "email", options),
    sms: createWebhookMessenger(settings, "sms", options),
  };
};

/**
 * A mail server takes precedence over Cloudflare's binding, a provider over the operator's own service, and that over the mailbox
 * of `npm start`.
 */
export const createMessengers = (bindings: ChannelBindings): Messengers => {
  const email = emailMessenger(bindings);
  const twilio = twilioSettings(bindings);
  return {
    ...(bindings.MAILBOX && { email: createKeptMessenger(bindings.MAILBOX) }),
    ...webhookMessengers(bindings),
    ...(email && { email }),
    ...(twilio && { sms: createTwilioMessenger(twilio, (input, init) => fetch(input, init)) }),
  };
};
