import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failure, success } from "#shared/lang/result.ts";
import type { Filter } from "./filter.ts";
import { parseFilter } from "./filter-parser.ts";
import {
  limitsWithin,
  MAX_EMBEDDED_FILTER_LENGTH,
  namedIn,
  printEmbeddedFilter,
  restrictionsOf,
} from "./restrictions.ts";

const parse = (source: string): Filter => {
  const parsed = parseFilter(source);
  if (!parsed.ok) throw new Error(parsed.error.detail);
  return parsed.value;
};

/** What a filter says of a document with these values: an implementation of its own, to judge the trees by. */
const holds = (filter: Filter, document: Record<string, number>): boolean => {
  if ("items" in filter) {
    const parts = filter.items.map((item) => holds(item, document));
    return filter.kind === "and" ? parts.every(Boolean) : parts.some(Boolean);
  }
  if (filter.kind !== "match") throw new Error("not in these tests");
  const isOneOf = filter.operands.some(
    (operand) => operand.kind === "value" && operand.value === document[filter.field],
  );
  return isOneOf === (filter.operator !== ":!=");
};

const clause = fc
  .tuple(fc.constantFrom("script_id", "sequence_number"), fc.constantFrom(":=", ":!="), fc.nat({ max: 3 }))
  .map((parts) => parts.join(""));
const source = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    clause,
    fc.tuple(tie("filter"), fc.constantFrom(" && ", " || "), tie("filter")).map((parts) => parts.join("")),
    tie("filter").map((inner) => `(${inner})`),
  ),
})).filter;

describe("a filter within another", () => {
  test("lets through what both let through", () => {
    const documents = [0, 1, 2, 3].flatMap((script_id) =>
      [0, 1, 2, 3].map((sequence_number) => ({ script_id, sequence_number })),
    );
    fc.assert(
      fc.property(source, source, (within, wanted) => {
        const printed = printEmbeddedFilter(parse(wanted), parse(within));
        if (!printed.ok) return;
        for (const document of documents) {
          const expected = holds(parse(within), document) && holds(parse(wanted), document);
          expect(holds(parse(printed.value), document)).toBe(expected);
        }
      }),
    );
  });

  test("is written in one way, however it was written", () => {
    expect(printEmbeddedFilter(parse(" ( script_id := 1 )&&id:=`a b` "), undefined)).toEqual(
      success("script_id:=1 && id:=`a b`"),
    );
    expect(printEmbeddedFilter(parse("id:=x || id:=y"), parse("script_id:=1 && element_id:>2"))).toEqual(
      success("(script_id:=1 && element_id:>2) && (id:=x || id:=y)"),
    );
  });

  test("is refused when no key could carry it", () => {
    const long = parse(`id:=${"x".repeat(MAX_EMBEDDED_FILTER_LENGTH - 10)}`);
    expect(printEmbeddedFilter(long, undefined).ok).toBe(true);
    expect(printEmbeddedFilter(long, parse("script_id:=1"))).toEqual(failure("too-large"));
    expect(printEmbeddedFilter(parse(`id:=${"鍵".repeat(1_331)}`), undefined).ok).toBe(true);
    expect(printEmbeddedFilter(parse(`id:=${"鍵".repeat(1_332)}`), undefined)).toEqual(failure("too-large"));
  });
});

describe("the restrictions of a key", () => {
  test("are none where the key has no filter", () => {
    expect(restrictionsOf({})).toBeUndefined();
  });

  test("that cannot be read are never taken for none", () => {
    for (const searchFilter of ["", " ", "nope:=1", "script_id:=1 ||"])
      expect(() => restrictionsOf({ searchFilter })).toThrow();
    expect(() => restrictionsOf({ searchFilter: " ", searchLimits: { max_hits: 1 } })).toThrow();
    expect(restrictionsOf({ searchFilter: "", searchLimits: { fields: ["nope"] } })).toEqual({ fields: [] });
  });

  test("are what its claims say", () => {
    const searchLimits = { fields: ["id", "text"], omitted: ["out_of"], max_hits: 5 };
    expect(restrictionsOf({ searchFilter: "", searchLimits })).toEqual({
      fields: ["id", "text"],
      omitted: ["out_of"],
      maxHits: 5,
    });
  });
});

describe("the limits of a key", () => {
  const limits = (include: string, exclude: string, maxHits?: number, within?: Parameters<typeof limitsWithin>[1]) => {
    const [first, second] = [namedIn(include), namedIn(exclude)];
    if (!first.ok || !second.ok) throw new Error("names no field");
    return limitsWithin({ include: first.value, exclude: second.value, maxHits }, within);
  };

  test("name the fields that are left, what is left out, and the most hits", () => {
    expect(limits("id,text,comment", "comment,out_of", 7)).toEqual(
      success({ fields: ["id", "text"], omitted: ["out_of"], max_hits: 7 }),
    );
    expect(limits("element_*", "")).toEqual(success({ fields: ["element_type", "element_id"] }));
    expect(limits("*", "")).toEqual(success(undefined));
  });

  test("are within those of its author", () => {
    const within = { fields: ["id", "text"] as const, omitted: ["search_time_ms"] as const, maxHits: 3 };
    expect(limits("text,comment", "out_of", 9, within)).toEqual(
      success({ fields: ["text"], omitted: ["out_of", "search_time_ms"], max_hits: 3 }),
    );
    expect(limits("", "", undefined, within)).toEqual(
      success({ fields: ["id", "text"], omitted: ["search_time_ms"], max_hits: 3 }),
    );
    expect(limits("comment", "", undefined, within)).toEqual(failure("no-fields"));
  });

  test("are refused where a name is no field's", () => {
    expect(namedIn("text, txt")).toEqual(failure("unknown", { name: "txt" }));
  });
});
