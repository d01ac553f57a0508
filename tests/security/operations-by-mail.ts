/** The operations of the kms that take or send what is mailed. */
import { unique } from "./callers.ts";
import { grants, nothing, proof, type Variant } from "./variants.ts";

const PASSWORD = "a password for tests: estuary";
const NO_LINK = `ftl_${"A".repeat(43)}`;

export const BY_MAIL: Record<string, Variant[]> = {
  "PUT /me/email": [grants("credential", () => ["/kms/me/email", { email: `${unique()}@example.org` }])],
  "POST /me/email/verify": [
    proof(
      "what was mailed to the address",
      () => ["/kms/me/email/verify", { token: NO_LINK }],
      [(_, { credential }) => ["/kms/me/email/verify", { token: credential.slice(0, 100) }]],
      { answers: [403] },
    ),
  ],
  "POST /password/forgot": [
    nothing("anyone may have it mailed to whose account it is", () => ["/kms/password/forgot", { login: unique() }]),
  ],
  "POST /password/reset": [
    proof(
      "what was mailed to the address",
      () => ["/kms/password/reset", { token: NO_LINK, newPassword: PASSWORD }],
      [
        (_, { credential }) => ["/kms/password/reset", { token: credential.slice(0, 100), newPassword: PASSWORD }],
        (_, { credential }) => [
          "/kms/password/reset",
          { login: "admin", code: credential.slice(0, 30), newPassword: PASSWORD },
        ],
      ],
      { answers: [403] },
    ),
  ],
};
