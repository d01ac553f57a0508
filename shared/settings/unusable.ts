/** A worker whose settings are not usable does nothing until an operator has corrected them. */
import { causesOf, Unavailable } from "../lang/unavailable.ts";

/** The message names the settings, and never a value. */
export class UnusableSettings extends Unavailable {
  override readonly name = "UnusableSettings";

  constructor(message: string) {
    super(message, {
      detail: "A worker's settings are invalid. Ask the operator to check its log, which names the setting.",
    });
  }
}

/** What has been reported in this isolate. */
const reported = new Set<string>();

/** Whether the failure is one of settings, and is known already: they stay as they are as long as the isolate. */
export const isReportedSetting = (error: unknown): boolean => {
  const unusable = [...causesOf(error)].find((at) => at instanceof UnusableSettings);
  if (unusable === undefined) return false;
  const isKnown = reported.has(unusable.message);
  reported.add(unusable.message);
  return isKnown;
};
