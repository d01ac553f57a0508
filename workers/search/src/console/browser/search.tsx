/** Search: try a query, see how the index is, and change what words stand for each other. */
import type { JSX } from "preact";
import { addressOf, call, Link, Loading, type PanelProps, useLoaded, useMay, View } from "#console";
import { Curations } from "./curations.tsx";
import { Index } from "./index-state.tsx";
import { Query } from "./query.tsx";
import { Synonyms } from "./synonyms.tsx";

const TITLES = { "": "Try a query", synonyms: "Synonyms", curations: "Curations", index: "Index" } as const;

const isTab = (name: string): name is keyof typeof TITLES => Object.hasOwn(TITLES, name);

const TABS = Object.keys(TITLES).filter(isTab);

/** Rules are for those who write; the rest is for everyone who searches. */
const NEEDS_WRITE: readonly string[] = ["synonyms", "curations"];

export const Search = ({ rest: [tab = ""] }: PanelProps): JSX.Element => {
  const may = useMay();
  const status = useLoaded(async (signal) => (await call("GET /search/status", { signal })).data);
  const tabs = TABS.filter((name) => may("search:write") || !NEEDS_WRITE.includes(name));
  const current = tabs.find((name) => name === tab) ?? "";
  return (
    <View title="Search" lead="What services have stored to be found: words, filters and facets, with typos forgiven.">
      <nav class="tabs" aria-label="Search">
        {tabs.map((name) => (
          <Link to={name === "" ? addressOf("search") : addressOf("search", name)} current={name === current}>
            {TITLES[name]}
          </Link>
        ))}
      </nav>
      {current === "" && <Query />}
      {current !== "" && (
        <Loading of={status} isThere={status.value !== undefined}>
          {status.value && current === "index" && <Index status={status.value} reload={status.reload} />}
          {status.value && current === "synonyms" && <Synonyms engine={status.value.engine} />}
          {status.value && current === "curations" && <Curations engine={status.value.engine} />}
        </Loading>
      )}
    </View>
  );
};
