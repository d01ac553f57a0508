/**
 * Scoped keys for browsers, as Typesense has them: access tokens that search within a filter and do nothing else. They
 * carry the id of the session or API key they were asked for with, and are refused when that has ended.
 */
import { FIRST_PARTY_CLIENT, LONGEST_TOKEN_SECONDS } from "#shared/contracts/access-token.ts";
import type { IssuedSearchKey, SearchKeyGrant } from "#shared/contracts/kms.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { endOfKey, keyIdOfSession, stateOfKey } from "../api-keys/api-key.ts";
import type { ApiKeyStore } from "../api-keys/api-keys.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import { isAlive, SESSION_ABSOLUTE_LIMIT_MS, type Session } from "../sessions/session.ts";
import { type IssueToken, toSeconds } from "../tokens/access-token.ts";

/** No one authenticates with a scoped key: where a fresh login is required, it never suffices. */
const NEVER = new Date(0);

export interface SearchKeys {
  /** A key that ends when it is to, an hour from now or with its session or API key, whichever is first. */
  issue(grant: SearchKeyGrant): Promise<Result<IssuedSearchKey, "session-ended">>;
}

export interface SearchKeysOptions {
  sessions: { find(id: string): Promise<{ session: Session } | undefined> };
  apiKeys: Pick<ApiKeyStore, "find">;
  issueToken: IssueToken;
  recorder: AuditRecorder;
  now: () => number;
}

export const createSearchKeys = (options: SearchKeysOptions): SearchKeys => {
  const { sessions, apiKeys, issueToken, recorder, now } = options;

  /** When the session or API key ends by itself, in milliseconds; `undefined`: it has ended. */
  const endOf = async ({ clientId, sessionId }: SearchKeyGrant): Promise<number | undefined> => {
    if (clientId === FIRST_PARTY_CLIENT) {
      const found = await sessions.find(sessionId);
      return found && isAlive(found.session, now())
        ? found.session.createdAt.getTime() + SESSION_ABSOLUTE_LIMIT_MS
        : undefined;
    }
    const apiKey = (await apiKeys.find(keyIdOfSession(sessionId)))?.apiKey;
    if (apiKey?.service !== clientId || apiKey.sessionId !== sessionId) return;
    if (!["active", "grace"].includes(stateOfKey(apiKey, now()))) return;
    return endOfKey(apiKey)?.getTime() ?? Number.POSITIVE_INFINITY;
  };

  const issue: SearchKeys["issue"] = async (grant) => {
    const endsAtMs = await endOf(grant);
    if (endsAtMs === undefined) return failure("session-ended");
    const issuedAt = toSeconds(now());
    const expiresAtSeconds = Math.min(
      grant.expiresAtSeconds,
      issuedAt + LONGEST_TOKEN_SECONDS,
      Math.floor(endsAtMs / 1000),
    );
    if (expiresAtSeconds <= issuedAt) return failure("session-ended");
    const { accessToken } = await issueToken(
      {
        subject: grant.subject,
        clientId: grant.clientId,
        sessionId: grant.sessionId,
        roles: [],
        scopes: ["search:read"],
        acr: "aal1",
        amr: [],
        authenticatedAt: NEVER,
        searchFilter: grant.filter,
        ...(grant.limits && { searchLimits: grant.limits }),
      },
      expiresAtSeconds - issuedAt,
    );
    return success({ key: accessToken, expiresAtSeconds });
  };

  return {
    issue: async (grant) => {
      const issued = await issue(grant);
      const event = { action: "search-key.issue", actor: grant.subject, target: grant.sessionId } as const;
      if (issued.ok) await recorder.record({ ...event, outcome: "success" });
      else await recorder.record({ ...event, outcome: "failure", reason: issued.error.kind });
      return issued;
    },
  };
};
