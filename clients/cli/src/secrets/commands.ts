/** `fountain secrets`: values at paths. */
import { parseEnv } from "node:util";
import { command, type Group } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { usageError } from "../terminal/exit.ts";
import { readInput } from "../terminal/file.ts";
import { plain } from "../terminal/output.ts";
import { typedOrPiped } from "../terminal/prompt.ts";
import { lineOf, pathOf } from "./environment.ts";
import { listPaths, mapSome, readValue, readVariables } from "./reading.ts";

const get = command({
  summary: "print the value of a secret",
  args: ["PATH"],
  options: { version: { type: "string", value: "N", summary: "not the latest version, but this one" } },
  examples: ["secrets get editor/smtp-password"],
  run: async (context, given) => {
    const [path = ""] = given.args;
    const query = { version: given.number("version") };
    const { data } = await connect(context).client.call("GET /kms/secrets/{path}", { path: { path }, query });
    const { output, io } = context;
    if (output.isJson) output.result(data, () => "");
    // A pipe gets the value and nothing else; a terminal nothing that steers it.
    else output.raw(io.stdout.isTTY ? `${data.value.split("\n").map(plain).join("\n")}\n` : data.value);
  },
});

const set = command({
  summary: "store a new version of a secret, typed or from stdin",
  details: "One line break at the end of stdin is left out. With --file, the file is taken as it is.",
  args: ["PATH"],
  options: {
    file: { type: "string", value: "FILE", summary: "the value is the content of this file; - is stdin" },
    cas: { type: "string", value: "N", summary: "only if this is the current version; 0: only if there is none" },
  },
  examples: ["secrets set editor/smtp-password", "secrets set tls/key --file key.pem"],
  run: async (context, given) => {
    const [path = ""] = given.args;
    const cas = given.number("cas");
    const file = given.text("file");
    const value = await (file === undefined ? typedOrPiped(context.io, "Value: ") : readInput(context.io, file));
    const { client } = connect(context);
    const { data } = await client.call("PUT /kms/secrets/{path}", { path: { path }, body: { value, cas } });
    context.output.result(data, () => `Stored version ${data.version} of ${data.path}.`);
  },
});

const ls = command({
  summary: "list the paths of secrets",
  args: ["[PREFIX]"],
  run: async (context, given) => {
    const [prefix = ""] = given.args;
    const paths = await listPaths(connect(context).client, prefix);
    context.output.result(paths, () => paths.join("\n"));
  },
});

const rm = command({
  summary: "delete the latest version of a secret; it can be restored",
  args: ["PATH"],
  run: async (context, given) => {
    const [path = ""] = given.args;
    await connect(context).client.call("DELETE /kms/secrets/{path}", { path: { path } });
    context.output.result({ path, deleted: true }, () => `Deleted the latest version of ${path}.`);
  },
});

const PREFIX = { type: "string", value: "PREFIX", summary: "where their paths begin, such as editor/" } as const;

const importFile = command({
  summary: "store the variables of a .env file as secrets",
  details: "SMTP_PASSWORD becomes PREFIX and smtp-password. Secrets that have that value already stay as they are.",
  args: ["FILE"],
  options: { prefix: PREFIX, "dry-run": { type: "boolean", summary: "only say what would be stored" } },
  examples: ["secrets import .env --prefix editor/"],
  run: async (context, given) => {
    const [file = ""] = given.args;
    const prefix = given.text("prefix") ?? "";
    const variables = Object.entries(parseEnv(await readInput(context.io, file)));
    if (variables.length === 0) throw usageError(`${file} has no variables.`);
    const { client } = connect(context);
    const known = new Set(await listPaths(client, prefix));
    const stored = await mapSome(variables, async ([name, value = ""]) => {
      const path = pathOf(name, prefix);
      if (known.has(path) && (await readValue(client, path)) === value) return { path, change: "unchanged" };
      const change = known.has(path) ? "changed" : "new";
      if (!given.flag("dry-run")) await client.call("PUT /kms/secrets/{path}", { path: { path }, body: { value } });
      return { path, change };
    });
    context.output.table(stored, ["change", "path"]);
  },
});

const exportFile = command({
  summary: "print secrets as a .env file",
  details: "For a program, `fountain run` is better: it leaves no file.",
  options: {
    prefix: PREFIX,
    env: { type: "string", multiple: true, value: "NAME=PATH", summary: "this secret, under this name" },
  },
  examples: ["secrets export --prefix editor/"],
  run: async (context, given) => {
    const choice = { prefix: given.text("prefix"), single: given.texts("env") };
    const variables = await readVariables(connect(context).client, choice);
    context.output.result(variables, () =>
      Object.entries(variables)
        .map(([name, value]) => lineOf(name, value))
        .join("\n"),
    );
  },
});

export const secrets: Group = {
  summary: "secrets: read, store, import and export",
  commands: { get, set, ls, rm, import: importFile, export: exportFile },
};
