/** An example of every call by which users do something with what was mailed to them. */
import type { Target } from "../kms.ts";
import { arrangements, type Example, PASSWORD, unique } from "./arrangements.ts";
import { makeAdministrator, storeInvitation, storeLink, verifyAddress } from "./links.ts";

export const byMailExamplesOf = (kms: () => Target, token: () => string): Record<string, Example> => {
  const { post, newUser } = arrangements(kms, token);
  return {
    "PUT /me/email": {
      action: "email.request",
      arrange: async () => ({
        path: "/me/email",
        token: (await newUser()).stepped,
        body: { email: `${unique()}@example.org` },
      }),
    },
    "POST /me/email/verify": {
      action: "email.verify",
      arrange: async () => {
        const { id, accessToken } = await newUser();
        const payload = { email: `${unique()}@example.org` };
        const link = await storeLink(kms(), { purpose: "email-verification", userId: id, payload });
        return { path: "/me/email/verify", token: accessToken, body: { token: link.token } };
      },
    },
    "POST /password/forgot": {
      action: "password.forgot",
      arrange: async () => {
        const username = unique();
        const { id } = await post("/users", { username, password: PASSWORD, email: `${username}@example.org` });
        await verifyAddress(kms(), String(id));
        return { path: "/password/forgot", body: { login: username } };
      },
    },
    "POST /sign-up": {
      action: "sign-up.request",
      arrange: async () => ({ path: "/sign-up", body: { email: `${unique()}@example.org` } }),
    },
    "POST /users/{id}/reset-link": {
      action: "reset-link.create",
      arrange: async () => ({ path: `/users/${(await newUser()).id}/reset-link` }),
    },
    "POST /invitations": {
      action: "invitation.create",
      arrange: async () => ({ path: "/invitations", body: { email: `${unique()}@example.org` } }),
    },
    "DELETE /invitations/{id}": {
      action: "invitation.revoke",
      arrange: async () => {
        const { id } = await post("/invitations", { email: `${unique()}@example.org` });
        return { path: `/invitations/${id}` };
      },
    },
    "POST /invitations/accept": {
      action: "user.create",
      arrange: async () => {
        const link = await storeInvitation(kms());
        return { path: "/invitations/accept", body: { token: link.token, username: unique(), password: PASSWORD } };
      },
    },
    "POST /recover": {
      action: "user.recover",
      arrange: async () => {
        const { id } = await newUser();
        await makeAdministrator(kms(), id);
        const link = await storeLink(kms(), { purpose: "recovery", userId: id });
        return { path: "/recover", body: { token: link.token, newPassword: "another long enough password" } };
      },
    },
    "POST /password/reset": {
      action: "user.password",
      arrange: async () => {
        const link = await storeLink(kms(), { purpose: "password-reset", userId: (await newUser()).id });
        return { path: "/password/reset", body: { token: link.token, newPassword: "another long enough password" } };
      },
    },
  };
};
