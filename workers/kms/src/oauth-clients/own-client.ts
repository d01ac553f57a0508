/**
 * Fountain's own client, which no one registers: its command line logs people in by the device flow (RFC 8628), and then acts as the
 * people themselves, in an ordinary session of theirs.
 */
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { success } from "#shared/lang/result.ts";
import type { KnownClients, OAuthClient } from "./client.ts";

const OWN_CLIENT: OAuthClient = {
  id: FIRST_PARTY_CLIENT,
  name: "Fountain",
  // No browser is ever sent back to it.
  redirectUris: [],
  postLogoutRedirectUris: [],
  // It asks for nothing: what it gets is not restricted by scopes.
  scopes: [],
  isPublic: true,
  isTrusted: false,
  createdAt: new Date(0),
  readAt: null,
};

export const isOwnClient = ({ id }: Pick<OAuthClient, "id">): boolean => id === FIRST_PARTY_CLIENT;

/** Finds Fountain's own client beside the others. */
export const withOwnClient = ({
  find,
  current,
}: Pick<KnownClients, "find" | "current">): Pick<KnownClients, "find" | "current"> => ({
  find: async (id) => (isOwnClient({ id }) ? { client: OWN_CLIENT, secretHash: null } : find(id)),
  current: async (id, userId) => (isOwnClient({ id }) ? success(OWN_CLIENT) : current(id, userId)),
});
