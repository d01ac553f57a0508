import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, registerService } from "../../../../tests/support/session.ts";

const DOCUMENT = {
  id: "action:1",
  element_type: "action",
  element_id: 1,
  sequence_number: 1,
  version_number: 1,
  comment: "first draft",
  text: "Zoë doesn't open the harbour gate.",
  script_id: 1,
  service_name: "service-a",
  updated_at: 1_700_000_000,
};

type Headers = Record<string, string>;

let fountain: Fountain;
let administrator: Headers;
let reader: Headers;
let stranger: Headers;

beforeAll(async () => {
  fountain = await startFountain();
  administrator = await logIn(fountain);
  reader = await registerService(fountain, administrator, "reader", ["search:read"]);
  stranger = await registerService(fountain, administrator, "stranger", ["sequence:read"]);
});
afterAll(() => fountain?.stop());

const call = async (path: string, body?: unknown, headers = administrator) => {
  const response = await fountain.fetch(
    path,
    body === undefined
      ? { headers }
      : {
          method: "POST",
          headers: { ...headers, "content-type": "application/json" },
          body: typeof body === "string" ? body : JSON.stringify(body),
        },
  );
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
};

const sync = (body: unknown, headers?: Headers) => call("/search/documents/sync", body, headers);
const search = (body: unknown, headers?: Headers) => call("/search/search", body, headers);

const pointersOf = (body: { errors?: { pointer: string }[] }) => body.errors?.map(({ pointer }) => pointer);

describe("POST /documents/sync", () => {
  test("takes one operation, and the document is found at once, as it was sent", async () => {
    expect(await sync({ operation: "create", document: DOCUMENT })).toEqual({
      status: 200,
      body: { results: [{ id: "action:1", success: true }] },
    });
    const { status, body } = await search({ q: "zoe doesn’t ope", query_by: "text,comment" });
    expect(status).toBe(200);
    expect(body).toEqual({
      found: 1,
      page: 1,
      hits: [
        {
          document: DOCUMENT,
          highlights: [
            {
              field: "text",
              snippet: "<mark>Zoë</mark> <mark>doesn</mark>'<mark>t</mark> <mark>ope</mark>n the harbour gate.",
              matched_tokens: ["Zoë", "doesn", "t", "ope"],
            },
          ],
          text_match: expect.any(Number),
        },
      ],
      facet_counts: [],
    });
  });

  test("takes a list, answers in its order, and refuses a bad document alone", async () => {
    const { status, body } = await sync([
      { operation: "create", document: { ...DOCUMENT, id: "l1" } },
      { operation: "create", document: { ...DOCUMENT, id: "l2", sequence_number: "two" } },
      { operation: "update", document: { id: "l1", text: "changed lighthouse" } },
      { operation: "update", document: { id: "l9", text: "of nothing" } },
      { operation: "delete", document: { id: "l9" } },
    ]);
    expect(status).toBe(200);
    expect(body.results).toEqual([
      { id: "l1", success: true },
      { id: "l2", success: false, error: expect.stringContaining("sequence_number") },
      { id: "l1", success: true },
      { id: "l9", success: false, error: "Could not find a document with id: l9" },
      { id: "l9", success: true },
    ]);
    expect((await search({ q: "lighthouse", query_by: "text" })).body.found).toBe(1);
  });

  test("names the caller as the service of a document that doesn't say", async () => {
    const { id, element_type, element_id, sequence_number, version_number } = { ...DOCUMENT, id: "unsaid" };
    const writer = await registerService(fountain, administrator, "writer", ["search:write"]);
    await sync(
      { operation: "create", document: { id, element_type, element_id, sequence_number, version_number } },
      writer,
    );
    const { body } = await search({ q: "*", filter_by: "id:=unsaid" });
    expect(body.hits[0].document).toMatchObject({ service_name: "writer", comment: "", text: "" });
  });

  test("of the same batch by two callers at once leaves one set of documents", async () => {
    const batch = Array.from({ length: 200 }, (_, index) => ({
      operation: "create",
      document: { ...DOCUMENT, id: `twin:${index}`, text: `twinned word${index}` },
    }));
    const answers = await Promise.all([sync(batch), sync(batch), sync(batch)]);
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body.results.every(({ success }: { success: boolean }) => success)).toBe(true);
    }
    expect((await search({ q: "twinned", query_by: "text" })).body.found).toBe(200);
    expect((await search({ q: "word199", query_by: "text" })).body.found).toBe(1);
  });

  test.each([
    [{}, ["#/operation", "#/document"]],
    [{ operation: "replace", document: { id: "x" } }, ["#/operation"]],
    [{ operation: "create", document: {} }, ["#/document/id"]],
    [{ operation: "create", document: { id: 5 } }, ["#/document/id"]],
    [
      [
        { operation: "create", document: DOCUMENT },
        { operation: "create", document: { id: "" } },
      ],
      ["#/1/document/id"],
    ],
    [[], ["#"]],
    ["7", ["#"]],
    [Array(1_001).fill({ operation: "delete", document: { id: "x" } }), ["#"]],
  ])("refuses what is not an operation, with a pointer: %#", async (body, pointers) => {
    const answer = await sync(body);
    expect(answer.status).toBe(422);
    expect(pointersOf(answer.body)).toEqual(pointers);
  });

  test("refuses malformed JSON, and more than 1 MiB", async () => {
    expect((await sync("{")).status).toBe(400);
    expect((await sync(`"${"x".repeat(1024 * 1024)}"`)).status).toBe(413);
  });

  test("needs search:write", async () => {
    expect((await sync({ operation: "delete", document: { id: "x" } }, reader)).status).toBe(403);
    expect((await sync({ operation: "delete", document: { id: "x" } }, {})).status).toBe(401);
  });
});

