/** What becomes of each parameter that a search of Typesense's has, on both engines. */
import { EXTRAS, type ExtraName, FOREIGN } from "../../workers/search/src/query/extras.ts";
import { QUERY_PARAMETERS } from "../../workers/search/src/query/parameter-names.ts";

/** Those of a request with several searches, which are no search's own. */
export const OF_REQUESTS = {
  collection: "names the collection: `elements`",
  limit_multi_searches: "supported, up to 50",
  searches: "up to 50",
  union: "refused by name, unless `false`",
  "x-typesense-api-key": "refused in a search: send one key as a header",
} as const;

const names = (list: readonly string[]): string =>
  list
    .toSorted()
    .map((name) => `\`${name}\``)
    .join(", ");

const extras: ExtraName[] = Object.keys(EXTRAS).filter((name): name is ExtraName => Object.hasOwn(EXTRAS, name));

export const IDLE = extras.filter((name) => EXTRAS[name] === "idle");
export const REFUSED = extras.filter((name) => EXTRAS[name] !== "idle");

const valuesTaken = (name: ExtraName): string => {
  const values: "idle" | readonly string[] = EXTRAS[name];
  const [first] = values === "idle" ? [] : values;
  return first === undefined ? `\`${name}\`` : `\`${name}\` (but \`${first}\`)`;
};

const foreign = Object.keys(FOREIGN).map((name) =>
  FOREIGN[name]?.includes("true") ? `\`${name}\` (but \`true\`)` : `\`${name}\``,
);

/** The table of the guide. */
export const parametersAsMarkdown = (): string =>
  [
    "| parameters | embedded | Typesense |",
    "| --- | --- | --- |",
    `| ${names(QUERY_PARAMETERS)} | supported | supported |`,
    `| ${names(IDLE)} | no effect | passed on |`,
    `| ${REFUSED.map(valuesTaken).toSorted().join(", ")} | refused by name | passed on |`,
    `| ${foreign.toSorted().join(", ")} | refused by name | refused by name |`,
    ...Object.entries(OF_REQUESTS).map(([name, what]) => `| \`${name}\` in \`multi_search\` | ${what} | the same |`),
  ].join("\n");
