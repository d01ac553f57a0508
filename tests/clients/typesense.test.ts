/** Typesense's own client, as npm has it, against a running Fountain: what it asks, what it gets, what it throws. */
import { Client, Errors, SearchClient } from "typesense";
import { describe, expect, test } from "vitest";
import { registerService } from "../support/session.ts";
import { ELEMENTS } from "./documents.ts";
import { idsOf, useSite } from "./site.ts";

type Element = (typeof ELEMENTS)[number];

const { site, optionsFor, documentsOf, scopedKey } = useSite();

describe("a search", () => {
  test("is answered in Typesense's shape", async () => {
    const answer = await documentsOf(site().apiKey).search({
      q: "lighthouse",
      query_by: "text",
      filter_by: "script_id:=1",
      facet_by: "element_type",
      sort_by: "sequence_number:desc",
      per_page: 1,
      page: 2,
    });
    expect(answer).toEqual({
      found: 2,
      out_of: ELEMENTS.length,
      page: 2,
      hits: [
        {
          document: ELEMENTS[1],
          highlight: { text: expect.objectContaining({ matched_tokens: ["lighthouse"] }) },
          highlights: [
            expect.objectContaining({
              field: "text",
              snippet: "The <mark>lighthouse</mark> keeper walks along the harbour.",
            }),
          ],
          text_match: expect.any(Number),
        },
      ],
      facet_counts: [
        {
          field_name: "element_type",
          counts: [{ value: "action", highlighted: "action", count: 2 }],
          sampled: false,
          stats: { total_values: 1 },
        },
      ],
      request_params: { collection_name: "elements", first_q: "lighthouse", per_page: 1, q: "lighthouse" },
      search_cutoff: false,
      search_time_ms: expect.any(Number),
    });
  });

  test("takes parameters as its client sends them: numbers, lists, and names that nobody knows", async () => {
    const answer = await documentsOf(site().apiKey).search({
      q: "harbour",
      query_by: ["text", "comment"],
      facet_by: ["element_type", "script_id"],
      limit: 1,
      offset: 1,
      use_cache: true,
      enable_highlight_v1: false,
      a_parameter_of_tomorrow: 1,
    } as object);
    expect(answer).toMatchObject({ found: 3, offset: 1, request_params: { per_page: 1 } });
    expect(answer.facet_counts?.map(({ field_name }) => field_name)).toEqual(["element_type", "script_id"]);
    expect(answer.hits?.[0]).not.toHaveProperty("highlights");
  });

  test("goes through with an API key, a token or a scoped key, in either header", async () => {
    const token = await site().mint.sign();
    const scoped = await scopedKey("script_id:=1", site().reader);
    for (const key of [site().apiKey, token, scoped]) {
      for (const headers of [{ "x-typesense-api-key": key }, { authorization: `Bearer ${key}` }]) {
        const response = await site().fountain.fetch("/search/collections/elements/documents/search?q=*&per_page=0", {
          headers,
        });
        expect(response.status, await response.clone().text()).toBe(200);
      }
    }
    const both = { additionalHeaders: { authorization: `Bearer ${token}` } };
    expect((await documentsOf(token, both).search({ q: "*" })).found).toBe(ELEMENTS.length);
    expect((await documentsOf("", both).search({ q: "*" })).found).toBe(ELEMENTS.length);
  });
});

