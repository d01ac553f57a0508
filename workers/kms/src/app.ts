import { createApp } from "#shared/http/app.ts";
import { createWorkerPipeline } from "#shared/http/pipeline.ts";
import { problem } from "#shared/problem/problem.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { passwordEndpoints } from "./accounts/password.routes.ts";
import { registerEndpoints } from "./accounts/register.routes.ts";
import { rolesEndpoints } from "./accounts/roles.routes.ts";
import { userAdministrationEndpoints } from "./accounts/user-administration.routes.ts";
import { userLockEndpoints } from "./accounts/user-lock.routes.ts";
import { usersEndpoints } from "./accounts/users.routes.ts";
import { keyChangesEndpoints } from "./api-keys/key-changes.routes.ts";
import { keyRotationEndpoints } from "./api-keys/key-rotation.routes.ts";
import { keyUsageEndpoints } from "./api-keys/key-usage.routes.ts";
import { keyVerificationEndpoints } from "./api-keys/key-verification.routes.ts";
import { keysEndpoints } from "./api-keys/keys.routes.ts";
import { leakedKeysEndpoints } from "./api-keys/leaked-keys.routes.ts";
import { BudgetExhausted } from "./audit/audit-budget.ts";
import { auditEndpoints } from "./audit-log/audit.routes.ts";
import { auditVerificationEndpoints } from "./audit-log/audit-verification.routes.ts";
import { applicationsEndpoints } from "./authorization/applications.routes.ts";
import { pushedRequestsEndpoints } from "./authorization/pushed-requests.routes.ts";
import { emailVerificationEndpoints } from "./by-mail/email-verification.routes.ts";
import { invitationsEndpoints } from "./by-mail/invitations.routes.ts";
import { passwordResetEndpoints } from "./by-mail/password-reset.routes.ts";
import { resetLinksEndpoints } from "./by-mail/reset-links.routes.ts";
import { signUpEndpoints } from "./by-mail/sign-up.routes.ts";
import type { KmsServices } from "./composition/services.ts";
import { consentsEndpoints } from "./consents/consents.routes.ts";
import { panelEndpoints } from "./console/panel.routes.ts";
import { deviceEndpoints } from "./device/device.routes.ts";
import { auditedAccess } from "./http/audited-access.ts";
import { userInfoEndpoints } from "./identity/userinfo.routes.ts";
import { introspectEndpoints } from "./oauth/introspect.routes.ts";
import { metadataEndpoints } from "./oauth/metadata.routes.ts";
import { revokeEndpoints } from "./oauth/revoke.routes.ts";
import { tokenEndpoints } from "./oauth/token.routes.ts";
import { clientsEndpoints } from "./oauth-clients/clients.routes.ts";
import { privacyEndpoints } from "./privacy/privacy.routes.ts";
import { recoveryEndpoints } from "./recovery/recovery.routes.ts";
import { rootKeyEndpoints } from "./root-key/root-key.routes.ts";
import { serviceWebhookEndpoints } from "./services/service-webhook.routes.ts";
import { servicesEndpoints } from "./services/services.routes.ts";
import { loginEndpoints } from "./sessions/login.routes.ts";
import { logoutEndpoints } from "./sessions/logout.routes.ts";
import { meEndpoints } from "./sessions/me.routes.ts";
import { sessionsEndpoints } from "./sessions/sessions.routes.ts";
import { TokenTooLong } from "./tokens/access-token.ts";
import { keySetEndpoints } from "./tokens/key-set.routes.ts";
import { revocationsEndpoints } from "./tokens/revocations.routes.ts";
import { signingKeysEndpoints } from "./tokens/signing-keys.routes.ts";
import { secretVersionsEndpoints } from "./vault/secret-versions.routes.ts";
import { secretsEndpoints } from "./vault/secrets.routes.ts";
import { transitEndpoints } from "./vault/transit.routes.ts";
import { transitKeysEndpoints } from "./vault/transit-keys.routes.ts";
import { wrappingEndpoints } from "./vault/wrapping.routes.ts";

/** Hono takes the first that fits, so that literal paths stand before those with parameters. */
const ENDPOINTS = [
  ...panelEndpoints,
  ...keySetEndpoints,
  ...registerEndpoints,
  ...signUpEndpoints,
  ...loginEndpoints,
  ...tokenEndpoints,
  ...deviceEndpoints,
  ...pushedRequestsEndpoints,
  ...userInfoEndpoints,
  ...revokeEndpoints,
  ...introspectEndpoints,
  ...metadataEndpoints,
  ...logoutEndpoints,
  ...meEndpoints,
  ...consentsEndpoints,
  ...passwordEndpoints,
  ...passwordResetEndpoints,
  ...resetLinksEndpoints,
  ...recoveryEndpoints,
  ...invitationsEndpoints,
  ...emailVerificationEndpoints,
  ...sessionsEndpoints,
  ...usersEndpoints,
  ...userAdministrationEndpoints,
  ...userLockEndpoints,
  ...rolesEndpoints,
  ...applicationsEndpoints,
  ...clientsEndpoints,
  ...servicesEndpoints,
  ...serviceWebhookEndpoints,
  ...keyVerificationEndpoints,
  ...leakedKeysEndpoints,
  ...keyChangesEndpoints,
  ...keyRotationEndpoints,
  ...keyUsageEndpoints,
  ...keysEndpoints,
  ...revocationsEndpoints,
  ...signingKeysEndpoints,
  ...secretVersionsEndpoints,
  ...wrappingEndpoints,
  ...secretsEndpoints,
  ...transitKeysEndpoints,
  ...transitEndpoints,
  ...rootKeyEndpoints,
  ...auditEndpoints,
  ...privacyEndpoints,
  ...auditVerificationEndpoints,
];

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
      return error instanceof TokenTooLong ? problem("conflict", { detail: TOKEN_TOO_LONG }) : undefined;
    },
    access: auditedAccess(createWorkerPipeline<KmsServices>("kms")),
  });
  for (const { register } of ENDPOINTS) register(app);
  return app;
};
