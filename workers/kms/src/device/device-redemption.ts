/** What a device gets that asks whether it was let in (RFC 8628 §3.4, §3.5): once, a session of its client's. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { originOfRequest } from "#shared/observability/context.ts";
import type { UserStore } from "../accounts/user.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import {
  type FirstTokens,
  type OpenedSession,
  type PresentedGrant,
  sessionKey,
} from "../authorization/first-tokens.ts";
import { isOwnClient } from "../oauth-clients/own-client.ts";
import type { RecogniseDevice, SeenDevice } from "../sessions/known-devices.ts";
import type { Origins } from "../sessions/origin.ts";
import type { RefreshTokens } from "../sessions/refresh-token.ts";
import { isGoodAt } from "../sessions/session-grant.ts";
import { DEVICE_CODE_CONTEXT, type DeviceStore } from "./device.ts";

export interface PresentedDeviceCode extends PresentedGrant {
  deviceCode: string;
}

/** `too-soon`: the device has to wait longer from now on. */
export type DeviceRedemptionFailure =
  | "unknown"
  | "expired"
  | "denied"
  | "undecided"
  | "too-soon"
  | "target-exceeded"
  | "token-too-long";

/** Asked as often as a device likes, these would fill the audit trail; nothing has been decided yet. */
const NOT_RECORDED: readonly DeviceRedemptionFailure[] = ["undecided", "too-soon"];

export type RedeemDeviceCode = (
  presented: PresentedDeviceCode,
) => Promise<Result<OpenedSession, DeviceRedemptionFailure>>;

export interface DeviceRedemptionOptions {
  store: Pick<DeviceStore, "findByDeviceCode" | "noteAsked" | "redeem" | "userOf">;
  refreshTokens: Pick<RefreshTokens, "create">;
  firstTokens: FirstTokens;
  origins: Pick<Origins, "seal">;
  users: Pick<UserStore, "findCredentialsById">;
  recogniseDevice: RecogniseDevice;
  recorder: AuditRecorder;
  mac: (context: string, secret: string) => string;
  now: () => number;
  createId: () => string;
}

export const createDeviceRedemption = (options: DeviceRedemptionOptions): RedeemDeviceCode => {
  const { store, refreshTokens, firstTokens, origins, users, recogniseDevice, recorder, mac, now, createId } = options;

  /** The device, where it acts as the person: such a session is a login like any other. */
  const seenDevice = async (clientId: string, userId: string): Promise<SeenDevice | undefined> => {
    const credentials = isOwnClient({ id: clientId }) ? await users.findCredentialsById(userId) : undefined;
    return credentials && recogniseDevice(credentials, originOfRequest());
  };

  const redeem: RedeemDeviceCode = async ({ clientId, deviceCode, audiences, jkt, isAuthenticated }) => {
    const deviceCodeHash = mac(DEVICE_CODE_CONTEXT, deviceCode);
    const found = await store.findByDeviceCode(deviceCodeHash);
    if (!found || found.clientId !== clientId) return failure("unknown");
    const at = new Date(now());
    if (found.expiresAt <= at) return failure("expired");
    if (found.decision === "refused") return failure("denied");
    if (found.decision === null) {
      const intervalMs = await store.noteAsked(deviceCodeHash, at);
      return failure(intervalMs > found.intervalMs ? "too-soon" : "undecided");
    }
    if (audiences && !isGoodAt(found, audiences)) return failure("target-exceeded");
    const userId = await store.userOf(deviceCodeHash);
    if (userId === undefined) return failure("unknown");
    const openedSessionId = createId();
    const sessionJkt = sessionKey({ jkt, isAuthenticated });
    const seen = await seenDevice(clientId, userId);
    const sealedOrigin = await origins.seal(openedSessionId, originOfRequest());
    const { token: refreshToken, hash: refreshTokenHash } = refreshTokens.create();
    const opened = { deviceCodeHash, clientId, at, openedSessionId, refreshTokenHash, sessionJkt, sealedOrigin, seen };
    const isRedeemed = await recorder.change(
      { action: "token.device-code", outcome: "success", actor: userId, target: openedSessionId },
      (entry) => store.redeem(opened, entry),
    );
    // Another question was faster, or the session that let it in has ended.
    if (!isRedeemed) return failure("unknown");
    const issued = await firstTokens(openedSessionId, at, { audiences, jkt });
    return issued.ok ? success({ ...issued.value, refreshToken }) : issued;
  };

  return async (presented) => {
    const redeemed = await redeem(presented);
    if (!redeemed.ok && !NOT_RECORDED.includes(redeemed.error.kind))
      await recorder.record({
        action: "token.device-code",
        outcome: "failure",
        reason: redeemed.error.kind,
        target: presented.clientId,
      });
    return redeemed;
  };
};
