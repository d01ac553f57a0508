/** Screenplays with a history: a line that was rewritten, scenes in another order, and all of it to be found. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Client, Schemas } from "../../clients/typescript/src/index.ts";
import { eventually } from "../demo/play.ts";
import { some, type Thing } from "./thing.ts";

const SEARCH_PATIENCE_MS = 30_000;

const SCREENPLAYS: readonly (readonly [title: string, file: string])[] = [
  ["THE LIGHTHOUSE KEEPER", "the-lighthouse-keeper.fountain"],
  ["The Kettle Song", "kettle-song.fountain"],
  ["La Bouée rouge", "the-red-buoy.fountain"],
];

type Element = Schemas["service-a.Element"];

const elementsOf = async (user: Client, scriptId: number): Promise<Element[]> => {
  const found: Element[] = [];
  for await (const one of user.list("GET /service-a/elements", { query: { scriptId, limit: 200 } })) found.push(one);
  return found;
};

const rewrite = async (user: Client, elements: readonly Element[]): Promise<void> => {
  const line = elements.find(({ elementType }) => elementType === "spokenWord");
  if (line === undefined) return;
  const { elementType, elementId, text } = line;
  for (const newVersionData of [`${text} I think.`, `${text} I know.`])
    await user.call("POST /service-a/sequence/version", {
      body: { elementType, elementId, newVersionData, comment: "after the first reading" },
    });
};

/** Lets the first two scenes change places. */
const swap = async (user: Client, elements: readonly Element[]): Promise<void> => {
  const elementIds = elements.filter(({ elementType }) => elementType === "section").map((one) => one.elementId);
  const [first, second, ...rest] = elementIds;
  if (first === undefined || second === undefined) return;
  const newOrder = [second, first, ...rest];
  await user.call("POST /service-a/sequence/reorder", {
    body: { elementType: "section", elementIds, newOrder, comment: "begin with the second" },
  });
};

const isSearchable = (user: Client, scriptId: number): Promise<boolean> =>
  eventually(SEARCH_PATIENCE_MS, async () => {
    const body = { q: "*", query_by: "text", filter_by: `script_id:=${scriptId}`, per_page: 1 };
    return (await user.call("POST /search/search", { body })).data.found > 0;
  });

const screenplayOf = ([title, file]: (typeof SCREENPLAYS)[number]): Thing => ({
  name: `screenplay ${title}`,
  isThere: ({ user }) => some(user.list("GET /service-a/scripts"), (one) => one.title === title),
  make: async ({ user }) => {
    const body = readFileSync(path.join(import.meta.dirname, "..", file), "utf8");
    const { data } = await user.call("POST /service-a/scripts", { body });
    const elements = await elementsOf(user, data.scriptId);
    await rewrite(user, elements);
    await swap(user, elements);
    if (!(await isSearchable(user, data.scriptId))) throw new Error("search does not have it yet: look again later");
  },
});

export const screenplays: readonly Thing[] = SCREENPLAYS.map(screenplayOf);
