import { createAccessCheck } from "#shared/http/access.ts";
import { createApp } from "#shared/http/app.ts";
import { problem } from "#shared/problem/problem.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { addPassword } from "./accounts/password.routes.ts";
import { addRegister } from "./accounts/register.routes.ts";
import { addRoles } from "./accounts/roles.routes.ts";
import { addUserLock } from "./accounts/user-lock.routes.ts";
import { addUsers } from "./accounts/users.routes.ts";
import { addKeyChanges } from "./api-keys/key-changes.routes.ts";
import { addKeyRotation } from "./api-keys/key-rotation.routes.ts";
import { addKeyVerification } from "./api-keys/key-verification.routes.ts";
import { addKeys } from "./api-keys/keys.routes.ts";
import { addLeakedKeys } from "./api-keys/leaked-keys.routes.ts";
import { BudgetExhausted } from "./audit/audit-budget.ts";
import { addAudit } from "./audit-log/audit.routes.ts";
import { addAuditVerification } from "./audit-log/audit-verification.routes.ts";
import type { KmsServices } from "./composition/services.ts";
import { problemOf } from "./composition/unlock.ts";
import { auditedAccess } from "./http/audited-access.ts";
import { addIntrospect } from "./oauth/introspect.routes.ts";
import { addMetadata } from "./oauth/metadata.routes.ts";
import { addRevoke } from "./oauth/revoke.routes.ts";
import { addToken } from "./oauth/token.routes.ts";
import { addPrivacy } from "./privacy/privacy.routes.ts";
import { addRootKey } from "./root-key/root-key.routes.ts";
import { addServiceWebhook } from "./services/service-webhook.routes.ts";
import { addServices } from "./services/services.routes.ts";
import { addLogin } from "./sessions/login.routes.ts";
import { addLogout } from "./sessions/logout.routes.ts";
import { addMe } from "./sessions/me.routes.ts";
import { addPasskeyLogin } from "./sessions/passkey-login.routes.ts";
import { addSessions } from "./sessions/sessions.routes.ts";
import { TokenTooLong } from "./tokens/access-token.ts";
import { addKeySet } from "./tokens/key-set.routes.ts";
import { addSigningKeys } from "./tokens/signing-keys.routes.ts";
import { addSecretVersions } from "./vault/secret-versions.routes.ts";
import { addSecrets } from "./vault/secrets.routes.ts";
import { addTransit } from "./vault/transit.routes.ts";
import { addTransitKeys } from "./vault/transit-keys.routes.ts";
import { addWrapping } from "./vault/wrapping.routes.ts";

/** Of a user who was given the roles before there was a limit. */
const TOKEN_TOO_LONG =
  "This account has more roles than fit into an access token. An administrator must remove some with PUT /kms/users/{id}/roles.";

/** The routes of the kms. */
export const createKmsApp = (connect: (bindings: unknown) => Promise<KmsServices>) => {
  const app = createApp({
    worker: "kms",
    connect,
    problemOf: (error) => {
      if (error instanceof BudgetExhausted) return tooOften(error.retryAfterSeconds);
      return error instanceof TokenTooLong ? problem("conflict", { detail: TOKEN_TOO_LONG }) : problemOf(error);
    },
    access: auditedAccess(createAccessCheck<KmsServices>("kms")),
  });
  addKeySet(app);
  addRegister(app);
  addLogin(app);
  addPasskeyLogin(app);
  addToken(app);
  addRevoke(app);
  addIntrospect(app);
  addMetadata(app);
  addLogout(app);
  addMe(app);
  addPassword(app);
  addSessions(app);
  addUsers(app);
  addUserLock(app);
  addRoles(app);
  addServices(app);
  addServiceWebhook(app);
  addKeyVerification(app);
  addLeakedKeys(app);
  addKeyChanges(app);
  addKeyRotation(app);
  addKeys(app);
  addSigningKeys(app);
  addSecretVersions(app);
  addWrapping(app);
  addSecrets(app);
  addTransitKeys(app);
  addTransit(app);
  addRootKey(app);
  addAudit(app);
  addPrivacy(app);
  addAuditVerification(app);
  return app;
};
