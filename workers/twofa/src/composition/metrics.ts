/** The metrics of twofa that alerts wait for: the first value of a series is no increase, so each starts at 0. */
import { countMessage, countOtp } from "#shared/observability/metrics.ts";
import { CHECK_METHODS } from "../attempts/attempt.ts";
import { SENDING_CHANNELS } from "../model/challenge.ts";
import { DELIVERY_FAILURES } from "../model/delivery.ts";

const CHECK_OUTCOMES = ["accepted", "wrong", "replayed", "locked"];

/** Initialises the series of one-time codes and of messages. */
export const initializeMetrics = (): void => {
  for (const method of CHECK_METHODS) for (const outcome of CHECK_OUTCOMES) countOtp({ method, outcome }, 0);
  for (const channel of SENDING_CHANNELS)
    for (const outcome of ["delivered", ...DELIVERY_FAILURES]) countMessage({ channel, outcome }, 0);
};
