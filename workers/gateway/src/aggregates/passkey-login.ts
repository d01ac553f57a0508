/** Login by passkey: twofa verifies it and has the kms open the session. The kms itself knows nothing of passkeys. */
import type { OpenedSession } from "#shared/contracts/kms.ts";
import type { TwofaRpc } from "#shared/contracts/twofa.ts";
import type { ChallengedOptions, PasskeyLogin } from "#shared/contracts/webauthn.ts";
import { unwrap } from "#shared/lang/result.ts";
import { problem } from "#shared/problem/problem.ts";

export interface PasskeyLogins {
  options(): Promise<ChallengedOptions>;
  /** Refuses with `login-refused`, whatever was wrong, or `too-many-attempts`. */
  logIn(login: PasskeyLogin): Promise<OpenedSession>;
}

export const createPasskeyLogins = (twofa: Pick<TwofaRpc, "passkeyOptions" | "logInByPasskey">): PasskeyLogins => ({
  options: async () => unwrap(await twofa.passkeyOptions()),

  logIn: async (login) => {
    const opened = await twofa.logInByPasskey(login);
    if (opened.ok) return opened.value;
    switch (opened.error.kind) {
      case "refused":
        throw problem("login-refused", {
          detail: "The passkey was not accepted. Request new options and try again.",
          headers: { "www-authenticate": "Bearer" },
        });
      case "locked":
        throw problem("too-many-attempts", {
          detail: "Too many attempts. Retry after the time in Retry-After; until then, no attempt is checked.",
          headers: { "retry-after": String(opened.error.retryAfterSeconds) },
        });
    }
  },
});
