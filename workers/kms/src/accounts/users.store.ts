/** Users in the database. */
import type { InStatement, Row } from "@libsql/client";
import { and, asc, desc, eq, isNotNull, or, sql } from "drizzle-orm";
import { z } from "zod";
import { userHolder } from "#shared/contracts/principal.ts";
import { ADMIN_ROLE, isUpstreamScope } from "#shared/contracts/rights.ts";
import { isUniqueViolation } from "#shared/db/database.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import { insertConsent } from "../consents/consents.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { LAST_SEEN_AT, listedUsers } from "../db/listed-users.ts";
import { users } from "../db/schema/accounts.ts";
import { insertLetter, voidLinks, voidPasswordLinks } from "../links/links.store.ts";
import { insertNotice } from "../mails/mails.store.ts";
import { EARLIER_REVOCATION_COUNTS } from "../tokens/revocations.store.ts";
import { noteRightsChange } from "../tokens/rights-changes.store.ts";
import { DECLARED_SCOPES } from "../upstream-scopes/upstream-scopes.store.ts";
import type { EmailAddresses } from "./email-addresses.ts";
import { grantable } from "./rights.ts";
import type { Credentials, EntitledUser, Profile, StoredEntitlement, User, UserFilter, UserStore } from "./user.ts";
import { usernameKey, usernameSkeleton } from "./username.ts";

type UserRow = typeof users.$inferSelect;

/** With what is declared as of the same instant, so that a token has no more and no less. */
const PERMISSIONS_OF_USER = `json_object(
  'byRole', json((
    SELECT json_group_object(roles.name, json(roles.permissions)) FROM roles
    WHERE roles.name IN (SELECT value FROM json_each(users.roles)))),
  'declared', json(${DECLARED_SCOPES}))`;

/** What each of the user's roles grants, and which scopes are declared, as JSON. */
export const permissionsOfUser = sql<string>`${sql.raw(PERMISSIONS_OF_USER)}`;

/** Gives the row that {@link entitlementFrom} reads; for the transaction that opens a session. */
export const selectEntitlement = (userId: string): InStatement => ({
  sql: `SELECT roles, ${PERMISSIONS_OF_USER} AS permissions FROM users WHERE id = ?`,
  args: [userId],
});

const names = z.array(z.string());
const permissionsSchema = z.object({ byRole: z.record(z.string(), names), declared: names });

/** The user in a row, without password hash and email address. */
const userFrom = ({ id, username, roles, createdAt, lockedAt }: UserRow): User => ({
  id,
  username,
  roles,
  createdAt,
  lockedAt,
});

const entitlementOf = (roles: string[], permissions: string): StoredEntitlement => {
  const { byRole, declared } = permissionsSchema.parse(JSON.parse(permissions));
  const all = grantable(declared.filter(isUpstreamScope));
  const permissionsByRole = roles.includes(ADMIN_ROLE) ? { ...byRole, [ADMIN_ROLE]: all } : byRole;
  const granted = new Set(Object.values(permissionsByRole).flat());
  return { roles, permissions: all.filter((permission) => granted.has(permission)), permissionsByRole };
};

export const entitlementFrom = (row: Row): StoredEntitlement =>
  entitlementOf(z.array(z.string()).parse(JSON.parse(String(row["roles"]))), String(row["permissions"]));

export const entitledUserFrom = (row: UserRow, permissions: string): EntitledUser => {
  const { roles: _, ...entitlement } = entitlementOf(row.roles, permissions);
  return { user: userFrom(row), ...entitlement };
};

export const credentialsFrom = (row: UserRow): Credentials => ({
  ...{ user: userFrom(row), passwordHash: row.passwordHash, passwordChangedAt: row.passwordChangedAt },
  sealedVerifiedEmail: row.emailVerifiedAt && row.sealedEmail,
});

/** The roles in the parameter but those that were deleted meanwhile. */
const EXISTING_ROLES = `(
  SELECT json_group_array(value) FROM json_each(?) WHERE value = '${ADMIN_ROLE}' OR value IN (SELECT name FROM roles))`;

/** Stores a user, on a condition. Fails with a unique violation where the username is taken. */
export const insertUser = async (
  emails: Pick<EmailAddresses, "seal">,
  user: Profile,
  passwordHash: string,
  condition = "",
): Promise<InStatement> => {
  const email = user.email === null ? undefined : await emails.seal(user.id, user.email);
  return {
    sql: `INSERT INTO users (id, username, username_key, username_skeleton, sealed_email, email_mac, email_verified_at,
            password_hash, roles, created_at)
          SELECT ?, ?, ?, ?, ?, ?, ?, ?, ${EXISTING_ROLES}, ? ${condition}`,
    args: [
      user.id,
      user.username,
      usernameKey(user.username),
      usernameSkeleton(user.username),
      email?.sealed ?? null,
      email?.mac ?? null,
      user.emailVerifiedAt?.getTime() ?? null,
      passwordHash,
      JSON.stringify(user.roles),
      user.createdAt.getTime(),
    ],
  };
};