describe("several searches at once", () => {
  test("get one answer each, the common parameters included, and errors by themselves", async () => {
    const searches = [
      { collection: "elements", q: "lighthouse" },
      { collection: "elements", q: "*", filter_by: "element_type:=action" },
      { collection: "nowhere", q: "*" },
      { collection: "elements", q: "*", filter_by: "colour:=red" },
      { q: "*" },
    ];
    const { results } = await new Client(optionsFor(site().apiKey)).multiSearch.perform<Element[]>(
      { searches },
      { query_by: "text", filter_by: "script_id:=2", per_page: 2 },
    );
    expect(results.slice(0, 2).map(({ found }) => found)).toEqual([1, 1]);
    expect(results.slice(2)).toEqual([
      { code: 404, error: "Collection not found" },
      { code: 400, error: "Could not find a filter field named `colour` in the schema." },
      { code: 404, error: "Collection not found" },
    ]);
  });

  test("may say that they are plain text, as the browsers' client has it", async () => {
    const client = new SearchClient({ ...optionsFor(site().apiKey), sendApiKeyAsQueryParam: false });
    const { results } = await client.multiSearch.perform<[Element]>({
      searches: [{ collection: "elements", q: "keeper", query_by: "text" }],
    });
    expect(idsOf(results[0].hits).sort()).toEqual(["action:2", "character:6"]);
  });

  test("are no more than fifty, and are not united", async () => {
    const { multiSearch } = new Client(optionsFor(site().apiKey));
    const search = { collection: "elements", q: "*" };
    await expect(multiSearch.perform({ searches: Array(51).fill(search) })).rejects.toThrow(/exceeds `limit_multi_/);
    await expect(multiSearch.perform({ union: true, searches: [search] })).rejects.toThrow(/`union` is not supported/);
    expect((await multiSearch.perform<Element[]>({ searches: Array(50).fill(search) })).results).toHaveLength(50);
  });
});

describe("the client throws", () => {
  test.each([
    ["RequestUnauthorized", "ftn_wrong", {}, Errors.RequestUnauthorized, /Send a valid access token/],
    ["RequestMalformed", "", { filter_by: "colour:=red" }, Errors.RequestMalformed, /filter field named `colour`/],
    ["RequestMalformed", "", { q: "x" }, Errors.RequestMalformed, /No search fields specified/],
    ["ObjectNotFound", "", { facet_by: "colour" }, Errors.ObjectNotFound, /facet field named `colour`/],
    ["ObjectUnprocessable", "", { per_page: 251 }, Errors.ObjectUnprocessable, /Only upto 250 hits/],
    [
      "RequestMalformed",
      "",
      { q: "*", hidden_hits: "x".repeat(4_000) },
      Errors.RequestMalformed,
      /exceeds max allowed/,
    ],
  ] as const)("%s, with Fountain's message", async (_name, key, parameters, error, message) => {
    const failed = await documentsOf(key || site().apiKey)
      .search({ q: "*", ...parameters })
      .catch((thrown: unknown) => thrown);
    expect(failed).toBeInstanceOf(error);
    expect(String(failed)).toMatch(message);
  });

  test("ObjectNotFound for a collection that is not there", async () => {
    const missing = new Client(optionsFor(site().apiKey)).collections("nowhere").documents();
    await expect(missing.search({ q: "*" })).rejects.toThrow(Errors.ObjectNotFound);
  });

  test("what it throws for 403 when the key may not search", async () => {
    const stranger = await registerService(site().fountain, site().administrator, "stranger", ["sequence:read"]);
    const failed = await documentsOf(stranger["x-api-key"] ?? "")
      .search({ q: "*" })
      .catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({
      httpStatus: 403,
      message: expect.stringContaining("requires the scope search:read"),
    });
  });

  test("RequestMalformed for a key in the address, which no log then has", async () => {
    const client = new SearchClient({ ...optionsFor(site().apiKey), sendApiKeyAsQueryParam: true });
    const failed = await client
      .collections<Element>("elements")
      .documents()
      .search({ q: "*" }, {})
      .catch((thrown: unknown) => thrown);
    expect(failed).toBeInstanceOf(Errors.RequestMalformed);
    expect(String(failed)).toContain("sendApiKeyAsQueryParam: false");
    expect(site().fountain.logs.join("\n")).not.toContain(site().apiKey);
  });

  test("RequestMalformed for two credentials that differ", async () => {
    const other = { additionalHeaders: { authorization: `Bearer ${await site().mint.sign()}` } };
    await expect(documentsOf(site().apiKey, other).search({ q: "*" })).rejects.toThrow(Errors.RequestMalformed);
  });
});

test("the client hears that the engine is well", async () => {
  expect(await new Client(optionsFor(site().apiKey)).health.retrieve()).toEqual({ ok: true });
});
