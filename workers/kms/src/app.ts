import { createAccessCheck } from "#shared/http/access.ts";
import { createApp } from "#shared/http/app.ts";
import { auditedAccess } from "./audited-access.ts";
import { addAudit } from "./routes/audit.ts";
import { addAuditVerification } from "./routes/audit-verification.ts";
import { addKeySet } from "./routes/key-set.ts";
import { addKeyVerification } from "./routes/key-verification.ts";
import { addKeys } from "./routes/keys.ts";
import { addLogin } from "./routes/login.ts";
import { addLogout } from "./routes/logout.ts";
import { addMe } from "./routes/me.ts";
import { addPassword } from "./routes/password.ts";
import { addRegister } from "./routes/register.ts";
import { addRoles } from "./routes/roles.ts";
import { addRootKey } from "./routes/root-key.ts";
import { addSecretVersions } from "./routes/secret-versions.ts";
import { addSecrets } from "./routes/secrets.ts";
import { addServices } from "./routes/services.ts";
import { addSessions } from "./routes/sessions.ts";
import { addSigningKeys } from "./routes/signing-keys.ts";
import { addToken } from "./routes/token.ts";
import { addTransit } from "./routes/transit.ts";
import { addTransitKeys } from "./routes/transit-keys.ts";
import { addUserLock } from "./routes/user-lock.ts";
import { addUsers } from "./routes/users.ts";
import { addWrapping } from "./routes/wrapping.ts";
import type { KmsServices } from "./services.ts";
import { problemOf } from "./unlock.ts";

/** The routes of the kms. */
export const createKmsApp = (connect: (bindings: unknown) => Promise<KmsServices>) => {
  const app = createApp({
    worker: "kms",
    connect,
    problemOf,
    access: auditedAccess(createAccessCheck<KmsServices>("kms")),
  });
  addKeySet(app);
  addRegister(app);
  addLogin(app);
  addToken(app);
  addLogout(app);
  addMe(app);
  addPassword(app);
  addSessions(app);
  addUsers(app);
  addUserLock(app);
  addRoles(app);
  addServices(app);
  addKeyVerification(app);
  addKeys(app);
  addSigningKeys(app);
  addSecretVersions(app);
  addWrapping(app);
  addSecrets(app);
  addTransitKeys(app);
  addTransit(app);
  addRootKey(app);
  addAudit(app);
  addAuditVerification(app);
  return app;
};
