/** That nothing a caller sends gets around a confinement: on a real database, with queries made to try it. */
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { create, openTestEngine } from "../../../../tests/support/search-index.ts";
import { parseFilter } from "../query/filter-parser.ts";
import { readMultiSearch } from "../query/multi-search.ts";
import { readSearch } from "../query/read-search.ts";

const engine = await openTestEngine();

const EMBEDDED_FILTER = "script_id:=1 && element_type:!=section || id:=b2";
const VISIBLE = ["a1", "a2", "b2"];

beforeEach(async () => {
  await engine.sync([
    create("a1", { script_id: 1, text: "harbour light", sequence_number: 1 }),
    create("a2", { script_id: 1, text: "harbour dark", sequence_number: 2, service_name: "one" }),
    create("a3", { script_id: 1, text: "harbour", element_type: "section", sequence_number: 3 }),
    create("b1", { script_id: 2, text: "harbour light", sequence_number: 4, service_name: "two" }),
    create("b2", { script_id: 2, text: "tower `light` || dark", sequence_number: 5 }),
    create("c1", { text: "secret harbour", comment: "secret", sequence_number: 6 }),
  ]);
});

const embeddedFilter = (() => {
  const parsed = parseFilter(EMBEDDED_FILTER);
  if (!parsed.ok) throw new Error(parsed.error.detail);
  return parsed.value;
})();

/** What a caller so confined sees; `undefined` where the query is refused. */
const search = async (parameters: Record<string, string>) => {
  const read = readSearch(
    engine,
    { q: "*", query_by: "text,comment", per_page: "250", ...parameters },
    {
      filter: embeddedFilter,
    },
  );
  if (!read.ok) return undefined;
  const { hits, found, out_of, facet_counts } = await engine.answer(read.value.query);
  return { ids: hits.map(({ document }) => String(document.id)).sort(), found, out_of, facet_counts };
};

describe("a confined caller", () => {
  test("sees, counts and is told of what the confinement lets through, and of nothing else", async () => {
    const answer = await search({ facet_by: "service_name,script_id" });
    expect(answer).toMatchObject({ ids: VISIBLE, found: 3, out_of: 3 });
    const values = answer?.facet_counts.map(({ counts }) => counts.map(({ value }) => value).sort());
    expect(values).toEqual([
      ["one", "service-a"],
      ["1", "2"],
    ]);
  });

  test("narrows it by filters of his own", async () => {
    expect(await search({ filter_by: "sequence_number:>=2" })).toMatchObject({ ids: ["a2", "b2"], found: 2 });
  });

  test.each([
    ["filter_by", "script_id:=2"],
    ["filter_by", "id:=a1 || script_id:=2"],
    ["filter_by", "id:=[a1,a3,b1,b2,c1]"],
    ["filter_by", "sequence_number:>0 || id:!=x"],
    ["filter_by", "(id:!=x) || (id:!=y)"],
    ["hidden_hits", "a1"],
    ["facet_query", "service_name:tw"],
    ["q", "secret || harbour"],
    ["q", "-light"],
  ])("cannot widen it: %s=%s", async (name, value) => {
    const answer = await search({ facet_by: "service_name", [name]: value });
    expect(VISIBLE).toEqual(expect.arrayContaining(answer?.ids ?? []));
    expect(JSON.stringify(answer)).not.toContain('"two"');
  });

  test.each([
    "id:=a1) || (id:!=x",
    "id:=a1)) || ((id:!=x",
    "id:=`a1) || (id:!=x",
    "id:=a1` || id:!=`x",
    ") || (",
    "||",
  ])("cannot close a parenthesis or a quotation that he did not open: %s", async (filter) => {
    expect(VISIBLE).toEqual(expect.arrayContaining((await search({ filter_by: filter }))?.ids ?? []));
  });

  test("cannot widen it by what he sends around it, whatever that is", async () => {
    const piece = fc.constantFrom(
      ...[
        "(",
        ")",
        "||",
        "&&",
        "`",
        "\\`",
        "\\",
        "[",
        "]",
        ",",
        "*",
        "!",
        " ",
        "..",
        "id:=c1",
        "id:!=x",
        "script_id:=2",
      ],
      ...[
        "sequence_number:>0",
        "text:secret",
        "comment:=secret",
        "service_name:two",
        ":",
        ":=",
        ":!=",
        "id",
        "'",
        ";--",
      ],
    );
    const text = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(""));
    const property = fc.asyncProperty(text, text, text, async (filter, common, q) => {
      const body = JSON.stringify({ searches: [{ filter_by: filter, q: q || "*" }] });
      const read = readMultiSearch(body, { filter_by: common });
      for (const parameters of read.ok ? read.value : []) {
        const answer = await search({ facet_by: "service_name", ...parameters } satisfies Record<string, unknown>);
        expect(VISIBLE).toEqual(expect.arrayContaining(answer?.ids ?? []));
        expect(answer?.found ?? 0).toBeLessThanOrEqual(VISIBLE.length);
        expect(JSON.stringify(answer?.facet_counts ?? [])).not.toContain('"two"');
      }
    });
    await fc.assert(property, { numRuns: 250 });
  });
});
