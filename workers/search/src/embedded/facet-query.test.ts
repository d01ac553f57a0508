import { beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase } from "../../../../tests/support/database.ts";
import { create, createTestEngine, queryOf } from "../../../../tests/support/search-index.ts";
import { SearchRefused } from "../query/engine.ts";
import { readFacets } from "./facet-reader.ts";
import { wordlessSelection } from "./search-sql.ts";

const DOCUMENTS = 12_000;
const LONG = "x".repeat(200);
const TYPES = ["action", "spokenWord", "section", "Größe", "咖啡馆", "light house"];

let engine: ReturnType<typeof createTestEngine>;

beforeAll(async () => {
  const database = await openTestDatabase("search");
  engine = createTestEngine(database.client);
  for (let from = 1; from <= DOCUMENTS; from += 3_000)
    await engine.sync(
      Array.from({ length: 3_000 }, (_, at) =>
        create(`e${from + at}`, {
          element_id: from + at,
          element_type: TYPES[at % TYPES.length] ?? "",
          service_name: `${LONG} name${from + at}`,
        }),
      ),
    );
  return () => database.close();
}, 60_000);

const counts = async (field: string, words: string, more: object = {}) => {
  const { facet_counts } = await engine.search({ facet_by: field, facet_query: `${field}:${words}`, ...more });
  return facet_counts[0]?.counts.map(({ highlighted, count }) => [highlighted, count]);
};

describe("a facet query", () => {
  test("looks at all values, however many there are", async () => {
    expect(await counts("element_id", "11999")).toEqual([["<mark>11999</mark>", 1]]);
    expect(await counts("service_name", "name11999")).toEqual([[`${LONG} <mark>name11999</mark>`, 1]]);
    const { facet_counts } = await engine.search({ facet_by: "element_id", facet_query: "element_id:1199" });
    expect(facet_counts[0]).toMatchObject({
      counts: ["1199", "11990"].map((value) => ({ value })).concat(Array(8).fill({ count: 1 })),
      stats: { min: 1, max: DOCUMENTS, total_values: 11 },
    });
  });

  test.each([
    ["acton", {}, [["<mark>action</mark>", 2_000]]],
    ["spokn", {}, [["<mark>spokenWord</mark>", 2_000]]],
    ["setcion", { facet_query_num_typos: 1 }, [["<mark>section</mark>", 2_000]]],
    ["sectiion", { facet_query_num_typos: 0 }, []],
    ["sxctixn", {}, [["<mark>section</mark>", 2_000]]],
    ["sxctixn", { facet_query_num_typos: 1 }, []],
    ["grosse", {}, [["<mark>Größe</mark>", 2_000]]],
    ["啡馆", {}, [["咖<mark>啡馆</mark>", 2_000]]],
    ["house ligth", {}, [["<mark>light</mark> <mark>house</mark>", 2_000]]],
    [
      "s",
      {},
      [
        ["<mark>s</mark>ection", 2_000],
        ["<mark>s</mark>pokenWord", 2_000],
      ],
    ],
    ["zzz", {}, []],
  ])("for %s %j finds %j", async (words, more, expected) => {
    expect(await counts("element_type", words, more)).toEqual(expected);
  });

  test("shows as many values as are asked for, in the order that is asked for", async () => {
    const parameters = {
      facet_by: "element_type(sort_by:_alpha:desc)",
      facet_query: "element_type:s",
      max_facet_values: 1,
    };
    const { facet_counts } = await engine.search(parameters);
    expect(facet_counts[0]).toMatchObject({ counts: [{ value: "spokenWord" }], stats: { total_values: 2 } });
  });

  test("counts in what was found only", async () => {
    expect(await counts("element_type", "s", { filter_by: "element_id:<=6" })).toEqual([
      ["<mark>s</mark>ection", 1],
      ["<mark>s</mark>pokenWord", 1],
    ]);
    expect(await counts("element_type", "s", { filter_by: "element_id:=0" })).toEqual([]);
  });

  test("is refused where there are more values than can be compared", async () => {
    const query = queryOf({ facet_by: "element_id", facet_query: "element_id:1" });
    const selection = wordlessSelection(query);
    if (!selection) throw new Error("the query has no words");
    const row = { list: "[[1,1]]", total_values: 100_001, documents: 100_001 };
    const read = () => Promise.reject(new Error("no further page is read"));
    await expect(readFacets(query, selection, [[row]], read)).rejects.toThrow(SearchRefused);
  });
});
