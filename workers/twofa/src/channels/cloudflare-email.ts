/** Sends mail through Cloudflare's binding, which replaces a mail server on the edge. */

import { withinTime } from "#shared/lang/deadline.ts";
import { failure, success } from "#shared/lang/result.ts";
import { describeError } from "#shared/observability/log.ts";
import type { Delivery, Messenger } from "../model/delivery.ts";
import type { EmailBinding } from "./settings.ts";
import { DELIVER_WITHIN_MS } from "./smtp.ts";

/** Sends by the binding. What it refuses, it refuses by an exception. */
export const createCloudflareMessenger =
  (binding: EmailBinding, from: string): Messenger =>
  async ({ destination, subject, text, html }) => {
    const sending = binding.send({ from, to: destination, subject, text, ...(html !== undefined && { html }) }).then(
      (): Delivery => success(undefined),
      (error: unknown): Delivery => failure("rejected", { cause: describeError(error) }),
    );
    return (await withinTime(sending, DELIVER_WITHIN_MS)) ?? failure("timeout", { cause: "silence" });
  };
