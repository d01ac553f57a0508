/** What tests of sessions share: the sessions of one user on a database of its own, and a clock that they set. */
import type { Client } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { createEmailAddresses } from "../../../workers/kms/src/accounts/email-addresses.ts";
import type { Admission } from "../../../workers/kms/src/accounts/lockout.ts";
import type { Profile } from "../../../workers/kms/src/accounts/user.ts";
import { createUserStore } from "../../../workers/kms/src/accounts/users.store.ts";
import { createSealer } from "../../../workers/kms/src/crypto/sealing.ts";
import type { KmsDatabase } from "../../../workers/kms/src/db/connection.ts";
import * as schema from "../../../workers/kms/src/db/schema.ts";
import { createOrigins } from "../../../workers/kms/src/sessions/origin.ts";
import { createRefreshTokens } from "../../../workers/kms/src/sessions/refresh-token.ts";
import type { SessionStore } from "../../../workers/kms/src/sessions/session.ts";
import { createSessionStore } from "../../../workers/kms/src/sessions/sessions.store.ts";
import {
  createSessions,
  type Login,
  type Sessions,
  type SessionTokens,
} from "../../../workers/kms/src/sessions/sessions.ts";
import { createTokenIssuer } from "../../../workers/kms/src/tokens/access-token.ts";
import { generateSigningKey, unwrapSigningKey } from "../../../workers/kms/src/tokens/signing-key.ts";
import { openTestDatabase, type TestDatabase } from "../database.ts";
import { auditEntry, keysOf, randomBytes } from "../kms.ts";
import { createTestRecorder } from "./recorder.ts";

export const DAY_MS = 24 * 60 * 60 * 1000;
export const START_MS = Date.parse("2026-11-23T10:00:00Z");

export const refreshTokens = createRefreshTokens(Buffer.alloc(32, 2), randomBytes);

/** Of a login that counted nothing. */
export const NO_ADMISSION: Admission = {
  release: { cleared: [], reduced: [], by: undefined },
  location: undefined,
};

const createId = (): string => crypto.randomUUID();

/** For the tests of one file: a new user before each. */
export const useSessions = () => {
  const clock = { nowMs: START_MS };
  let opened: TestDatabase | undefined;
  let database: KmsDatabase;
  let users: ReturnType<typeof createUserStore>;
  let sessions: Sessions;
  let store: SessionStore;
  let user: Profile;

  beforeAll(async () => {
    opened = await openTestDatabase("kms");
    database = { client: opened.client, orm: drizzle({ client: opened.client, schema }) };
    const keys = await keysOf({ databases: { kms: opened.client }, secretKey: "a secret key for tests only" });
    users = createUserStore(database, createEmailAddresses(keys, randomBytes));
  });
  afterAll(() => opened?.close());

  beforeEach(async () => {
    clock.nowMs = START_MS;
    const wrapping = createSealer(Buffer.alloc(32, 1), randomBytes);
    const signingKey = await generateSigningKey(wrapping, new Date(clock.nowMs));
    const now = () => clock.nowMs;
    const signer = () => unwrapSigningKey(wrapping, signingKey);
    store = createSessionStore(database);
    sessions = createSessions({
      stepUpForRoles: new Set(["admin"]),
      store,
      recorder: createTestRecorder().recorder,
      refreshTokens,
      recogniseDevice: async ({ user: { id } }) => ({ device: `device of ${id}`, notice: undefined }),
      origins: createOrigins(Buffer.alloc(32, 3), randomBytes),
      issueToken: createTokenIssuer({ issuer: "https://fountain.example", signer, now, createId }),
      now,
      createId,
    });
    user = {
      id: createId(),
      username: `user-${createId()}`,
      email: null,
      roles: ["editor"],
      createdAt: new Date(clock.nowMs),
      emailVerifiedAt: null,
      lockedAt: null,
    };
    await users.insert({ user, hash: "not a hash" }, auditEntry());
  });

  return {
    clock,
    client: (): Client => database.client,
    database: (): KmsDatabase => database,
    sessions: () => sessions,
    store: () => store,
    user: () => user,
    /** How many rows of a table have this value in a column. */
    count: async (table: string, column: string, value: string): Promise<number> => {
      const { rows } = await database.client.execute({
        sql: `SELECT COUNT(*) AS found FROM ${table} WHERE ${column} = ?`,
        args: [value],
      });
      return Number(rows[0]?.["found"]);
    },
    open: async (): Promise<SessionTokens> => {
      const login: Login = { action: "login", acr: "aal1", amr: ["pwd"], admission: NO_ADMISSION, origin: {} };
      const result = await sessions.begin({ user, passwordChangedAt: null, sealedVerifiedEmail: null }, login);
      if (!result.ok) throw new Error(result.error.kind);
      return sessions.issue(result.value);
    },
    end: (sessionId: string): Promise<boolean> => sessions.end({ id: sessionId, userId: user.id }),
    refreshed: async (token: string) => {
      const result = await sessions.refresh(token);
      if (!result.ok) throw new Error(result.error.kind);
      return result.value;
    },
  };
};
