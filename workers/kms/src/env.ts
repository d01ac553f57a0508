import { z } from "zod";
import { databaseBindings, fetcher, setting, verifierBindings } from "#shared/http/bindings.ts";
import { isRoleName, parseRoleNames } from "./accounts/roles.ts";
import { isStrongSecretKey, MIN_SECRET_KEY_BYTES } from "./crypto/root-key.ts";
import { SIGNING_ALGORITHMS } from "./tokens/signing-key.ts";

const MAX_ROTATION_DAYS = 365;
const MAX_RETENTION_DAYS = 3_650;

const roleNames = z
  .string()
  .default("")
  .transform(parseRoleNames)
  .refine(
    (names) => [...names].every(isRoleName),
    "must be names of roles, separated by commas, such as admin,auditor",
  );

export const envSchema = z.object({
  ...verifierBindings,
  /** What everything secret is encrypted or hashed under. */
  SECRET_KEY: setting(
    z.string().refine(isStrongSecretKey, `at least ${MIN_SECRET_KEY_BYTES} random bytes are required`),
  ),
  /** The SECRET_KEY before this one, until everything is rewrapped. */
  SECRET_KEY_PREVIOUS: z.preprocess(
    (value) => value || undefined,
    z.string().refine(isStrongSecretKey, `at least ${MIN_SECRET_KEY_BYTES} random bytes are required`).optional(),
  ),
  /** Whether strangers may create accounts. */
  REGISTRATION: z.preprocess((value) => value || undefined, z.enum(["open", "closed"]).default("closed")),
  /** Roles, with commas between, whose rights a session has only once it has passed a second factor. */
  STEP_UP_FOR_ROLES: setting(roleNames),
  /** What access tokens are signed with. Changed, it takes effect by a rotation of the signing keys. */
  JWT_ALG: setting(z.enum(SIGNING_ALGORITHMS).default("EdDSA")),
  /** How long a signing key signs. */
  SIGNING_KEY_ROTATION_DAYS: setting(z.coerce.number().int().min(1).max(MAX_ROTATION_DAYS).default(30)),
  /** Where webhooks may go: `public`, or `any` to try things out, which takes http and private addresses too. */
  WEBHOOK_TARGETS: setting(z.enum(["public", "any"]).default("public")),
  /** The egress for webhooks; by default the global one. */
  INTERNET: setting(fetcher.optional()),
  /** How long audit entries are kept. */
  AUDIT_RETENTION_DAYS: setting(z.coerce.number().int().min(1).max(MAX_RETENTION_DAYS).default(365)),
  ...databaseBindings,
});
