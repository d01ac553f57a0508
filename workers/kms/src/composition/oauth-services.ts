/** Composes the OAuth 2.1 and OpenID Connect provider. */
import { createAttemptStore } from "../accounts/password-attempts.store.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import { createActingSession } from "../authorization/acting-session.ts";
import { createApplicationStore } from "../authorization/applications.store.ts";
import { type Applications, createApplications } from "../authorization/applications.ts";
import { createAuthorizationStore } from "../authorization/authorization.store.ts";
import { type Authorizations, createAuthorizations } from "../authorization/authorizations.ts";
import { createCodeRedemption, type RedeemCode } from "../authorization/code-redemption.ts";
import { createFirstTokens } from "../authorization/first-tokens.ts";
import { createPushedRequests, type PushedRequests } from "../authorization/pushed-requests.ts";
import { createShownScopes } from "../authorization/shown-scopes.ts";
import { createDescribedClientStore } from "../client-metadata/described-clients.store.ts";
import { createDescribedClients } from "../client-metadata/described-clients.ts";
import { createDocumentReader } from "../client-metadata/metadata-reader.ts";
import { macInContext } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import { createDeviceStore } from "../device/device.store.ts";
import { createDeviceRedemption, type RedeemDeviceCode } from "../device/device-redemption.ts";
import { createDeviceRequests, type DeviceRequests } from "../device/device-requests.ts";
import { createIdTokens, type IdTokenFor } from "../identity/id-token.ts";
import { createIdTokenHints } from "../identity/id-token-hint.ts";
import { createLogoutRequest, type RequestLogout } from "../identity/logout-request.ts";
import type { ClientStore } from "../oauth-clients/client.ts";
import { type AuthenticateClient, createClientAuthentication } from "../oauth-clients/client-authentication.ts";
import { type ClientRegistry, createClientRegistry } from "../oauth-clients/client-registry.ts";
import { createClientStore } from "../oauth-clients/clients.store.ts";
import { withOwnClient } from "../oauth-clients/own-client.ts";
import { createRefreshTokens } from "../sessions/refresh-token.ts";
import type { IssueToken } from "../tokens/access-token.ts";
import type { KeyRing } from "../tokens/key-ring.ts";
import type { UpstreamScopes } from "../upstream-scopes/upstream-scopes.ts";
import type { AccountServices } from "./account-services.ts";
import type { Foundation } from "./foundation.ts";

/** A code that comes back by then ends what it gave. */
const USED_CODE_RETENTION_MS = 24 * 60 * 60 * 1000;

/** Until then, a device that still asks gets the reason why it has to begin again. */
const EXPIRED_DEVICE_RETENTION_MS = 60 * 60 * 1000;

export interface OAuthServices {
  storedClients: Pick<ClientStore, "find" | "list">;
  /** Whether clients that no one has registered may describe themselves. */
  readsDocuments: boolean;
  clientRegistry: ClientRegistry;
  authenticateClient: AuthenticateClient;
  authorizations: Authorizations;
  redeemCode: RedeemCode;
  pushedRequests: PushedRequests;
  deviceRequests: DeviceRequests;
  redeemDeviceCode: RedeemDeviceCode;
  requestLogout: RequestLogout;
  applications: Applications;
  /** The ID token that goes with an access token, where the client may know who the person is. */
  idTokenFor: IdTokenFor;
  /** Forgets what has expired. */
  purgeAuthorizations(): Promise<void>;
}

export interface OAuthServicesOptions {
  foundation: Pick<Foundation, "database" | "env">;
  keys: Pick<InternalKeys, "oauthMac" | "refreshTokenMac">;
  accounts: Pick<AccountServices, "sessions" | "storedSessions" | "users" | "origins" | "recogniseDevice">;
  idTokenKeyRing: KeyRing;
  upstreamScopes: UpstreamScopes;
  issueToken: IssueToken;
  recorder: AuditRecorder;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

export const createOAuthServices = (options: OAuthServicesOptions): OAuthServices => {
  const {
    foundation,
    keys,
    accounts,
    idTokenKeyRing,
    upstreamScopes,
    issueToken,
    recorder,
    randomBytes,
    now,
    createId,
  } = options;
  const { database, env } = foundation;
  const { sessions, storedSessions, origins } = accounts;
  const macKey = keys.oauthMac;
  const mac = (context: string, secret: string): string => macInContext(macKey, context, secret);
  const storedClients = createClientStore(database);
  const attempts = createAttemptStore(database);
  const store = createAuthorizationStore(database);
  const devices = createDeviceStore(database);
  const refreshTokens = createRefreshTokens(keys.refreshTokenMac, randomBytes);
  const firstTokens = createFirstTokens({ storedSessions, issueToken, stepUpForRoles: env.STEP_UP_FOR_ROLES });
  const shared = { recorder, mac, now };
  const readsDocuments = env.CIMD === "open";
  const clients = createDescribedClients({
    ...shared,
    store: createDescribedClientStore(database, storedClients),
    isOpen: readsDocuments,
    readDocument: createDocumentReader(env.INTERNET),
    declaredScopes: upstreamScopes.list,
    attempts,
    issuer: env.PUBLIC_URL,
  });
  const clientsOfDevices = withOwnClient(clients);
  const readIdTokenHint = createIdTokenHints({ issuer: env.PUBLIC_URL, published: idTokenKeyRing.published });
  const pushedRequests = createPushedRequests({ store, mac, randomBytes, now });
  return {
    storedClients,
    readsDocuments,
    clientRegistry: createClientRegistry({
      store: storedClients,
      upstreamScopes,
      recorder,
      macKey,
      randomBytes,
      now,
      createId,
    }),
    authenticateClient: createClientAuthentication({ clients: clientsOfDevices, macKey, recorder }),
    pushedRequests,
    authorizations: createAuthorizations({
      pushedRequests,
      clients,
      sessions: storedSessions,
      ...shared,
      store,
      readIdTokenHint,
      upstreamHosts: upstreamScopes,
      issuer: env.PUBLIC_URL,
      randomBytes,
    }),
    redeemCode: createCodeRedemption({ ...shared, store, sessions, refreshTokens, firstTokens, createId }),
    deviceRequests: createDeviceRequests({
      ...shared,
      store: devices,
      clients: clientsOfDevices,
      origins,
      actingSession: createActingSession(storedSessions, now),
      shownScopes: createShownScopes(store),
      attempts,
      randomBytes,
    }),
    redeemDeviceCode: createDeviceRedemption({
      ...shared,
      store: devices,
      refreshTokens,
      firstTokens,
      origins,
      users: accounts.users,
      recogniseDevice: accounts.recogniseDevice,
      createId,
    }),
    requestLogout: createLogoutRequest({ clients, sessions: storedSessions, readIdTokenHint }),
    applications: createApplications({ store: createApplicationStore(database), recorder, now }),
    idTokenFor: createIdTokens({ users: accounts.users, issuer: env.PUBLIC_URL, signer: idTokenKeyRing.signer, now }),
    purgeAuthorizations: async () => {
      await store.purge(new Date(now()), new Date(now() - USED_CODE_RETENTION_MS));
      await clients.purge();
      await devices.purge(new Date(now() - EXPIRED_DEVICE_RETENTION_MS));
    },
  };
};
