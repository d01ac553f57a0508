/** Sends text messages through Twilio's Programmable Messaging API (version 2010-04-01). */

import { z } from "zod";
import { failure, success } from "#shared/lang/result.ts";
import { describeError } from "#shared/observability/log.ts";
import type { DeliveryFailure, Messenger } from "../model/delivery.ts";
import type { TwilioSettings } from "./settings.ts";

const RESPONSE_TIMEOUT_MS = 8_000;
const MAX_CAUSE_LENGTH = 200;

/**
 * Errors that say the message can never reach that number: not a number (21211), none that takes text (21614), out of
 * reach (21612), or unsubscribed (21610).
 */
const NO_SUCH_DESTINATION = new Set([21211, 21610, 21612, 21614]);
const TOO_MANY_REQUESTS = 429;
const SERVER_ERROR = 500;

const errorBody = z.object({ code: z.number(), message: z.string() });

const parseError = (text: string): z.infer<typeof errorBody> | undefined => {
  try {
    return errorBody.safeParse(JSON.parse(text)).data;
  } catch {
    // A proxy's page, say.
    return undefined;
  }
};

const failureOf = (status: number, code: number | undefined): DeliveryFailure => {
  if (status === TOO_MANY_REQUESTS) return "rate-limited";
  if (status >= SERVER_ERROR) return "unreachable";
  return code !== undefined && NO_SUCH_DESTINATION.has(code) ? "no-such-destination" : "rejected";
};

/** The messages of Twilio's errors repeat the number they were about. */
const withoutNumbers = (text: string): string => text.replace(/\+?\d{7,}/g, "<number>").slice(0, MAX_CAUSE_LENGTH);

const sender = (from: string): Record<string, string> =>
  from.startsWith("MG") ? { MessagingServiceSid: from } : { From: from };

/** Sends messages through Twilio. Success means that Twilio accepted the message, not that it arrived. */
export const createTwilioMessenger =
  ({ url, accountSid, authToken, from }: TwilioSettings, send: typeof fetch): Messenger =>
  async ({ destination, text }) => {
    try {
      const response = await send(`${url}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
        method: "POST",
        headers: {
          authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`,
          accept: "application/json",
        },
        body: new URLSearchParams({ To: destination, ...sender(from), Body: text }),
        redirect: "manual",
        signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
      });
      const body = await response.text();
      if (response.ok) return success(undefined);
      const error = parseError(body);
      const cause = withoutNumbers(`${response.status} ${error?.code ?? ""} ${error?.message ?? body}`);
      return failure(failureOf(response.status, error?.code), { cause });
    } catch (error) {
      const isLate = error instanceof Error && error.name === "TimeoutError";
      return failure(isLate ? "timeout" : "unreachable", { cause: describeError(error) });
    }
  };
