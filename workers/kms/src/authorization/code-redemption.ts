/**
 * Trades an authorization code for a session of the client's (RFC 6749 §4.1.3, RFC 7636 §4.6): once. A second use ends what the
 * first one gave, because then two have the code (RFC 9700 §4.5).
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { RefreshTokens } from "../sessions/refresh-token.ts";
import { isGoodAt } from "../sessions/session-grant.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { AuthorizationStore } from "./authorization.ts";
import { CODE_CONTEXT } from "./authorizations.ts";
import { type FirstTokens, type OpenedSession, type PresentedGrant, sessionKey } from "./first-tokens.ts";

export interface PresentedCode extends PresentedGrant {
  code: string;
  redirectUri: string;
  /** S256 of the verifier that was sent. */
  codeChallenge: string;
}

export interface RedeemedCode extends OpenedSession {
  nonce: string | undefined;
}

export type RedemptionFailure = "unknown" | "reused" | "target-exceeded" | "token-too-long";

export type RedeemCode = (presented: PresentedCode) => Promise<Result<RedeemedCode, RedemptionFailure>>;

export interface CodeRedemptionOptions {
  store: Pick<AuthorizationStore, "findCode" | "redeem">;
  sessions: Pick<Sessions, "end">;
  refreshTokens: Pick<RefreshTokens, "create">;
  firstTokens: FirstTokens;
  recorder: AuditRecorder;
  mac: (context: string, secret: string) => string;
  now: () => number;
  createId: () => string;
}

export const createCodeRedemption = (options: CodeRedemptionOptions): RedeemCode => {
  const { store, sessions, refreshTokens, firstTokens, recorder, mac, now, createId } = options;

  const redeem: RedeemCode = async ({ code, audiences, jkt, isAuthenticated, ...shown }) => {
    const { clientId } = shown;
    const codeHash = mac(CODE_CONTEXT, code);
    const stored = await store.findCode(codeHash);
    if (!stored || stored.clientId !== clientId) return failure("unknown");
    if (audiences && !isGoodAt({ audiences: stored.audiences }, audiences)) return failure("target-exceeded");
    const at = new Date(now());
    const openedSessionId = createId();
    const sessionJkt = sessionKey({ jkt, isAuthenticated });
    const { token: refreshToken, hash: refreshTokenHash } = refreshTokens.create();
    const isRedeemed = await recorder.change(
      { action: "token.authorization-code", outcome: "success", actor: stored.userId, target: openedSessionId },
      (entry) => store.redeem({ ...shown, codeHash, at, openedSessionId, refreshTokenHash, sessionJkt }, entry),
    );
    if (!isRedeemed) {
      const { consumedAt, openedSessionId: given } = (await store.findCode(codeHash)) ?? stored;
      if (consumedAt === null || given === null) return failure("unknown");
      await sessions.end({ id: given, userId: stored.userId }, "code-reused");
      return failure("reused");
    }
    const issued = await firstTokens(openedSessionId, at, { audiences, jkt });
    return issued.ok ? success({ ...issued.value, refreshToken, nonce: stored.nonce ?? undefined }) : issued;
  };

  return async (presented) => {
    const redeemed = await redeem(presented);
    if (!redeemed.ok)
      await recorder.record({
        action: "token.authorization-code",
        outcome: "failure",
        reason: redeemed.error.kind,
        target: presented.clientId,
      });
    return redeemed;
  };
};
