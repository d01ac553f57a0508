/** Typesense's own client, as npm has it, against a running Fountain: what it asks, what it gets, what it throws. */
import { decodeJwt } from "jose";
import { Client, Errors, SearchClient } from "typesense";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Mint, openMint } from "../support/mint.ts";
import { logIn, registerService } from "../support/session.ts";
import { ELEMENTS, store } from "./documents.ts";

type Element = (typeof ELEMENTS)[number];
type Headers = Record<string, string>;

/** A revocation is known everywhere within five seconds. */
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };

let fountain: Fountain;
let mint: Mint;
let administrator: Headers;
let reader: Headers;
let apiKey: string;

beforeAll(async () => {
  fountain = await startFountain();
  mint = await openMint(fountain);
  administrator = await logIn(fountain);
  reader = await registerService(fountain, administrator, "site", ["search:read"]);
  apiKey = reader["x-api-key"] ?? "";
  await store(fountain, administrator, ELEMENTS);
});
afterAll(() => fountain?.stop());

const optionsFor = (key: string, more: object = {}) => {
  const { hostname, port } = new URL(fountain.url);
  const nodes = [{ protocol: "http", host: hostname, port: Number(port), path: "/search" }];
  return { nodes, apiKey: key, numRetries: 0, logLevel: "silent" as const, ...more };
};
const documentsOf = (key: string, more: object = {}) =>
  new Client(optionsFor(key, more)).collections<Element>("elements").documents();
const idsOf = (hits: readonly { document: Element }[] = []): string[] => hits.map(({ document }) => document.id);

const post = async (path: string, body: unknown, headers: Headers) => {
  const response = await fountain.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
};
const scopedKey = async (filter_by: string, headers: Headers, more: object = {}): Promise<string> => {
  const { status, body } = await post("/search/scoped-keys", { filter_by, ...more }, headers);
  expect(status, JSON.stringify(body)).toBe(201);
  return body.key;
};

