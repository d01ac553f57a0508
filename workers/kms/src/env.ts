import { z } from "zod";
import { databaseBindings, fetcher, optionalBinding, verifierBindings } from "#shared/http/bindings.ts";
import { legalBindings, legalRules } from "#shared/settings/installation.ts";
import { choice, type Rule, secretSetting, setting, settingsSchema, wholeNumber } from "#shared/settings/settings.ts";
import { signInBindings, signInRule } from "#shared/settings/sign-in.ts";
import { isRoleName, parseRoleNames, STEP_UP_ROLES } from "./accounts/roles.ts";
import { isStrongSecretKey, MIN_SECRET_KEY_BYTES } from "./crypto/root-key.ts";
import { SIGNING_ALGORITHMS } from "./tokens/signing-key.ts";

const MAX_ROTATION_DAYS = 365;
const MAX_RETENTION_DAYS = 3_650;

const roleNames = z
  .string()
  .transform(parseRoleNames)
  .refine((names) => [...names].every(isRoleName));

const secretKey = `${MIN_SECRET_KEY_BYTES} random bytes or more, such as the output of \`openssl rand -base64 32\``;

interface Egress {
  CIMD: "open" | "closed";
  WEBHOOK_TARGETS: "public" | "any";
}

/** Anyone who is logged in can name a document: none is read over an egress that leads to private addresses. */
const documentsRule: Rule<Egress> = {
  settings: ["CIMD", "WEBHOOK_TARGETS"],
  conflict: ({ CIMD, WEBHOOK_TARGETS }) =>
    CIMD === "open" && WEBHOOK_TARGETS === "any"
      ? ["CIMD", "is open, and WEBHOOK_TARGETS is any: clients could have private addresses called"]
      : undefined,
};

export const envSchema = settingsSchema(
  {
    ...verifierBindings,
    /** What everything secret is encrypted or hashed under. */
    SECRET_KEY: secretSetting(secretKey, z.string().refine(isStrongSecretKey)),
    /** The SECRET_KEY before this one, until everything is rewrapped. */
    SECRET_KEY_PREVIOUS: secretSetting(
      "the SECRET_KEY before the present one, or to nothing",
      z.string().refine(isStrongSecretKey).optional(),
    ),
    ...signInBindings,
    ...legalBindings,
    /** Roles, with commas between, whose rights a session has only once it has passed a second factor. */
    STEP_UP_FOR_ROLES: setting(STEP_UP_ROLES, roleNames.default(new Set())),
    /** What access tokens are signed with. Changed, it takes effect by a rotation of the signing keys. */
    JWT_ALG: choice(SIGNING_ALGORITHMS, "EdDSA"),
    /** How long a signing key signs. */
    SIGNING_KEY_ROTATION_DAYS: wholeNumber({ min: 1, max: MAX_ROTATION_DAYS, fallback: 30 }),
    /** Where webhooks may go: `public`, or `any` to try things out, which takes http and private addresses too. */
    WEBHOOK_TARGETS: choice(["public", "any"], "public"),
    /** Whether clients that no one has registered may describe themselves, by a document that is read at the URL that is their id. */
    CIMD: choice(["open", "closed"], "closed"),
    /** How many processes hash passwords beside this one; 0: it hashes them itself, as on the edge. */
    HASHERS: wholeNumber({ min: 0, max: 4, fallback: 0 }),
    HASHER_1: optionalBinding(fetcher),
    HASHER_2: optionalBinding(fetcher),
    HASHER_3: optionalBinding(fetcher),
    HASHER_4: optionalBinding(fetcher),
    /** The egress for webhooks and clients' documents; by default the global one. */
    INTERNET: optionalBinding(fetcher),
    /** How long audit entries are kept. */
    AUDIT_RETENTION_DAYS: wholeNumber({ min: 1, max: MAX_RETENTION_DAYS, fallback: 365 }),
    ...databaseBindings,
  },
  [signInRule, ...legalRules, documentsRule],
);
