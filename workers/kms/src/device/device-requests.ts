/**
 * The device flow (RFC 8628) up to the person's decision. What they type is counted by who they are: a code that fits no device is
 * a guess, and who guesses on has to wait. A person is asked each time, whichever client it is: that someone sent them
 * the code proves nothing (§5.4).
 */
import type { Audience } from "#shared/contracts/access-token.ts";
import type { DeviceCall, DeviceDecision, DeviceFailure, DeviceQuestion } from "#shared/contracts/authorization.ts";
import { STEP_UP_MAX_AGE_SECONDS } from "#shared/contracts/granting.ts";
import type { GrantedScope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { originOfRequest } from "#shared/observability/context.ts";
import { type AttemptStore, allowanceOf } from "../accounts/lockout.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { ActingSession } from "../authorization/acting-session.ts";
import type { ShownScopes } from "../authorization/shown-scopes.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { hostOf, type KnownClients, type OAuthClient } from "../oauth-clients/client.ts";
import { isOwnClient } from "../oauth-clients/own-client.ts";
import type { Origins } from "../sessions/origin.ts";
import type { OpenSession } from "../sessions/session.ts";
import {
  DEVICE_CODE_CONTEXT,
  type DeviceStore,
  INTERVAL_MS,
  type StoredDeviceRequest,
  USER_CODE_CONTEXT,
} from "./device.ts";
import { newUserCode, readUserCode, shownUserCode } from "./user-code.ts";

const TTL_SECONDS = 10 * 60;
/** What gets access to all of an account waits for a shorter time. */
const OWN_TTL_SECONDS = 5 * 60;
const SECRET_BYTES = 32;
/** Two devices get the same code of 20^8 once in a blue moon. */
const TRIES = 3;
const GUESSES_CONTEXT = "device-guesses";

export interface WantedAccess {
  scopes: GrantedScope[];
  audiences: Audience[] | undefined;
}

/** What the device gets, and shows. */
export interface BegunDevice {
  deviceCode: string;
  userCode: string;
  expiresInSeconds: number;
  intervalSeconds: number;
}

export interface DeviceRequests {
  /** `client` has authenticated, or is public. */
  begin(client: OAuthClient, wanted: WantedAccess): Promise<BegunDevice>;
  question(call: DeviceCall): Promise<Result<DeviceQuestion, DeviceFailure>>;
  decide(decision: DeviceDecision): Promise<Result<true, DeviceFailure>>;
}

export interface DeviceRequestsOptions {
  store: DeviceStore;
  clients: Pick<KnownClients, "current">;
  origins: Pick<Origins, "sealOfDevice" | "openOfDevice">;
  actingSession: ActingSession;
  shownScopes: ShownScopes;
  attempts: Pick<AttemptStore, "read" | "reserve" | "release">;
  recorder: AuditRecorder;
  mac: (context: string, secret: string) => string;
  randomBytes: RandomBytes;
  now: () => number;
}

interface Found {
  /** As it was typed, in its normal form. */
  code: string;
  request: StoredDeviceRequest;
  client: OAuthClient;
  open: OpenSession;
}

export const createDeviceRequests = (options: DeviceRequestsOptions): DeviceRequests => {
  const { store, clients, origins, actingSession, shownScopes, attempts, recorder, mac, randomBytes, now } = options;

  const findRequest = async (userCode: string, userId: string): Promise<Omit<Found, "open"> | undefined> => {
    const code = readUserCode(userCode);
    if (code === undefined) return undefined;
    const request = await store.findWaiting(mac(USER_CODE_CONTEXT, code), new Date(now()));
    if (!request) return undefined;
    const client = await clients.current(request.clientId, userId);
    return client.ok ? { code, request, client: client.value } : undefined;
  };

  /** Whether the person has authenticated as recently as for whatever creates a credential. */
  const isFresh = ({ session }: OpenSession): boolean =>
    now() - session.authenticatedAt.getTime() <= STEP_UP_MAX_AGE_SECONDS * 1000;

  /** The request with the code. It is counted as a guess before it is looked for; that is taken back if it is right. */
  const find = async ({ userCode, sessionId }: DeviceCall): Promise<Result<Found, DeviceFailure>> => {
    const open = await actingSession(sessionId);
    if (!open) return failure("no-session");
    const counter = mac(GUESSES_CONTEXT, open.user.id);
    const at = new Date(now());
    if (!(await attempts.reserve([counter], undefined, at))) {
      const { waitSeconds } = allowanceOf(await attempts.read([counter], at), now());
      return failure("blocked", { retryAfterSeconds: Math.max(1, waitSeconds) });
    }
    const found = await findRequest(userCode, open.user.id);
    if (!found) return failure("unknown");
    // Not cleared: else one's own device would allow any number of guesses.
    await attempts.release({ cleared: [], reduced: [counter], by: undefined });
    return success({ ...found, open });
  };

  return {
    begin: async ({ id: clientId }, { scopes, audiences }) => {
      const deviceCode = Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
      const expiresInSeconds = isOwnClient({ id: clientId }) ? OWN_TTL_SECONDS : TTL_SECONDS;
      const deviceCodeHash = mac(DEVICE_CODE_CONTEXT, deviceCode);
      const request = {
        deviceCodeHash,
        clientId,
        scopes,
        audiences: audiences ?? null,
        sealedOrigin: await origins.sealOfDevice(deviceCodeHash, originOfRequest()),
        intervalMs: INTERVAL_MS,
        expiresAt: new Date(now() + expiresInSeconds * 1000),
      };
      for (let tries = 0; tries < TRIES; tries += 1) {
        const code = newUserCode(randomBytes);
        if (await store.insert({ ...request, userCodeHash: mac(USER_CODE_CONTEXT, code) }))
          return {
            deviceCode,
            userCode: shownUserCode(code),
            expiresInSeconds,
            intervalSeconds: INTERVAL_MS / 1000,
          };
      }
      throw new Unavailable("no user code is free");
    },

    question: async (call) => {
      const found = await find(call);
      if (!found.ok) return found;
      const { client, code, request } = found.value;
      const { id: clientId, name, isPublic: isUnverified } = client;
      const hasFullAccess = isOwnClient(client);
      const [scopes, origin] = await Promise.all([
        hasFullAccess ? [] : shownScopes(request.scopes),
        origins.openOfDevice(request),
      ]);
      return success({
        userCode: shownUserCode(code),
        client: { clientId, name, isUnverified, host: hostOf(client) },
        scopes,
        hasFullAccess,
        origin: { address: origin.address ?? null, userAgent: origin.userAgent ?? null },
      });
    },

    decide: async ({ allow, ...call }) => {
      const found = await find(call);
      if (!found.ok) return found;
      const { request, client, open } = found.value;
      if (allow && isOwnClient(client) && !isFresh(open)) return failure("stale");
      const { userCodeHash } = request;
      const about = { action: "authorization.grant", actor: open.user.id, target: client.id } as const;
      const isDecided = await recorder.change(
        allow ? { ...about, outcome: "success" } : { ...about, outcome: "refused", reason: "denied" },
        (entry) =>
          store.decide(
            { userCodeHash, sessionId: call.sessionId, decision: allow ? "allowed" : "refused", at: new Date(now()) },
            entry,
          ),
      );
      return isDecided ? success(true) : failure("unknown");
    },
  };
};
