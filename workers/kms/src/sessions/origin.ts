/** Where a session was opened, or wants to be, for its user to recognise: sealed where it is stored, and deleted with it. */
import { currentRequest } from "#shared/observability/context.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { Session } from "./session.ts";

/** Room for what browsers send; whatever is longer is no browser's, and cut off. */
const MAX_USER_AGENT_CHARACTERS = 256;

export interface Origin {
  /** The network address, if it is known for certain. */
  address?: string | undefined;
  /** What the software called itself, which may be anything. */
  userAgent?: string | undefined;
}

/** Where the request at hand comes from. */
export const originOfRequest = (): Origin => {
  const request = currentRequest();
  return { address: request?.clientAddress, userAgent: request?.userAgent };
};

export interface Origins {
  /** To be stored with this session, and nowhere else. */
  seal(sessionId: string, origin: Origin): Promise<string>;
  /** The sessions with their origins; throws where one was stored with another session, or changed. */
  openAll<Stored extends Session>(sessions: readonly Stored[]): Promise<(Stored & { origin: Origin })[]>;
  /** To be stored with a device that waits. */
  sealOfDevice(deviceCodeHash: string, origin: Origin): Promise<string>;
  openOfDevice(device: { deviceCodeHash: string; sealedOrigin: string | null }): Promise<Origin>;
}

const ofSession = (id: string): string => `sessions/${id}/sealed_origin`;
const ofDevice = (codeHash: string): string => `device_requests/${codeHash}/sealed_origin`;

export const createOrigins = (key: Uint8Array, randomBytes: RandomBytes): Origins => {
  const sealer = createSealer(key, randomBytes);

  const seal = (context: string, { address, userAgent }: Origin): Promise<string> =>
    sealer.seal(context, JSON.stringify({ address, userAgent: userAgent?.slice(0, MAX_USER_AGENT_CHARACTERS) }));

  const open = async (context: string, sealedOrigin: string | null): Promise<Origin> => {
    // Stored before origins were.
    if (sealedOrigin === null) return {};
    const opened = await sealer.open(context, sealedOrigin);
    if (opened === undefined) throw new Error(`${context} cannot be decrypted: its row was modified`);
    return JSON.parse(opened);
  };

  return {
    seal: (sessionId, origin) => seal(ofSession(sessionId), origin),
    openAll: (sessions) =>
      Promise.all(
        sessions.map(async (session) => ({
          ...session,
          origin: await open(ofSession(session.id), session.sealedOrigin),
        })),
      ),
    sealOfDevice: (deviceCodeHash, origin) => seal(ofDevice(deviceCodeHash), origin),
    openOfDevice: ({ deviceCodeHash, sealedOrigin }) => open(ofDevice(deviceCodeHash), sealedOrigin),
  };
};
