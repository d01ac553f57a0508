/** Where a session was opened, or wants to be, for its user to recognise: sealed where it is stored, and deleted with it. */
import type { RequestOrigin } from "#shared/contracts/mails.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { Session } from "./session.ts";

export interface Origins {
  /** To be stored with this session, and nowhere else. */
  seal(sessionId: string, origin: RequestOrigin): Promise<string>;
  /** The sessions with their origins; throws where one was stored with another session, or changed. */
  openAll<Stored extends Session>(sessions: readonly Stored[]): Promise<(Stored & { origin: RequestOrigin })[]>;
  /** To be stored with a device that waits. */
  sealOfDevice(deviceCodeHash: string, origin: RequestOrigin): Promise<string>;
  openOfDevice(device: { deviceCodeHash: string; sealedOrigin: string | null }): Promise<RequestOrigin>;
}

const ofSession = (id: string): string => `sessions/${id}/sealed_origin`;
const ofDevice = (codeHash: string): string => `device_requests/${codeHash}/sealed_origin`;

export const createOrigins = (key: Uint8Array, randomBytes: RandomBytes): Origins => {
  const sealer = createSealer(key, randomBytes);

  const seal = (context: string, origin: RequestOrigin): Promise<string> =>
    sealer.seal(context, JSON.stringify(origin));

  const open = async (context: string, sealedOrigin: string | null): Promise<RequestOrigin> => {
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
