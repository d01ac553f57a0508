/** Every parameter of Typesense's own API description is supported, without effect, or refused by its name. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { asksForForeign, FOREIGN } from "../../workers/search/src/query/extras.ts";
import { SEARCH_PARAMETERS } from "../../workers/search/src/query/parameter-names.ts";
import { readSearch } from "../../workers/search/src/query/read-search.ts";
import { searchRequest } from "../../workers/search/src/typesense/search-request.ts";
import { create, openTestEngine } from "../support/search-index.ts";
import { VECTORS } from "../typesense/contract.ts";
import { IDLE, OF_REQUESTS, parametersAsMarkdown, REFUSED } from "./parameters.ts";

const DESCRIPTION = path.join(VECTORS, "typesense", "openapi.yml");
const GUIDE = path.join(import.meta.dirname, "..", "..", "docs", "search.md");

/** Of the documentation of version 29, and in no schema of the description. */
const DOCUMENTED_ONLY = [
  "enable_lazy_filter",
  "enable_overrides",
  "facet_query_num_typos",
  "facet_sample_percent",
  "facet_sample_threshold",
  "limit_hits",
  "override_tags",
];

const schemaShape = z.looseObject({ properties: z.record(z.string(), z.unknown()).default({}) });
const descriptionShape = z.object({
  components: z.object({
    schemas: z.object({
      SearchParameters: schemaShape,
      MultiSearchParameters: schemaShape,
      MultiSearchSearchesParameter: schemaShape,
      MultiSearchCollectionParameters: z.object({ allOf: z.array(schemaShape) }),
    }),
  }),
});

const described = (): string[] => {
  const { schemas } = descriptionShape.parse(parse(readFileSync(DESCRIPTION, "utf8"))).components;
  const { MultiSearchCollectionParameters, ...others } = schemas;
  return [...Object.values(others), ...MultiSearchCollectionParameters.allOf].flatMap(({ properties }) =>
    Object.keys(properties),
  );
};

const KNOWN = new Set([...SEARCH_PARAMETERS, ...Object.keys(OF_REQUESTS)]);

test.skipIf(!existsSync(DESCRIPTION))("every parameter of the description is known", () => {
  const names = described();
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !KNOWN.has(name))).toEqual([]);
});

test("so is every parameter that is only documented", () => {
  expect(DOCUMENTED_ONLY.filter((name) => !KNOWN.has(name))).toEqual([]);
});

test("the guide says what becomes of each", () => {
  expect(readFileSync(GUIDE, "utf8")).toContain(`\n${parametersAsMarkdown()}\n`);
});

const engine = await openTestEngine();
const SEARCH = { q: "harbor", query_by: "text,comment", facet_by: "element_type" };

/** One that asks for something, of each kind. */
const VALUES = ["1", "true", "false", "element_type", "automatic"];

const faultsOf = (name: string, value: string) => {
  const read = readSearch(engine, { ...SEARCH, [name]: value });
  return read.ok ? [] : read.error.faults;
};

describe("on the embedded engine", () => {
  test.each(IDLE)("%s changes nothing", async (name) => {
    await engine.sync([create("a", { text: "harbour" }), create("b", { comment: "harbour" })]);
    const without = await engine.search(SEARCH);
    for (const value of VALUES) expect(await engine.search({ ...SEARCH, [name]: value })).toEqual(without);
  });

  test.each(REFUSED)("%s is refused by its name, and passed on to a cluster", (name) => {
    const refused = VALUES.filter((value) => faultsOf(name, value).length > 0);
    expect(refused.length).toBeGreaterThan(0);
    for (const value of refused)
      expect(faultsOf(name, value)).toMatchObject([
        { parameter: name, message: expect.stringContaining(`\`${name}\``) },
      ]);
    const [value = ""] = refused;
    const read = readSearch({ refusalsOf: () => [] }, { ...SEARCH, [name]: value });
    if (!read.ok) throw new Error("a cluster takes it");
    expect(JSON.stringify(searchRequest(read.value.query).body)).toContain(`"${name}":`);
  });
});

test.each(Object.keys(FOREIGN))("%s is refused by its name on both engines", (name) => {
  const refused = VALUES.filter((value) => asksForForeign(name, value));
  expect(refused.length).toBeGreaterThan(0);
  for (const value of refused) {
    const read = readSearch({ refusalsOf: () => [] }, { ...SEARCH, [name]: value });
    expect(read).toMatchObject({
      ok: false,
      error: { faults: [{ parameter: name, message: expect.stringContaining(`\`${name}\``) }] },
    });
  }
});
