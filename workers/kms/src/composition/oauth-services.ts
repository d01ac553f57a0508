/** Composes the OAuth 2.1 and OpenID Connect provider. */
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import type { ClientStore } from "../oauth-clients/client.ts";
import { type ClientRegistry, createClientRegistry } from "../oauth-clients/client-registry.ts";
import { createClientStore } from "../oauth-clients/clients.store.ts";
import type { UpstreamScopes } from "../upstream-scopes/upstream-scopes.ts";
import type { Foundation } from "./foundation.ts";

export interface OAuthServices {
  storedClients: Pick<ClientStore, "find" | "list">;
  clientRegistry: ClientRegistry;
}

export interface OAuthServicesOptions {
  foundation: Pick<Foundation, "database" | "env">;
  keys: Pick<InternalKeys, "oauthMac">;
  upstreamScopes: UpstreamScopes;
  recorder: AuditRecorder;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

export const createOAuthServices = (options: OAuthServicesOptions): OAuthServices => {
  const { foundation, keys, upstreamScopes, recorder, randomBytes, now, createId } = options;
  const storedClients = createClientStore(foundation.database);
  return {
    storedClients,
    clientRegistry: createClientRegistry({
      store: storedClients,
      upstreamScopes,
      recorder,
      macKey: keys.oauthMac,
      randomBytes,
      now,
      createId,
    }),
  };
};
