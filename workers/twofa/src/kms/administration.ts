/** The kms as those who administer other users need it. */
import type { KmsRpc } from "#shared/contracts/kms.ts";
import { failure, success, unwrap } from "#shared/lang/result.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import type { Administration } from "../model/ports.ts";

export const createAdministration = (
  kms: Pick<KmsRpc, "mayResetFactors" | "announceFactorReset" | "endSessionsOf" | "notifyUser">,
  deliverMails: () => void,
): Administration => ({
  mayReset: async (reset) => {
    const checked = await kms.mayResetFactors(reset);
    return checked.ok ? success(undefined) : checked;
  },
  announceReset: async (reset) => {
    const announced = await kms.announceFactorReset(reset);
    if (announced.ok) return success(undefined);
    if (announced.error.kind === "blocked") throw tooOften(announced.error.retryAfterSeconds);
    return failure(announced.error.kind);
  },
  endSessions: async (userId, actor) => {
    unwrap(await kms.endSessionsOf(userId, actor));
  },
  notify: async (userId, notice, addresses) => {
    unwrap(await kms.notifyUser(userId, notice, addresses));
    deliverMails();
  },
});
