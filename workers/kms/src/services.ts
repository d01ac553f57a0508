import type { KeyUses } from "#shared/auth/key-uses.ts";
import type { FrameServices } from "#shared/http/app.ts";
import type { AccountServices } from "./account-services.ts";
import type { ApiKeyRepository, ApiKeys } from "./domain/api-keys.ts";
import type { AuditTrail } from "./domain/audit.ts";
import type { AuditLog } from "./domain/audit-log.ts";
import type { Clients } from "./domain/clients.ts";
import type { KeyChanges } from "./domain/key-changes.ts";
import type { KeyRing } from "./domain/key-ring.ts";
import type { Privacy } from "./domain/privacy.ts";
import type { Sealer } from "./domain/sealing.ts";
import type { SearchKeys } from "./domain/search-key.ts";
import type { ServiceRepository } from "./domain/service.ts";
import type { ServiceRegistry } from "./domain/service-registry.ts";
import type { SigningKeys } from "./domain/signing-keys.ts";
import type { Webhooks } from "./domain/webhooks.ts";
import type { Vault } from "./vault.ts";

/** What the routes and private entrypoints of the kms work with. */
export interface KmsServices extends FrameServices, AccountServices, Vault {
  /** What this installation calls itself, and where callers reach it. */
  issuer: string;
  isRegistrationOpen: boolean;
  services: ServiceRepository;
  serviceRegistry: ServiceRegistry;
  apiKeys: ApiKeys;
  storedKeys: ApiKeyRepository;
  keyChanges: KeyChanges;
  keyUses: KeyUses;
  webhooks: Webhooks;
  clients: Clients;
  searchKeys: SearchKeys;
  keyRing: KeyRing;
  signingKeys: SigningKeys;
  audit: AuditTrail;
  auditLog: AuditLog;
  privacy: Privacy;
  /** Seals text for the other workers. */
  sealer: Sealer;
  /** Keyed hash for the other workers. */
  mac: (context: string, data: string) => string;
  /** One round of chores. */
  runChores: () => Promise<void>;
  /** Goes on with some work after the answer; what fails of it is logged. */
  later: (work: Promise<void>) => void;
}
