/** `fountain users` and `fountain roles`: people, and what they may do. */
import { command, type Group } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { typedOrPiped } from "../terminal/prompt.ts";
import { deleteCommand, listCommand } from "./by-name.ts";
import { LIMIT, take } from "./lists.ts";

const ROLE = { type: "string", multiple: true, value: "ROLE", summary: "a role" } as const;

const users: Group = {
  summary: "users: people with an account",
  commands: {
    list: command({
      summary: "list users",
      options: { search: { type: "string", value: "TEXT", summary: "whose name or address begins so" }, ...LIMIT },
      run: async (context, given) => {
        const found = connect(context).client.list("GET /kms/users", { query: { search: given.text("search") } });
        context.output.table(await take(found, context, given), ["id", "username", "email", "roles", "lockedAt"]);
      },
    }),
    get: command({
      summary: "show a user",
      args: ["ID"],
      run: async (context, { args: [id = ""] }) => {
        const { data } = await connect(context).client.call("GET /kms/users/{id}", { path: { id } });
        context.output.members(data);
      },
    }),
    create: command({
      summary: "create a user, with a password that is typed or from stdin",
      args: ["USERNAME"],
      options: { email: { type: "string", value: "ADDRESS", summary: "their address" }, role: ROLE },
      run: async (context, given) => {
        const [username = ""] = given.args;
        const roles = given.texts("role");
        const password = await typedOrPiped(context.io, "Password of the new user: ");
        const { data } = await connect(context).client.call("POST /kms/users", {
          body: { username, password, email: given.text("email"), ...(roles.length > 0 && { roles }) },
        });
        context.output.members(data);
      },
    }),
    invite: command({
      summary: "invite someone by mail, who chooses a password themselves",
      args: ["ADDRESS"],
      options: { username: { type: "string", value: "NAME", summary: "the username they get" }, role: ROLE },
      run: async (context, given) => {
        const [email = ""] = given.args;
        const roles = given.texts("role");
        const { data } = await connect(context).client.call("POST /kms/invitations", {
          body: { email, username: given.text("username"), ...(roles.length > 0 && { roles }) },
        });
        context.output.members(data);
      },
    }),
    roles: command({
      summary: "replace the roles of a user",
      args: ["ID", "ROLE…"],
      run: async (context, { args: [id = "", ...roles] }) => {
        const { data } = await connect(context).client.call("PUT /kms/users/{id}/roles", {
          path: { id },
          body: { roles },
        });
        context.output.members(data);
      },
    }),
    lock: command({
      summary: "lock a user: their sessions end, and they cannot log in",
      args: ["ID"],
      run: async (context, { args: [id = ""] }) => {
        const { data } = await connect(context).client.call("POST /kms/users/{id}/lock", { path: { id } });
        context.output.members(data);
      },
    }),
    unlock: command({
      summary: "let a locked user log in again",
      args: ["ID"],
      run: async (context, { args: [id = ""] }) => {
        const { data } = await connect(context).client.call("POST /kms/users/{id}/unlock", { path: { id } });
        context.output.members(data);
      },
    }),
    delete: command({
      summary: "erase a user and all that is held about them",
      args: ["ID"],
      run: async (context, { args: [id = ""] }) => {
        await connect(context).client.call("DELETE /kms/users/{id}", { path: { id } });
        context.output.result({ id, deleted: true }, () => `Erased ${id}.`);
      },
    }),
  },
};

const roles: Group = {
  summary: "roles and their permissions",
  commands: {
    list: listCommand("GET /kms/roles", "list roles", ["name", "permissions"]),
    set: command({
      summary: "create a role, or replace its permissions",
      args: ["NAME", "PERMISSION…"],
      examples: ["roles set writer notes:read notes:write"],
      run: async (context, { args: [name = "", ...permissions] }) => {
        const { data } = await connect(context).client.call("PUT /kms/roles/{name}", {
          path: { name },
          body: { permissions },
        });
        context.output.members(data);
      },
    }),
    delete: deleteCommand("DELETE /kms/roles/{name}", "delete a role"),
  },
};

export const PEOPLE = { users, roles };
