/** `fountain upstreams`, `limits`, `policies` and `policy`: what the gateway is configured to do. */
import { command, type Group } from "../definition/command.ts";
import { deleteCommand, listCommand, showCommand } from "../operations/by-name.ts";
import { LIMIT, take } from "../operations/lists.ts";
import { connect } from "../session/connect.ts";
import { apply } from "./apply.ts";

const upstreams: Group = {
  summary: "services behind the gateway",
  commands: {
    list: command({
      summary: "list upstreams, and how their targets are",
      options: LIMIT,
      run: async (context, given) => {
        const found = await take(connect(context).client.list("GET /gateway/upstreams"), context, given);
        const rows = found.map((upstream) => ({
          ...upstream,
          breaker: upstream.state.breaker,
          targets: upstream.state.targets.map(({ url, status }) => `${url} (${status})`),
        }));
        if (context.output.isJson) context.output.result(found, () => "");
        else context.output.table(rows, ["name", "source", "breaker", "targets"]);
      },
    }),
    get: showCommand("GET /gateway/upstreams/{name}", "show an upstream, and how its targets are"),
    delete: deleteCommand("DELETE /gateway/upstreams/{name}", "delete an upstream"),
    apply,
  },
};

const limits: Group = {
  summary: "limits on Fountain's own routes",
  commands: {
    list: listCommand("GET /gateway/limits", "list limits", [
      "name",
      "source",
      "match",
      "per",
      "limit",
      "window",
      "exact",
    ]),
    get: showCommand("GET /gateway/limits/{name}", "show a limit"),
  },
};

const policies: Group = {
  summary: "policies: who may call what, from where and when",
  commands: {
    list: listCommand("GET /gateway/policies", "list policies", [
      "name",
      "source",
      "effect",
      "routes",
      "when",
      "dryRun",
    ]),
    get: showCommand("GET /gateway/policies/{name}", "show a policy"),
  },
};

const policy: Group = {
  summary: "why a call is allowed or denied",
  commands: {
    explain: command({
      summary: "explain what would be decided on a call, which is not made",
      args: ["METHOD", "PATH"],
      options: {
        subject: { type: "string", value: "ID", summary: "by this user" },
        service: { type: "string", value: "NAME", summary: "by this service" },
        key: { type: "string", value: "ID", summary: "by this API key" },
        address: { type: "string", value: "ADDRESS", summary: "from this address" },
        at: { type: "string", value: "INSTANT", summary: "at this time" },
      },
      examples: ["policy explain GET /notes/items --service films"],
      run: async (context, given) => {
        const [method = "", path = ""] = given.args;
        const { data } = await connect(context).client.call("POST /gateway/policies/explain", {
          body: {
            method: method.toUpperCase(),
            path,
            subject: given.text("subject"),
            service: given.text("service"),
            key: given.text("key"),
            address: given.text("address"),
            at: given.text("at"),
          },
        });
        if (context.output.isJson) return void context.output.result(data, () => "");
        const { evaluated, ...decision } = data;
        context.output.members(decision);
        if (evaluated.length > 0) context.output.table(evaluated, ["rule", "matched", "why"]);
      },
    }),
  },
};

export const GATEWAY = { upstreams, limits, policies, policy };
