/** A person with an account. */
import type { Role } from "#shared/contracts/rights.ts";

export interface User {
  id: string;
  username: string;
  email: string | null;
  roles: Role[];
  createdAt: Date;
}

export interface Credentials {
  user: User;
  passwordHash: string;
}

export interface UserRepository {
  findById(id: string): Promise<User | undefined>;
  /** By the key of a username, see `usernameKey`. */
  findCredentials(usernameKey: string): Promise<Credentials | undefined>;
  /** In the order of usernames, from the one after `afterKey`. */
  list(limit: number, afterKey: string | undefined): Promise<User[]>;
  isEmpty(): Promise<boolean>;
  /** false: the username is taken. */
  insert(user: User, passwordHash: string): Promise<boolean>;
  /** Stores the very first user; false: there is one already. */
  insertFirst(user: User, passwordHash: string): Promise<boolean>;
  /** Replaces a hash, unless it has been replaced meanwhile. */
  replacePasswordHash(userId: string, from: string, to: string): Promise<void>;
}
