/** `fountain services` and `fountain keys`: machines that call, and their API keys. */
import { command, type Group } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { deleteCommand, listCommand, showCommand } from "./by-name.ts";
import { LIMIT, take } from "./lists.ts";

const SCOPE = { type: "string", multiple: true, value: "SCOPE", summary: "such as search:read" } as const;
const SHOWN_ONCE = "Keep the key: it is shown only now.";

const services: Group = {
  summary: "services: the machines that call Fountain",
  commands: {
    list: listCommand("GET /kms/services", "list services", ["name", "scopes", "createdAt"]),
    get: showCommand("GET /kms/services/{name}", "show a service"),
    create: command({
      summary: "register a service",
      args: ["NAME"],
      options: {
        scope: SCOPE,
        "rotate-after-days": { type: "string", value: "N", summary: "rotate its keys by themselves" },
      },
      examples: ["services create films --scope search:read"],
      run: async (context, given) => {
        const [name = ""] = given.args;
        const body = { name, scopes: given.texts("scope"), rotateAfterDays: given.number("rotate-after-days") };
        const { data } = await connect(context).client.call("POST /kms/services", { body });
        context.output.members(data);
      },
    }),
    delete: deleteCommand("DELETE /kms/services/{name}", "delete a service, and revoke its keys"),
  },
};

const keys: Group = {
  summary: "API keys of services",
  commands: {
    create: command({
      summary: "create an API key, and print it: this once",
      args: ["SERVICE"],
      options: {
        name: { type: "string", value: "NAME", summary: "what it is for" },
        scope: { ...SCOPE, summary: "fewer scopes than the service has" },
        "expires-at": { type: "string", value: "INSTANT", summary: "such as 2027-01-31T00:00:00Z" },
      },
      examples: ["keys create films --name staging"],
      run: async (context, given) => {
        const [service = ""] = given.args;
        const scopes = given.texts("scope");
        const { data } = await connect(context).client.call("POST /kms/keys", {
          body: {
            service,
            name: given.text("name"),
            expiresAt: given.text("expires-at"),
            ...(scopes.length > 0 && { scopes }),
          },
        });
        context.output.members(data);
        context.output.note(SHOWN_ONCE);
      },
    }),
    list: command({
      summary: "list the API keys of a service",
      args: ["SERVICE"],
      options: LIMIT,
      run: async (context, given) => {
        const [service = ""] = given.args;
        const { client } = connect(context);
        const items = await take(client.list("GET /kms/keys/{service}", { path: { service } }), context, given);
        context.output.table(items, ["id", "name", "prefix", "state", "scopes", "expiresAt", "lastUsedAt"]);
      },
    }),
    rotate: command({
      summary: "replace an API key: the old one works for the grace period",
      details: "Without ID, the one key that the service has.",
      args: ["SERVICE", "[ID]"],
      options: { "grace-seconds": { type: "string", value: "N", summary: "how long the old key works" } },
      run: async (context, given) => {
        const [service = "", id] = given.args;
        const { client } = connect(context);
        const body = { graceSeconds: given.number("grace-seconds") };
        const { data } =
          id === undefined
            ? await client.call("POST /kms/keys/{service}/rotate", { path: { service }, body })
            : await client.call("POST /kms/keys/{service}/{id}/rotate", { path: { service, id }, body });
        context.output.members(data);
        context.output.note(SHOWN_ONCE);
      },
    }),
    revoke: command({
      summary: "revoke an API key: it is refused everywhere within five seconds",
      args: ["SERVICE", "ID"],
      run: async (context, { args: [service = "", id = ""] }) => {
        await connect(context).client.call("DELETE /kms/keys/{service}/{id}", { path: { service, id } });
        context.output.result({ service, id, revoked: true }, () => `Revoked ${id}.`);
      },
    }),
    usage: command({
      summary: "show how many calls a service made, by hour",
      args: ["SERVICE"],
      options: {
        from: { type: "string", value: "INSTANT", summary: "since when" },
        to: { type: "string", value: "INSTANT", summary: "until when" },
        ...LIMIT,
      },
      run: async (context, given) => {
        const [service = ""] = given.args;
        const query = { from: given.text("from"), to: given.text("to") };
        const hours = connect(context).client.list("GET /kms/keys/{service}/usage", { path: { service }, query });
        context.output.table(await take(hours, context, given), ["hour", "calls", "refused", "limited"]);
      },
    }),
  },
};

export const MACHINES = { services, keys };
