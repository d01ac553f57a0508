/** An example of every call by which administrators change, take away or delete in the kms. */
import { expect } from "vitest";
import { logIn, send, type Target } from "../kms.ts";
import { arrangements, type Example, PASSWORD, unique } from "./arrangements.ts";

export const administrationExamplesOf = (kms: () => Target, token: () => string): Record<string, Example> => {
  const { post, newUser, newService, newTransitKey } = arrangements(kms, token);
  return {
    "DELETE /sessions": {
      action: "user.log-out",
      arrange: async () => {
        const username = unique();
        await post("/users", { username, password: PASSWORD });
        await logIn(kms(), username, PASSWORD);
        return { path: "/sessions", token: (await logIn(kms(), username, PASSWORD)).accessToken };
      },
    },
    "DELETE /users/{id}/sessions": {
      action: "user.log-out",
      arrange: async () => ({ path: `/users/${(await newUser()).id}/sessions` }),
    },
    "DELETE /users/{id}/sessions/{sessionId}": {
      action: "user.log-out",
      arrange: async () => {
        const { id } = await newUser();
        const listed = await send(kms(), "GET", `/users/${id}/sessions`, { token: token() });
        const { items } = await listed.json<{ items: { id: string }[] }>();
        return { path: `/users/${id}/sessions/${items[0]?.id}` };
      },
    },
    "PATCH /users/{id}": {
      action: "user.change",
      arrange: async () => ({ path: `/users/${(await newUser()).id}`, body: { username: unique() } }),
    },
    "DELETE /users/{id}": {
      action: "user.erase",
      arrange: async () => ({ path: `/users/${(await newUser()).id}` }),
    },
    "DELETE /roles/{name}": {
      action: "role.delete",
      arrange: async () => {
        const path = `/roles/${unique()}`;
        const body = { permissions: ["search:read"] };
        expect((await send(kms(), "PUT", path, { token: token(), body })).status).toBe(200);
        return { path };
      },
    },
    "PATCH /services/{name}": {
      action: "service.change",
      arrange: async () => ({ path: `/services/${await newService()}`, body: { scopes: ["search:write"] } }),
    },
    "DELETE /transit/{key}": { action: "transit.delete", arrange: async () => ({ path: await newTransitKey() }) },
  };
};
