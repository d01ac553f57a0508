/**
 * Links by which the administrator whom the first start created logs in for the first time, choosing a password. Only who starts
 * the installation can have one made; it is shown once, and of no use once the administrator has got in by any way, was locked or
 * has chosen a password.
 */
import { STARTING_OPERATOR } from "#shared/contracts/principal.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { UserStore } from "../accounts/user.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { Links, StoredLink } from "../links/links.ts";

/** It is used at once, by the person who has started Fountain; each start makes another. */
const TTL_MS = 60 * 60_000;
const PURPOSE = "first-login";

export interface FirstLoginLinkStore {
  /** The administrator who has yet to log in for the first time. */
  expected(): Promise<{ id: string; username: string } | undefined>;
  /** Stores the link in the place of an earlier one; false: its user is not expected any more. */
  insert(link: StoredLink, entry: AuditEntry): Promise<boolean>;
}

export interface FirstLoginLinks {
  /** A link, which voids an earlier one; `undefined`: no one is expected. */
  create(): Promise<{ username: string; url: string; expiresAt: string } | undefined>;
  /** Whose first login the token is for. Nothing is used up by that. */
  usernameFor(token: string): Promise<Result<string, "refused">>;
}

export interface FirstLoginLinksOptions {
  store: FirstLoginLinkStore;
  users: Pick<UserStore, "findById">;
  links: Pick<Links, "create" | "find">;
  recorder: AuditRecorder;
  /** Whether anyone logs in with a password here. */
  isOffered: boolean;
  publicUrl: string;
}

export const createFirstLoginLinks = (options: FirstLoginLinksOptions): FirstLoginLinks => {
  const { store, users, links, recorder, isOffered, publicUrl } = options;
  return {
    create: async () => {
      const user = isOffered ? await store.expected() : undefined;
      if (!user) return undefined;
      const { stored, token } = await links.create({ purpose: PURPOSE, userId: user.id, ttlMs: TTL_MS });
      const isStored = await recorder.change(
        { action: "first-login-link.create", outcome: "success", actor: STARTING_OPERATOR, target: user.id },
        (entry) => store.insert(stored, entry),
      );
      if (!isStored) return undefined;
      const url = `${publicUrl}/account/first-login?token=${token}`;
      return { username: user.username, url, expiresAt: stored.expiresAt.toISOString() };
    },
    usernameFor: async (token) => {
      const link = await links.find([PURPOSE], token);
      const user = link && (await users.findById(link.userId ?? ""));
      return user ? success(user.username) : failure("refused");
    },
  };
};
