/** The kms as logins by passkey need it. */

import type { KmsRpc } from "#shared/contracts/kms.ts";
import { success } from "#shared/lang/result.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import type { PasskeyLogins } from "../model/ports.ts";

export type LoginKms = Pick<KmsRpc, "admitPasskeyLogin" | "openPasskeySession" | "refusePasskeyLogin">;

export const createPasskeyLogins = (kms: LoginKms): PasskeyLogins => ({
  admit: async () => {
    const admitted = await kms.admitPasskeyLogin();
    return admitted.ok ? success(undefined) : admitted;
  },

  refuse: async (reason, userId) => {
    await kms.refusePasskeyLogin(reason, userId);
  },

  open: async (userId, method) => {
    const opened = await kms.openPasskeySession({ userId, method });
    if (opened.ok) return opened.value;
    switch (opened.error.kind) {
      case "blocked":
        throw tooOften(opened.error.retryAfterSeconds);
      case "refused":
        return undefined;
    }
  },
});
