/** The operations of the kms that take or send what is mailed. */
import { type Caller, type Stack, successOf, unique } from "./callers.ts";
import { ENDS, grants, nothing, proof, READS, type Sent, type Variant } from "./variants.ts";
import type { World } from "./world.ts";

const PASSWORD = "a password for tests: estuary";
const NO_LINK = `ftl_${"A".repeat(43)}`;

/** The path of an invitation that is open. */
const newInvitation = async (_: World, __: Caller, { call, administrator }: Stack): Promise<Sent> => {
  const body = { email: `${unique()}@example.org` };
  return [`/kms/invitations/${(await successOf(call("POST", "/kms/invitations", administrator, body)))["id"]}`];
};

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
  "POST /sign-up": [
    nothing("anyone may have a link mailed, to an address that they read", () => [
      "/kms/sign-up",
      { email: `${unique()}@example.org` },
    ]),
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
  "POST /recover": [
    proof(
      "what the operator's command has shown",
      () => ["/kms/recover", { token: NO_LINK, newPassword: PASSWORD }],
      [(_, { credential }) => ["/kms/recover", { token: credential.slice(0, 100), newPassword: PASSWORD }]],
      { answers: [403] },
    ),
  ],
  "POST /users/{id}/reset-link": [grants("credential", ({ userId }) => [`/kms/users/${userId}/reset-link`])],
  "POST /invitations": [
    grants("rights", () => ["/kms/invitations", { email: `${unique()}@example.org` }]),
    grants("rights", () => ["/kms/invitations", { email: `${unique()}@example.org`, roles: ["admin"] }]),
  ],
  "GET /invitations": [nothing(READS, () => ["/kms/invitations"])],
  "GET /invitations/{id}": [nothing(READS, newInvitation)],
  "DELETE /invitations/{id}": [nothing(ENDS, newInvitation)],
  "POST /invitations/accept": [
    proof(
      "the link that was mailed",
      () => ["/kms/invitations/accept", { token: NO_LINK, username: unique(), password: PASSWORD }],
      [
        (_, { credential }) => [
          "/kms/invitations/accept",
          { token: credential.slice(0, 100), username: unique(), password: PASSWORD },
        ],
      ],
      { answers: [403] },
    ),
  ],
};
