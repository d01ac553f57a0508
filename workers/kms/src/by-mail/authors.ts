/**
 * Those who have links made for other people. What they may do is asked again when a link is used: one by someone who has lost
 * these rights, or for someone who has gained more than they have, is worth nothing.
 */
import type { Roles } from "../accounts/roles.ts";
import type { EntitledUser, UserStore } from "../accounts/user.ts";

/** What it takes to have links made. */
const AUTHORS_SCOPE = "users:admin";

export interface AuthorsOptions {
  users: Pick<UserStore, "findEntitled">;
  roles: Pick<Roles, "mayGrant">;
}

/** The author with this id, if they may do so right now for someone with these roles. */
export const entitledAuthor = async (
  { users, roles }: AuthorsOptions,
  id: string,
  rolesOfOther: readonly string[],
): Promise<EntitledUser | undefined> => {
  const author = await users.findEntitled(id);
  const held = new Set(author?.permissions);
  const isEntitled = author?.user.lockedAt === null && held.has(AUTHORS_SCOPE);
  return isEntitled && (await roles.mayGrant(rolesOfOther, held)).ok ? author : undefined;
};
