/** `fountain search` and `fountain scripts`. */
import { command, type Group } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { usageError } from "../terminal/exit.ts";
import { readInput } from "../terminal/file.ts";
import { LIMIT, take } from "./lists.ts";

const search = command({
  summary: "search the elements of scripts",
  args: ["QUERY"],
  options: {
    by: { type: "string", value: "FIELDS", summary: "which fields, separated by commas; text by default" },
    filter: { type: "string", value: "FILTER", summary: "such as element_type:=action" },
    facet: { type: "string", value: "FIELDS", summary: "count the values of these fields; see --json" },
    "per-page": { type: "string", value: "N", summary: "how many hits" },
    page: { type: "string", value: "N", summary: "which page of them" },
  },
  examples: ['search "light house" --filter element_type:=action'],
  run: async (context, given) => {
    const [q = ""] = given.args;
    const { data } = await connect(context).client.call("POST /search/search", {
      body: {
        q,
        query_by: given.text("by") ?? "text",
        filter_by: given.text("filter"),
        facet_by: given.text("facet"),
        per_page: given.number("per-page"),
        page: given.number("page"),
      },
    });
    if (context.output.isJson) return void context.output.result(data, () => "");
    context.output.table(
      data.hits.map(({ document }) => ({ ...document })),
      ["id", "element_type", "script_id", "text"],
    );
    context.output.note(`${data.found} found.`);
  },
});

const scriptId = (text: string | undefined): number => {
  if (!/^\d{1,15}$/.test(text ?? "")) throw usageError("ID must be a number, as in: fountain scripts list");
  return Number(text);
};

const scripts: Group = {
  summary: "screenplays in Fountain markup",
  commands: {
    list: command({
      summary: "list scripts",
      options: LIMIT,
      run: async (context, given) => {
        const { client } = connect(context);
        context.output.table(await take(client.list("GET /service-a/scripts"), context, given), [
          "scriptId",
          "title",
          "createdAt",
        ]);
      },
    }),
    import: command({
      summary: "import a screenplay, all of it or nothing",
      args: ["FILE"],
      examples: ["scripts import the-lighthouse-keeper.fountain"],
      run: async (context, { args: [file = ""] }) => {
        const body = await readInput(context.io, file);
        const { data } = await connect(context).client.call("POST /service-a/scripts", { body });
        context.output.members({ scriptId: data.scriptId, title: data.title, ...data.counts });
      },
    }),
    export: command({
      summary: "print a script as Fountain markup",
      args: ["ID"],
      run: async (context, { args: [id] }) => {
        const { data } = await connect(context).client.call("GET /service-a/scripts/{id}.fountain", {
          path: { id: scriptId(id) },
        });
        if (context.output.isJson) context.output.result({ text: data }, () => "");
        else context.output.raw(data);
      },
    }),
  },
};

export const CONTENT = { search, scripts };
