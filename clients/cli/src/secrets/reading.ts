/** Reads the secrets that a command is for. */
import type { Client } from "../../../typescript/src/index.ts";
import { usageError } from "../terminal/exit.ts";
import { checkedName, variableOf } from "./environment.ts";

/** More than a program has, and few enough for one command. */
const MAX_SECRETS = 500;
/** Reads at the same time. */
const AT_ONCE = 8;

/** The paths that begin so. */
export const listPaths = async (client: Client, prefix: string): Promise<string[]> => {
  const paths: string[] = [];
  const query = { limit: 200, ...(prefix !== "" && { prefix }) };
  for await (const { path } of client.list("GET /kms/secrets", { query })) paths.push(path);
  return paths;
};

/** The latest version's value. */
export const readValue = async (client: Client, path: string): Promise<string> =>
  (await client.call("GET /kms/secrets/{path}", { path: { path } })).data.value;

/** The results in the order of the items. */
export const mapSome = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  // The first one alone: it asks for a second factor, if there is to be one.
  for (let start = 0; start < items.length; start += start === 0 ? 1 : AT_ONCE)
    results.push(...(await Promise.all(items.slice(start, start === 0 ? 1 : start + AT_ONCE).map(work))));
  return results;
};

/** Which secrets, under which names. */
export interface Choice {
  /** `undefined`: none by prefix, unless there are no single ones either. */
  prefix: string | undefined;
  /** `NAME=path` each. */
  single: readonly string[];
}

const singleOf = (given: string): [name: string, path: string] => {
  const [, name, path] = /^([^=]*)=(.+)$/.exec(given) ?? [];
  if (name === undefined || path === undefined)
    throw usageError(`"${given}" must be NAME=path.`, "Such as: --env SMTP_PASSWORD=editor/smtp-password");
  return [checkedName(name), path];
};

const pathsByName = async (client: Client, { prefix, single }: Choice): Promise<Map<string, string>> => {
  const paths = prefix === undefined && single.length > 0 ? [] : await listPaths(client, prefix ?? "");
  if (paths.length > MAX_SECRETS)
    throw usageError(`There are more than ${MAX_SECRETS} secrets.`, "Choose some with --prefix.");
  const byName = new Map<string, string>();
  for (const path of paths) {
    const name = variableOf(path, prefix ?? "");
    const other = byName.get(name);
    if (other !== undefined)
      throw usageError(`${other} and ${path} would both be ${name}.`, "Choose names with --env NAME=path.");
    byName.set(name, path);
  }
  for (const given of single) byName.set(...singleOf(given));
  return byName;
};

/** The chosen secrets by the names of variables. What is named wins over what a prefix gives. */
export const readVariables = async (client: Client, choice: Choice): Promise<Record<string, string>> => {
  const byName = [...(await pathsByName(client, choice))];
  const values = await mapSome(byName, async ([name, path]) => [name, await readValue(client, path)]);
  return Object.fromEntries(values);
};
