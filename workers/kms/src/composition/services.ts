import type { KeyUses } from "#shared/auth/key-uses.ts";
import type { BaseServices } from "#shared/http/worker-env.ts";
import type { Registration, SignInMethod } from "#shared/settings/sign-in.ts";
import type { ApiKeyStore, ApiKeys } from "../api-keys/api-keys.ts";
import type { KeyChanges } from "../api-keys/key-changes.ts";
import type { KeyUsageStore } from "../api-keys/key-usage.store.ts";
import type { AuditTrail } from "../audit/audit.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { AuditLog } from "../audit-log/audit-log.ts";
import type { Sealer } from "../crypto/sealing.ts";
import type { Clients } from "../oauth/clients.ts";
import type { SearchKeys } from "../oauth/search-key.ts";
import type { IssueUpstreamToken } from "../oauth/upstream-token.ts";
import type { DescribePrincipal } from "../principals/principal-description.ts";
import type { Privacy } from "../privacy/privacy.ts";
import type { ServiceStore } from "../services/service.ts";
import type { ServiceRegistry } from "../services/service-registry.ts";
import type { Webhooks } from "../services/webhooks.ts";
import type { KeyRing } from "../tokens/key-ring.ts";
import type { SigningKeys } from "../tokens/signing-keys.ts";
import type { UpstreamScopes } from "../upstream-scopes/upstream-scopes.ts";
import type { AccountServices } from "./account-services.ts";
import type { OAuthServices } from "./oauth-services.ts";
import type { Vault } from "./vault-services.ts";

/** What the routes and private entrypoints of the kms work with. */
export interface KmsServices extends BaseServices, AccountServices, OAuthServices, Vault {
  /** What this installation calls itself, and where callers reach it. */
  issuer: string;
  /** Whether strangers may create accounts, and how. */
  registration: Registration;
  /** What a login may begin with. */
  signInMethods: ReadonlySet<SignInMethod>;
  services: ServiceStore;
  serviceRegistry: ServiceRegistry;
  apiKeys: ApiKeys;
  storedKeys: ApiKeyStore;
  keyChanges: KeyChanges;
  keyUses: KeyUses;
  keyUsage: KeyUsageStore;
  webhooks: Webhooks;
  clients: Clients;
  upstreamScopes: UpstreamScopes;
  searchKeys: SearchKeys;
  issueUpstreamToken: IssueUpstreamToken;
  describePrincipal: DescribePrincipal;
  keyRing: KeyRing;
  signingKeys: SigningKeys;
  idTokenKeyRing: KeyRing;
  idTokenKeys: SigningKeys;
  /** Stores what other workers report. */
  audit: Pick<AuditTrail, "write">;
  recorder: AuditRecorder;
  auditLog: AuditLog;
  privacy: Privacy;
  /** Seals text for the other workers. */
  sealer: Sealer;
  /** Keyed hash for the other workers. */
  mac: (context: string, data: string) => string;
  /** One round of the maintenance jobs. */
  runMaintenance: () => Promise<void>;
  /** Continues some work after the response; its failure is logged. */
  later: (work: Promise<void>) => void;
}