describe("POST /search", () => {
  test("filters, sorts, counts and pages", async () => {
    await sync(
      [3, 1, 2, 4].map((number) => ({
        operation: "create",
        document: {
          ...DOCUMENT,
          id: `p${number}`,
          sequence_number: number,
          element_type: number < 4 ? "section" : "action",
          script_id: 77,
        },
      })),
    );
    const { status, body } = await search(
      {
        q: "*",
        filter_by: "script_id:=77 && sequence_number:[1..4]",
        sort_by: "sequence_number:desc",
        facet_by: "element_type",
        per_page: 2,
        page: 2,
        max_hits: 3,
      },
      reader,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ found: 4, page: 2 });
    expect(body.hits.map((hit: { document: { id: string } }) => hit.document.id)).toEqual(["p2"]);
    expect(body.facet_counts).toEqual([
      {
        field_name: "element_type",
        counts: [
          { value: "section", highlighted: "section", count: 3 },
          { value: "action", highlighted: "action", count: 1 },
        ],
        sampled: false,
        stats: { total_values: 2 },
      },
    ]);
  });

  test.each([
    [{}, ["#/q"]],
    [{ q: "fox" }, ["#/query_by"]],
    [{ q: "fox", query_by: "title" }, ["#/query_by"]],
    [{ q: "*", filter_by: "colour:=red" }, ["#/filter_by"]],
    [{ q: "*", filter_by: "script_id:>1 &&" }, ["#/filter_by"]],
    [{ q: "*", sort_by: "colour:asc", facet_by: "colour" }, ["#/sort_by", "#/facet_by"]],
    [{ q: "*", page: 0 }, ["#/page"]],
    [{ q: "*", page: 1.5 }, ["#/page"]],
    [{ q: "*", per_page: 251 }, ["#/per_page"]],
    [{ q: "*", per_page: "10" }, ["#/per_page"]],
    [{ q: "*", max_hits: -1 }, ["#/max_hits"]],
    [{ q: "x".repeat(10_000), query_by: "text" }, ["#/q"]],
  ])("refuses a parameter that cannot be used, with a pointer: %j", async (body, pointers) => {
    const answer = await search(body);
    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe("invalid-input");
    expect(pointersOf(answer.body)).toEqual(pointers);
  });

  test("leaves highlights out where the query says so", async () => {
    await sync({ operation: "create", document: { ...DOCUMENT, id: "marked", text: "a marked harbour" } });
    const marks = async (more: object) => {
      const { body } = await search({ q: "marked", query_by: "text", ...more });
      return body.hits[0].highlights.length;
    };
    expect([await marks({}), await marks({ enable_highlight_v1: false })]).toEqual([1, 0]);
  });

  test("says where a filter goes wrong", async () => {
    const { body } = await search({ q: "*", filter_by: "id:=a && colour:=red" });
    expect(body.errors).toEqual([
      {
        pointer: "#/filter_by",
        detail: "Invalid filter: there is no field `colour`, named at character 10.",
      },
    ]);
  });

  test("needs search:read", async () => {
    expect((await search({ q: "*" }, reader)).status).toBe(200);
    expect((await search({ q: "*" }, stranger)).status).toBe(403);
    expect((await search({ q: "*" }, {})).status).toBe(401);
  });
});

describe("GET /status", () => {
  test("counts the documents that can be found", async () => {
    const { body: found } = await search({ q: "*", per_page: 0 });
    expect(await call("/search/status", undefined, reader)).toEqual({
      status: 200,
      body: { engine: "libsql", healthy: true, nodes: [], documents: found.found, lagSeconds: 0 },
    });
  });

  test("needs search:read", async () => {
    expect((await call("/search/status", undefined, stranger)).status).toBe(403);
  });
});

test("the scheduled upkeep runs, twice at once", async () => {
  await Promise.all([fountain.runScheduled("search"), fountain.runScheduled("search")]);
  expect((await search({ q: "harbour", query_by: "text" })).status).toBe(200);
});