/** Whether the user is an administrator who may log in, in a statement about `users`. */
export const IS_ADMIN = `(locked_at IS NULL AND EXISTS (SELECT 1 FROM json_each(roles) WHERE value = '${ADMIN_ROLE}'))`;

/**
 * Whether the user in the row can lose their rights, or be deleted: another administrator must remain. To stand in the
 * condition of one statement about `users`, so that two administrators cannot depose each other at once.
 */
export const MAY_GO = `(NOT ${IS_ADMIN} OR EXISTS (
  SELECT 1 FROM users AS other WHERE other.id <> users.id AND other.locked_at IS NULL
    AND EXISTS (SELECT 1 FROM json_each(other.roles) WHERE value = '${ADMIN_ROLE}')))`;

/** Ends the sessions of a user but the one kept, and revokes their tokens, if the user is as the condition says. */
export const endSessions = (
  { userId, keptId, at }: { userId: string; keptId: string | null; at: Date },
  condition: string,
  value: string | number,
): InStatement[] => {
  const isDone = `EXISTS (SELECT 1 FROM users WHERE id = ? AND ${condition})`;
  const args = [at.getTime(), userId, keptId, userId, value];
  return [
    {
      sql: `INSERT INTO revocations (revoked_id, revoked_at) SELECT id, ? FROM sessions
            WHERE user_id = ? AND id IS NOT ? AND ended_at IS NULL AND ${isDone} ${EARLIER_REVOCATION_COUNTS}`,
      args,
    },
    {
      sql: `UPDATE sessions SET ended_at = ? WHERE user_id = ? AND id IS NOT ? AND ended_at IS NULL AND ${isDone}`,
      args,
    },
  ];
};

/** false also where the username is taken. */
export const unlessTaken = (changing: Promise<boolean>): Promise<boolean> =>
  changing.catch((error: unknown) => {
    if (isUniqueViolation(error)) return false;
    throw error;
  });

/** What was mailed to the address until then is of no use any more. */
const voidAddressLinks = (userId: string, exceptId = ""): InStatement =>
  voidLinks({ userId, purposes: ["email-verification", "password-reset"], exceptId }, "id = ?", userId);

