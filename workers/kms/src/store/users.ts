/** Users in the database. */
import { asc, eq, gt } from "drizzle-orm";
import { isUniqueViolation } from "#shared/db/database.ts";
import type { User, UserRepository } from "../domain/user.ts";
import { usernameKey } from "../domain/username.ts";
import type { KmsDatabase } from "./connection.ts";
import { users } from "./schema.ts";

type UserRow = typeof users.$inferSelect;

/** The user in a row, without his password hash. */
export const userFrom = ({ id, username, email, roles, createdAt }: UserRow): User => ({
  id,
  username,
  email,
  roles,
  createdAt,
});

const INSERT_FIRST = `
  INSERT INTO users (id, username, username_key, email, password_hash, roles, created_at)
  SELECT ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM users)`;

export const createUserRepository = ({ orm, client }: KmsDatabase): UserRepository => ({
  findById: async (id) => {
    const [row] = await orm.select().from(users).where(eq(users.id, id));
    return row && userFrom(row);
  },
  findCredentials: async (key) => {
    const [row] = await orm.select().from(users).where(eq(users.usernameKey, key));
    return row && { user: userFrom(row), passwordHash: row.passwordHash };
  },
  list: async (limit, afterKey) => {
    const rows = await orm
      .select()
      .from(users)
      .where(afterKey === undefined ? undefined : gt(users.usernameKey, afterKey))
      .orderBy(asc(users.usernameKey))
      .limit(limit);
    return rows.map(userFrom);
  },
  isEmpty: async () => (await orm.select({ id: users.id }).from(users).limit(1)).length === 0,
  insert: async (user, passwordHash) => {
    try {
      await orm.insert(users).values({ ...user, usernameKey: usernameKey(user.username), passwordHash });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  },
  insertFirst: async (user, passwordHash) => {
    const { rowsAffected } = await client.execute({
      sql: INSERT_FIRST,
      args: [
        user.id,
        user.username,
        usernameKey(user.username),
        user.email,
        passwordHash,
        JSON.stringify(user.roles),
        user.createdAt.getTime(),
      ],
    });
    return rowsAffected === 1;
  },
  replacePasswordHash: async (userId, from, to) => {
    await client.execute({
      sql: "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?",
      args: [to, userId, from],
    });
  },
});
