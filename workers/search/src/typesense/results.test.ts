/** What a real Typesense 29.0 answered, replayed over a socket to the parts that ask it. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failure } from "#shared/lang/result.ts";
import { documentOf } from "../../../../tests/support/search-index.ts";
import { type Exchange, type Replay, readExchanges, startReplay } from "../../../../tests/typesense/replay.ts";
import { readResults, upsert } from "./documents.ts";
import type { Keyring } from "./keyring.ts";
import { createRules } from "./rules.ts";
import { readSearchResult, searchResultSchema } from "./search-result.ts";
import { createTransport } from "./transport.ts";

const exchanges = readExchanges();
const named = (name: string): Exchange => {
  const found = exchanges.find((exchange) => exchange.name === name);
  if (!found) throw new Error(`there is no recording ${name}`);
  return found;
};
const matching = (pattern: RegExp): Exchange[] =>
  exchanges.filter(({ request: { method, path } }) => pattern.test(`${method} ${path}`));

const read = (body: unknown) => readSearchResult(searchResultSchema.parse(body));

let replay: Replay;
beforeAll(async () => {
  replay = await startReplay();
});
afterAll(() => replay?.close());

const send = createTransport(undefined);
const call: Keyring["call"] = (request, withinMs) => send(replay.url, "key", request, withinMs);
const answering = (name: string) => {
  replay.answer = named(name).response;
};

describe.skipIf(exchanges.length === 0)("recorded", () => {
  test("searches are read: hits, groups, facets, highlights and counts", () => {
    const searches = matching(/^GET .*\/documents\/search/).filter(({ response }) => response.status === 200);
    expect(searches.length).toBeGreaterThan(80);
    for (const { name, response } of searches) {
      const body = JSON.parse(response.body);
      const outcome = read({ results: [body] });
      if (!outcome.ok) throw new Error(`${name}: ${outcome.error.message}`);
      const { value: result } = outcome;
      expect([result.found, result.out_of, result.facet_counts], name).toEqual([
        body.found,
        body.out_of,
        body.facet_counts,
      ]);
      expect(result.hits, name).toHaveLength(body.hits?.length ?? 0);
      expect(result.grouped_hits?.length, name).toBe(body.grouped_hits?.length);
      for (const [index, hit] of result.hits.entries()) {
        expect(hit.document.id, name).toBe(body.hits[index].document.id);
        expect(hit.text_match, name).toBe(body.hits[index].text_match_info?.score);
        expect(hit.highlights.map(({ field }) => field)).toEqual(
          (body.hits[index].highlights ?? []).map(({ field }: { field: string }) => field),
        );
      }
    }
  });

  test("failures of single searches are told by their status and their words", () => {
    const results = matching(/^POST \/multi_search/)
      .filter(({ response }) => response.status === 200)
      .flatMap(({ response }) => JSON.parse(response.body).results ?? []);
    const failed = results.filter((result) => "code" in result);
    expect(failed.length).toBeGreaterThan(3);
    for (const result of results) {
      const outcome = read({ results: [result] });
      if ("code" in result) expect(outcome).toEqual(failure("refused", { status: result.code, message: result.error }));
      else expect(outcome).toMatchObject({ ok: true, value: { found: result.found } });
    }
  });

  test("imports are read line by line, refused documents beside taken ones", () => {
    const imports = matching(/\/documents\/import/).filter(({ response }) => response.status === 200);
    expect(imports.length).toBeGreaterThan(8);
    for (const { name, response } of imports) {
      const lines = response.body.split("\n").filter((line) => line !== "");
      const ids = lines.map((_, index) => `d${index}`);
      const refused = lines.flatMap((line, index) => {
        const result = JSON.parse(line);
        return result.success ? [] : [{ id: `d${index}`, refusal: result.error }];
      });
      expect(readResults(ids, response.body), name).toEqual({ ok: true, value: refused });
    }
    expect(readResults(["a"], named("import-empty-body").response.body)).toMatchObject({ ok: false });
  });

  test.each([
    ["import-upsert", 5, []],
    ["import-update-missing-id", 3, ["d1", "d2"]],
    ["vector-import", 3, ["d2"]],
  ])("%s, over a socket, leaves out what was refused", async (name, count, refused) => {
    answering(name);
    const wanted = Array.from({ length: count }, (_, index) => `d${index}`).map((id) => {
      const { script_id, ...document } = documentOf(id);
      return { id, document };
    });
    const upserted = await upsert(call, "products", wanted, 2_000);
    expect(upserted.ok && upserted.value.map(({ id }) => id)).toEqual(refused);
  });

  test.each([
    ["import-missing-collection", "missing"],
    ["import-bad-action", "refused"],
    ["auth-bad-key", "key-refused"],
    ["multi-search-empty", "broken"],
  ])("%s fails an import as %s", async (name, kind) => {
    answering(name);
    const { script_id, ...document } = documentOf("d");
    expect(await upsert(call, "x", [{ id: "d", document }], 2_000)).toMatchObject({ ok: false, error: { kind } });
  });

  test.each([
    ["document-delete", true],
    ["document-delete-missing", true],
    ["document-delete-missing-ignore", true],
    ["import-missing-collection", false],
    ["search-key-cannot-write", false],
  ])("after %s a document is gone: %s", async (name, isDeleted) => {
    answering(name);
    expect((await upsert(call, "x", [{ id: "999", document: undefined }], 2_000)).ok).toBe(isDeleted);
  });

  test("synonyms and overrides are listed, found, taken and refused", async () => {
    const rules = createRules({ call, generation: async () => "own-rules", upcoming: async () => [] });
    answering("synonym-list");
    expect((await rules.list("synonyms")).map(({ id }) => id)).toEqual(["coat-syn", "cup-syn"]);
    answering("override-list");
    expect((await rules.list("curations")).map(({ id }) => id)).toContain("dynamic");
    answering("synonym-upsert-multiway");
    expect(await rules.put("synonyms", "coat-syn", { synonyms: [] })).toMatchObject({ ok: true });
    answering("synonym-upsert-bad");
    expect(await rules.put("synonyms", "bad", {})).toEqual({
      ok: false,
      error: { kind: "refused", message: "Could not find an array of `synonyms`" },
    });
    answering("override-upsert-no-effect");
    expect(await rules.put("curations", "bad", {})).toMatchObject({ ok: false, error: { kind: "refused" } });
    for (const name of ["synonym-get-missing", "override-get-missing"]) {
      answering(name);
      expect(await rules.find("synonyms", "x")).toEqual({ ok: false, error: { kind: "unknown" } });
    }
    answering("override-delete-missing");
    expect(await rules.remove("curations", "x")).toEqual({ ok: false, error: { kind: "unknown" } });
    answering("synonym-missing-collection");
    expect(await rules.list("synonyms")).toEqual([]);
    answering("auth-missing-key");
    await expect(rules.list("synonyms")).rejects.toThrow("key-refused");
  });
});

describe("an import whose answer makes no sense is taken as no answer", () => {
  test.each([
    ["too few lines", '{"success":true}'],
    ["a line that cannot be read", '{"success":true}\n{"succ'],
    ["a document that the node could not store", '{"success":true}\n{"success":false,"code":503,"error":"disk"}'],
  ])("%s", (_, answer) => {
    expect(readResults(["a", "b"], answer)).toMatchObject({ ok: false, error: { kind: "unreachable" } });
  });

  test("but a refusal whose words are not escaped is a refusal", () => {
    const answer = '{"success":true}\n{"code":400,"error":"Bad "word".","success":false}';
    expect(readResults(["a", "b"], answer)).toMatchObject({ ok: true, value: [{ id: "b" }] });
  });
});