describe("a search", () => {
  test("is answered in Typesense's shape", async () => {
    const answer = await documentsOf(apiKey).search({
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
    const answer = await documentsOf(apiKey).search({
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
    const token = await mint.sign();
    const scoped = await scopedKey("script_id:=1", reader);
    for (const key of [apiKey, token, scoped]) {
      for (const headers of [{ "x-typesense-api-key": key }, { authorization: `Bearer ${key}` }]) {
        const response = await fountain.fetch("/search/collections/elements/documents/search?q=*&per_page=0", {
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
    const { results } = await new Client(optionsFor(apiKey)).multiSearch.perform<Element[]>(
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
    const client = new SearchClient({ ...optionsFor(apiKey), sendApiKeyAsQueryParam: false });
    const { results } = await client.multiSearch.perform<[Element]>({
      searches: [{ collection: "elements", q: "keeper", query_by: "text" }],
    });
    expect(idsOf(results[0].hits).sort()).toEqual(["action:2", "character:6"]);
  });

  test("are no more than fifty, and are not united", async () => {
    const { multiSearch } = new Client(optionsFor(apiKey));
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
    const failed = await documentsOf(key || apiKey)
      .search({ q: "*", ...parameters })
      .catch((thrown: unknown) => thrown);
    expect(failed).toBeInstanceOf(error);
    expect(String(failed)).toMatch(message);
  });

  test("ObjectNotFound for a collection that is not there", async () => {
    const missing = new Client(optionsFor(apiKey)).collections("nowhere").documents();
    await expect(missing.search({ q: "*" })).rejects.toThrow(Errors.ObjectNotFound);
  });

  test("what it throws for 403 when the key may not search", async () => {
    const stranger = await registerService(fountain, administrator, "stranger", ["sequence:read"]);
    const failed = await documentsOf(stranger["x-api-key"] ?? "")
      .search({ q: "*" })
      .catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({
      httpStatus: 403,
      message: expect.stringContaining("requires the scope search:read"),
    });
  });

  test("RequestMalformed for a key in the address, which no log then has", async () => {
    const client = new SearchClient({ ...optionsFor(apiKey), sendApiKeyAsQueryParam: true });
    const failed = await client
      .collections<Element>("elements")
      .documents()
      .search({ q: "*" }, {})
      .catch((thrown: unknown) => thrown);
    expect(failed).toBeInstanceOf(Errors.RequestMalformed);
    expect(String(failed)).toContain("sendApiKeyAsQueryParam: false");
    expect(fountain.logs.join("\n")).not.toContain(apiKey);
  });

  test("RequestMalformed for two credentials that differ", async () => {
    const other = { additionalHeaders: { authorization: `Bearer ${await mint.sign()}` } };
    await expect(documentsOf(apiKey, other).search({ q: "*" })).rejects.toThrow(Errors.RequestMalformed);
  });
});

test("the client hears that the engine is well", async () => {
  expect(await new Client(optionsFor(apiKey)).health.retrieve()).toEqual({ ok: true });
});

describe("a scoped key", () => {
  test("sees what its filter lets through, whatever its holder asks", async () => {
    const documents = documentsOf(await scopedKey("script_id:=1 && element_type:=[action,spokenWord]", reader));
    for (const filter_by of [undefined, "id:!=x || script_id:=2", "script_id:=2"]) {
      const answer = await documents.search({
        q: "*",
        facet_by: "script_id,element_type",
        ...(filter_by && { filter_by }),
      });
      expect(answer.out_of).toBe(4);
      expect(answer.found).toBe(filter_by === "script_id:=2" ? 0 : 4);
      expect(answer.facet_counts?.[0]?.counts.map(({ value }) => value)).toEqual(answer.found === 0 ? [] : ["1"]);
    }
    await expect(documents.search({ q: "*", filter_by: "id:=a1) || (id:!=x" })).rejects.toThrow(
      Errors.RequestMalformed,
    );
  });

  test("is confined on Fountain's own search too", async () => {
    const authorization = `Bearer ${await scopedKey("script_id:=2", reader)}`;
    const { status, body } = await post(
      "/search/search",
      { q: "*", filter_by: "script_id:=1 || id:!=x" },
      { authorization },
    );
    expect(status).toBe(200);
    expect(body.found).toBe(2);
  });

  test("asked for with a scoped key is confined by both, and ends no later", async () => {
    const end = Math.floor(Date.now() / 1000) + 100;
    const authorization = `Bearer ${await scopedKey("script_id:=1", reader, { expires_at: end })}`;
    const { body } = await post(
      "/search/scoped-keys",
      { filter_by: "id:=action:2 || script_id:=2" },
      { authorization },
    );
    expect(body).toEqual({
      key: expect.any(String),
      filter_by: "script_id:=1 && (id:=`action:2` || script_id:=2)",
      expires_at: end,
    });
    expect(idsOf((await documentsOf(body.key).search({ q: "*" })).hits)).toEqual(["action:2"]);
    const longer = await post(
      "/search/scoped-keys",
      { filter_by: "script_id:=1", expires_at: end + 1 },
      { authorization },
    );
    expect(longer).toMatchObject({ status: 422, body: { errors: [{ pointer: "#/expires_at" }] } });
  });

  test("lives an hour unless said, and never longer", async () => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const { body, headers } = await post("/search/scoped-keys", { filter_by: "script_id:=1" }, reader);
    expect(body.expires_at - nowSeconds).toBeGreaterThanOrEqual(3600);
    expect(body.expires_at - nowSeconds).toBeLessThanOrEqual(3605);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test.each([
    [{}, "#/filter_by"],
    [{ filter_by: "" }, "#/filter_by"],
    [{ filter_by: "colour:=red" }, "#/filter_by"],
    [{ filter_by: "script_id:=1 ||" }, "#/filter_by"],
    [{ filter_by: `id:=${"x".repeat(1_999)}` }, "#/filter_by"],
    [{ filter_by: "script_id:=1", expires_at: 1 }, "#/expires_at"],
    [{ filter_by: "script_id:=1", expires_at: 4_000_000_000 }, "#/expires_at"],
    [{ filter_by: "script_id:=1", exclude_fields: "text" }, "#/exclude_fields"],
  ])("is not issued for %j", async (body, pointer) => {
    const refused = await post("/search/scoped-keys", body, reader);
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  test("does for nothing but searching, whoever asked for it", async () => {
    const authorization = `Bearer ${await scopedKey("script_id:=1", administrator)}`;
    const calls = [
      ["GET", "/search/status"],
      ["POST", "/search/documents/sync"],
      ["GET", "/kms/me"],
      ["POST", "/kms/logout"],
      ["GET", "/kms/users"],
      ["GET", "/twofa/factors"],
      ["POST", "/twofa/auth/verify"],
      ["GET", "/service-a/elements"],
    ] as const;
    for (const [method, path] of calls) {
      const response = await fountain.fetch(path, {
        method,
        headers: { authorization, ...(method === "POST" && { "content-type": "application/json" }) },
        ...(method === "POST" && { body: "{}" }),
      });
      expect([path, response.status]).toEqual([path, 403]);
    }
  });

  test("is not issued for an exchanged token, which has two ends and one purpose", async () => {
    const act = { sub: "service:site", sid: "an-api-key" };
    const authorization = `Bearer ${await mint.sign({ client_id: "site", act })}`;
    expect((await post("/search/scoped-keys", { filter_by: "script_id:=1" }, { authorization })).status).toBe(403);
  });

  test("of a narrowed token ends with that token at the latest", async () => {
    const account = { username: fountain.adminUsername, password: fountain.adminPassword };
    const { body: login } = await post("/kms/login", account, {});
    const refreshed = await fountain.fetch("/kms/token", {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: login.refresh_token,
        audience: "search",
      }),
    });
    const { access_token } = Object(await refreshed.json());
    const end = Number(decodeJwt(access_token).exp);
    const authorization = `Bearer ${access_token}`;
    expect(decodeJwt(await scopedKey("script_id:=1", { authorization })).exp).toBe(end);
    const later = { filter_by: "script_id:=1", expires_at: end + 1 };
    expect((await post("/search/scoped-keys", later, { authorization })).status).toBe(422);
  });

  test("ends with the session that it was asked for with", async () => {
    const session = await logIn(fountain);
    const documents = documentsOf(await scopedKey("script_id:=1", session));
    expect((await documents.search({ q: "*" })).found).toBe(5);
    expect((await fountain.fetch("/kms/logout", { method: "POST", headers: session })).status).toBe(204);
    await vi.waitFor(
      () => expect(documents.search({ q: "*" })).rejects.toThrow(Errors.RequestUnauthorized),
      KNOWN_WITHIN,
    );
  });
});
