/** Commands that need nothing but a method and a path: they list, show or delete what has a name. */
import { type Command, command } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { LIMIT, take } from "./lists.ts";

type Listed = "GET /gateway/limits" | "GET /gateway/policies" | "GET /kms/roles" | "GET /kms/services";

/** Lists everything at a path, of which people see these columns. */
export const listCommand = (key: Listed, summary: string, columns: readonly string[]): Command =>
  command({
    summary,
    options: LIMIT,
    run: async (context, given) => {
      const found = await take(connect(context).client.list(key), context, given);
      context.output.table(found, columns);
    },
  });

type Shown =
  | "GET /gateway/limits/{name}"
  | "GET /gateway/policies/{name}"
  | "GET /gateway/upstreams/{name}"
  | "GET /kms/services/{name}";

export const showCommand = (key: Shown, summary: string): Command =>
  command({
    summary,
    args: ["NAME"],
    run: async (context, { args: [name = ""] }) => {
      const { data } = await connect(context).client.call(key, { path: { name } });
      context.output.members(data);
    },
  });

type Deleted = "DELETE /gateway/upstreams/{name}" | "DELETE /kms/roles/{name}" | "DELETE /kms/services/{name}";

export const deleteCommand = (key: Deleted, summary: string): Command =>
  command({
    summary,
    args: ["NAME"],
    run: async (context, { args: [name = ""] }) => {
      await connect(context).client.call(key, { path: { name } });
      context.output.result({ name, deleted: true }, () => `Deleted ${name}.`);
    },
  });
