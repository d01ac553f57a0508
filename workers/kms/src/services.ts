import type { FrameServices } from "#shared/http/app.ts";
import type { Accounts } from "./domain/accounts.ts";
import type { ApiKeyRepository, ApiKeys } from "./domain/api-keys.ts";
import type { AuditTrail } from "./domain/audit.ts";
import type { AuditLog } from "./domain/audit-log.ts";
import type { Clients } from "./domain/clients.ts";
import type { KeyRing } from "./domain/key-ring.ts";
import type { Roles } from "./domain/roles.ts";
import type { Sealer } from "./domain/sealing.ts";
import type { SearchKeys } from "./domain/search-key.ts";
import type { ServiceRepository } from "./domain/service.ts";
import type { Sessions } from "./domain/sessions.ts";
import type { SigningKeys } from "./domain/signing-keys.ts";
import type { UserRepository } from "./domain/user.ts";
import type { Vault } from "./vault.ts";

/** What the routes and private entrypoints of the kms work with. */
export interface KmsServices extends FrameServices, Vault {
  isRegistrationOpen: boolean;
  accounts: Accounts;
  users: UserRepository;
  roles: Roles;
  sessions: Sessions;
  services: ServiceRepository;
  apiKeys: ApiKeys;
  storedKeys: ApiKeyRepository;
  clients: Clients;
  searchKeys: SearchKeys;
  keyRing: KeyRing;
  signingKeys: SigningKeys;
  audit: AuditTrail;
  auditLog: AuditLog;
  /** Seals text for the other workers. */
  sealer: Sealer;
  /** Keyed hash for the other workers. */
  mac: (context: string, data: string) => string;
  /** The periodic chores: forgets what is dead. */
  purge: () => Promise<void>;
}
