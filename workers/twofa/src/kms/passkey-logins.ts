/** The kms as logins by passkey need it. */

import type { KmsRpc } from "#shared/contracts/kms.ts";
import { failure, success } from "#shared/lang/result.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { unavailable } from "#shared/problem/unavailable.ts";
import type { PasskeyLogins } from "../model/ports.ts";

export type LoginKms = Pick<KmsRpc, "admitPasskeyLogin" | "openPasskeySession" | "refusePasskeyLogin">;

const answerOf = async <Answer>(call: Promise<Answer>): Promise<Answer> => {
  try {
    return await call;
  } catch (cause) {
    throw unavailable({ cause });
  }
};

const gone = () => unavailable({ cause: new Error("the kms is unavailable") });

export const createPasskeyLogins = (kms: LoginKms): PasskeyLogins => ({
  admit: async () => {
    const admitted = await answerOf(kms.admitPasskeyLogin());
    if (admitted.ok) return success(undefined);
    if (admitted.error.kind === "unavailable") throw gone();
    return failure("blocked", { retryAfterSeconds: admitted.error.retryAfterSeconds });
  },

  refuse: async (reason, userId) => {
    const told = await answerOf(kms.refusePasskeyLogin(reason, userId));
    if (!told.ok) throw gone();
  },

  open: async (userId, method) => {
    const opened = await answerOf(kms.openPasskeySession({ userId, method }));
    if (opened.ok) return opened.value;
    if (opened.error.kind === "unavailable") throw gone();
    if (opened.error.kind === "blocked") throw tooOften(opened.error.retryAfterSeconds);
    return undefined;
  },
});
