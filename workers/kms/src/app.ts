import { createAccessCheck } from "#shared/http/access.ts";
import { createApp } from "#shared/http/app.ts";
import { problem } from "#shared/problem/problem.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { auditedAccess } from "./audited-access.ts";
import { TokenTooLong } from "./domain/access-token.ts";
import { BudgetExhausted } from "./domain/audit-budget.ts";
import { addAudit } from "./routes/audit.ts";
import { addAuditVerification } from "./routes/audit-verification.ts";
import { addIntrospect } from "./routes/introspect.ts";
import { addKeyChanges } from "./routes/key-changes.ts";
import { addKeyRotation } from "./routes/key-rotation.ts";
import { addKeySet } from "./routes/key-set.ts";
import { addKeyVerification } from "./routes/key-verification.ts";
import { addKeys } from "./routes/keys.ts";
import { addLeakedKeys } from "./routes/leaked-keys.ts";
import { addLogin } from "./routes/login.ts";
import { addLogout } from "./routes/logout.ts";
import { addMe } from "./routes/me.ts";
import { addMetadata } from "./routes/metadata.ts";
import { addPasskeyLogin } from "./routes/passkey-login.ts";
import { addPassword } from "./routes/password.ts";
import { addPrivacy } from "./routes/privacy.ts";
import { addRegister } from "./routes/register.ts";
import { addRevoke } from "./routes/revoke.ts";
import { addRoles } from "./routes/roles.ts";
import { addRootKey } from "./routes/root-key.ts";
import { addSecretVersions } from "./routes/secret-versions.ts";
import { addSecrets } from "./routes/secrets.ts";
import { addServiceWebhook } from "./routes/service-webhook.ts";
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

/** Of a user who was given the roles before there was a limit. */
const TOKEN_TOO_LONG =
  "This account has more roles than fit into an access token. An administrator must give it fewer: PUT /kms/users/{id}/roles.";

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
