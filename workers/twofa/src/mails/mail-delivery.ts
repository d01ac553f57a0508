/** Delivers mails from the kms's outbox, each at least once: on demand, and once a minute in case no one asked. */
import type { ClaimedMail } from "#shared/contracts/mails.ts";
import { failure } from "#shared/lang/result.ts";
import { describeError, type Log } from "#shared/observability/log.ts";
import type { ReportingRecorder } from "#shared/observability/recorder.ts";
import type { Delivery, Messenger } from "../model/delivery.ts";
import type { Wording } from "../model/message.ts";

/** How many go out at once; so many, too, may be sent twice if this process ends in between. */
const BATCH = 8;
/** A run starts nothing after that: on the edge, work after a response has 30 seconds. */
const RUN_FOR_MS = 15_000;
/** A run that was not heard of for so long has been ended from outside. */
const RUN_ENDS_WITHIN_MS = 60_000;

/** Each method throws `Unavailable` if the kms does not respond. */
export interface MailQueue {
  claim(limit: number): Promise<ClaimedMail[]>;
  /** Has these mails forgotten. */
  settle(ids: readonly string[]): Promise<void>;
}

export interface MailDeliveryOptions {
  queue: MailQueue;
  /** Sends mail; `undefined`: nothing is set up for it, and mails wait. */
  email: Messenger | undefined;
  wording: Pick<Wording, "mail">;
  recorder: Pick<ReportingRecorder, "record">;
  log: Log;
  now: () => number;
}

/**
 * Delivers what is waiting; where a run is under way in this process, that one looks once more. Throws `Unavailable` if the kms does
 * not respond: what was sent by then is settled first thing in the next run.
 */
export type DeliverMails = () => Promise<void>;

type Attempt = { mail: ClaimedMail; isTaken: boolean; isFinal: boolean; report: () => Promise<void> };

export const createMailDelivery = (options: MailDeliveryOptions): DeliverMails => {
  const { queue, email, wording, recorder, log, now } = options;
  /** Sent or given up, which the kms does not know yet. */
  const unsettled = new Set<string>();
  let busyUntilMs = 0;
  let isAskedAgain = false;

  /** A mail that another version of Fountain has stored may have no text here; it must not hold up the others. */
  const deliver = async (send: Messenger, mail: ClaimedMail): Promise<Delivery> => {
    try {
      return await send(wording.mail(mail));
    } catch (error) {
      return failure("rejected", { cause: describeError(error) });
    }
  };

  const attempt = async (send: Messenger, mail: ClaimedMail): Promise<Attempt> => {
    const { id, kind, userId, attempt: count, isLastAttempt } = mail;
    // The kms reports by itself, for no caller.
    const event = { action: "mail.send", actor: undefined, target: userId ?? undefined, method: "email" } as const;
    const delivery = await deliver(send, mail);
    if (delivery.ok) {
      const report = () => recorder.record({ ...event, outcome: "success", detail: { id, kind } });
      return { mail, isTaken: true, isFinal: true, report };
    }
    const { kind: reason, cause } = delivery.error;
    if (reason !== "no-such-destination" && !isLastAttempt) {
      log("warn", "mail.failed", { id, kind, attempt: count, reason, error: cause });
      return { mail, isTaken: false, isFinal: false, report: async () => {} };
    }
    const report = () => recorder.record({ ...event, outcome: "failure", reason, detail: { id, kind, error: cause } });
    return { mail, isTaken: reason === "no-such-destination", isFinal: true, report };
  };

  const settle = async (): Promise<void> => {
    if (unsettled.size === 0) return;
    const ids = [...unsettled];
    await queue.settle(ids);
    for (const id of ids) unsettled.delete(id);
  };

  /** Whether it is worth continuing: there was something, and the mail server takes mail. */
  const deliverBatch = async (send: Messenger): Promise<boolean> => {
    await settle();
    const mails = await queue.claim(BATCH);
    const attempts = await Promise.all(mails.map((mail) => attempt(send, mail)));
    const final = attempts.filter(({ isFinal }) => isFinal);
    for (const { mail } of final) unsettled.add(mail.id);
    await settle();
    for (const { report } of final) await report();
    return attempts.some(({ isTaken }) => isTaken);
  };

  return async () => {
    if (email === undefined) return;
    isAskedAgain = true;
    if (now() < busyUntilMs) return;
    const startedAtMs = now();
    busyUntilMs = startedAtMs + RUN_ENDS_WITHIN_MS;
    try {
      while (isAskedAgain && now() - startedAtMs < RUN_FOR_MS) {
        isAskedAgain = false;
        while ((await deliverBatch(email)) && now() - startedAtMs < RUN_FOR_MS);
      }
    } finally {
      busyUntilMs = 0;
    }
  };
};
