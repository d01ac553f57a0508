/** The sessions in which people act themselves, as on pages. */
import { isAlive, type OpenSession, type SessionStore } from "../sessions/session.ts";

/** The session, if it is a person's own and they may act in it; `undefined`: it has ended, or is a client's. */
export type ActingSession = (sessionId: string | undefined) => Promise<OpenSession | undefined>;

export const createActingSession =
  (sessions: Pick<SessionStore, "find">, now: () => number): ActingSession =>
  async (sessionId) => {
    const found = sessionId === undefined ? undefined : await sessions.find(sessionId);
    if (!found || found.session.grantedScopes !== null) return undefined;
    return isAlive(found.session, now()) && found.user.lockedAt === null ? found : undefined;
  };