export const createUserStore = ({ orm, client }: KmsDatabase, emails: EmailAddresses): UserStore => {
  const profileFrom = async (row: UserRow): Promise<Profile> => ({
    ...userFrom(row),
    email: row.sealedEmail === null ? null : await emails.open(row.id, row.sealedEmail),
    emailVerifiedAt: row.emailVerifiedAt,
  });

  /** Prepared once: drizzle takes a quarter of a read's time in the worker to put a statement together. */
  const byId = orm
    .select()
    .from(users)
    .where(eq(users.id, sql.placeholder("id")))
    .prepare();

  const found = ({ search, role, locked: isLocked }: UserFilter) => ({
    ...(search !== undefined && { key: usernameKey(search), mac: emails.macOf(search) }),
    ...{ role, isLocked },
  });

  /** Whether the statement changed a row; its audit entry, and then the others, stand in the same transaction. */
  const change = async (statement: InStatement, entry: AuditEntry, ...others: InStatement[]): Promise<boolean> => {
    const [changed] = await client.batch([statement, appendEntry(entry, "changed"), ...others], "write");
    return changed?.rowsAffected === 1;
  };

  return {
    findById: async (id) => {
      const row = await byId.get({ id });
      return row && profileFrom(row);
    },
    findEntitled: async (id) => {
      const [row] = await orm
        .select({ user: users, permissions: permissionsOfUser })
        .from(users)
        .where(eq(users.id, id));
      return row && entitledUserFrom(row.user, row.permissions);
    },
    findCredentials: async (key) => {
      const [row] = await orm.select().from(users).where(eq(users.usernameKey, key));
      return row && credentialsFrom(row);
    },
    findCredentialsById: async (id) => {
      const row = await byId.get({ id });
      return row && credentialsFrom(row);
    },
    findByLogin: async (login) => {
      const mac = emails.macOf(login);
      const [row] = await orm
        .select()
        .from(users)
        .where(
          or(eq(users.usernameKey, usernameKey(login)), and(eq(users.emailMac, mac), isNotNull(users.emailVerifiedAt))),
        )
        .orderBy(desc(sql`${users.emailMac} IS ${mac} AND ${users.emailVerifiedAt} IS NOT NULL`), asc(users.createdAt))
        .limit(1);
      return row && profileFrom(row);
    },
    list: async (filter, limit, afterKey) => {
      const rows = await orm
        .select({ user: users, lastSeenAt: LAST_SEEN_AT })
        .from(users)
        .where(listedUsers({ ...found(filter), afterKey, limit }))
        .orderBy(asc(users.usernameKey));
      return Promise.all(rows.map(async ({ user, lastSeenAt }) => ({ ...(await profileFrom(user)), lastSeenAt })));
    },
    isTaken: async (username) => {
      const isAlike = or(
        eq(users.usernameKey, usernameKey(username)),
        eq(users.usernameSkeleton, usernameSkeleton(username)),
      );
      return (await orm.select({ id: users.id }).from(users).where(isAlike).limit(1)).length > 0;
    },
    isEmpty: async () => (await orm.select({ id: users.id }).from(users).limit(1)).length === 0,
    insert: async ({ user, hash, letter, consents = [] }, entry) => {
      const others = [...insertLetter(letter), ...consents.map((consent) => insertConsent(user.id, consent))];
      return unlessTaken(change(await insertUser(emails, user, hash), entry, ...others));
    },
    insertFirst: async (user, passwordHash, entry) => {
      const first = await insertUser(emails, user, passwordHash, "WHERE NOT EXISTS (SELECT 1 FROM users)");
      return change(first, entry, { sql: "UPDATE users SET awaits_first_login = 1 WHERE id = ?", args: [user.id] });
    },
    update: async (userId, { username, email }, entry, { letter, notice }) => {
      const stored = typeof email === "string" ? await emails.seal(userId, email) : undefined;
      const columns: Record<string, string | null> = {
        ...(username !== undefined && {
          username,
          username_key: usernameKey(username),
          username_skeleton: usernameSkeleton(username),
        }),
        ...(email !== undefined && {
          sealed_email: stored?.sealed ?? null,
          email_mac: stored?.mac ?? null,
          email_verified_at: null,
        }),
      };
      const assignments = Object.keys(columns).map((column) => `${column} = ?`);
      return unlessTaken(
        change(
          {
            sql: `UPDATE users SET ${assignments.join(", ")} WHERE id = ?`,
            args: [...Object.values(columns), userId],
          },
          entry,
          ...insertLetter(letter, notice),
          ...(email === undefined ? [] : [voidAddressLinks(userId, letter?.link.id)]),
        ),
      );
    },
    replacePasswordHash: async (userId, from, to) => {
      await client.execute({
        sql: "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?",
        args: [to, userId, from],
      });
    },
    changePassword: ({ userId, from, to, at, keptSessionId }, entry, notice) => {
      const sql = "UPDATE users SET password_hash = ?, password_changed_at = ? WHERE id = ? AND password_hash = ?";
      const ended = endSessions({ userId, keptId: keptSessionId, at }, "password_hash = ?", to);
      const voided = voidPasswordLinks(userId, "password_hash = ?", to);
      const args = [to, at.getTime(), userId, from];
      return change({ sql, args }, entry, ...insertNotice(notice), ...ended, voided);
    },
    setRoles: (userId, roles, at, entry) => {
      const condition = roles.includes(ADMIN_ROLE) ? "TRUE" : MAY_GO;
      const sql = `UPDATE users SET roles = ${EXISTING_ROLES} WHERE id = ? AND ${condition}`;
      const args = [JSON.stringify(roles), userId];
      return change({ sql, args }, entry, noteRightsChange(userHolder(userId), at));
    },
    lock: (userId, at, entry) => {
      const sql = `UPDATE users SET locked_at = ? WHERE id = ? AND locked_at IS NULL AND ${MAY_GO}`;
      const others = endSessions({ userId, keptId: null, at }, "locked_at = ?", at.getTime());
      const voided = voidPasswordLinks(userId, "locked_at = ?", at.getTime());
      return change({ sql, args: [at.getTime(), userId] }, entry, ...others, voided);
    },
    announceReset: async (userId, notice, at, entry) => {
      await client.batch(
        [
          appendEntry(entry, "always"),
          ...insertNotice(notice),
          ...endSessions({ userId, keptId: null, at }, "id = ?", userId),
        ],
        "write",
      );
    },
    unlock: (userId, entry) =>
      change(
        { sql: "UPDATE users SET locked_at = NULL WHERE id = ? AND locked_at IS NOT NULL", args: [userId] },
        entry,
      ),
  };
};
