/** What an operator can do with the embedded engine, and what only a Typesense cluster does. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { withoutAudit } from "../../../../tests/support/recording/audit-entries.ts";
import { logIn, logInAndStepUp, registerService } from "../../../../tests/support/session.ts";
import { eventually } from "../../../../tests/support/workerd.ts";

type Headers = Record<string, string>;

let fountain: Fountain;
let operator: Headers;
let steppedUp: Headers;
let writer: Headers;

beforeAll(async () => {
  fountain = await startFountain();
  operator = await logIn(fountain);
  writer = await registerService(fountain, operator, "writer", ["search:write"]);
  steppedUp = await logInAndStepUp(fountain);
});
afterAll(() => fountain?.stop());

const call = async (method: string, path: string, headers: Headers, body?: unknown) => {
  const response = await fountain.fetch(`/search${path}`, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
};

const operationsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    operation: "create",
    document: {
      id: `d${index}`,
      element_type: "action",
      element_id: index + 1,
      sequence_number: index + 1,
      version_number: 1,
      text: `harbour ${index}`,
    },
  }));

describe("POST /collections/{name}/reindex", () => {
  test("fills the full-text index anew, and what was lost from it is found again", async () => {
    await call("POST", "/documents/sync", writer, operationsOf(50));
    const database = fountain.databases["search"];
    await database?.execute("INSERT INTO document_tokens (document_tokens) VALUES ('delete-all')");
    await database?.execute("DELETE FROM words");
    const found = async (q: string) =>
      (await call("POST", "/search", operator, { q, query_by: "text", per_page: 1 })).body.found;
    expect(await found("harbour")).toBe(0);
    const { status, body } = await call("POST", "/collections/elements/reindex", steppedUp);
    expect(status).toBe(202);
    const job = async () => (await call("GET", `/collections/elements/reindex/${body.jobId}`, writer)).body;
    await eventually(async () => (await job()).status === "done");
    expect(await job()).toMatchObject({ documents: { copied: 50, total: 50 }, failure: null });
    expect(await found("harbour")).toBe(50);
    expect(await found("harbuor")).toBe(50);
  });

  test("is taken up by the chore, and two at once are one job", async () => {
    const answers = await Promise.all([
      call("POST", "/collections/elements/reindex", steppedUp),
      call("POST", "/collections/elements/reindex", steppedUp),
    ]);
    await fountain.runScheduled("search");
    for (const { status, body } of answers) {
      expect(status).toBe(202);
      await eventually(
        async () => (await call("GET", `/collections/elements/reindex/${body.jobId}`, operator)).body.status === "done",
      );
    }
  });

  test("needs a second factor, search:write, and the collection that there is", async () => {
    expect((await call("POST", "/collections/elements/reindex", operator)).body.code).toBe("step-up-required");
    expect((await call("POST", "/collections/elements/reindex", {})).status).toBe(401);
    expect((await call("POST", "/collections/others/reindex", steppedUp)).status).toBe(404);
    expect((await call("GET", "/collections/elements/reindex/none", operator)).status).toBe(404);
  });
});

test("a reindex that cannot be recorded in the audit trail gets 503", async () => {
  const builds = async () => (await fountain.databases["search"]?.execute("SELECT count(*) AS n FROM builds"))?.rows;
  await fountain.runScheduled("search");
  const before = await builds();
  const refused = withoutAudit(fountain, "reindex.start", () =>
    call("POST", "/collections/elements/reindex", steppedUp),
  );
  expect(await refused).toMatchObject({ status: 503 });
  expect(await builds()).toEqual(before);
});

describe("what only a Typesense cluster does", () => {
  test.each(["synonyms", "curations"])("the id of one of the %s is no credential", async (kind) => {
    const id = `ftn_${"A".repeat(43)}`;
    const body = kind === "synonyms" ? { synonyms: ["a", "b"] } : { rule: { query: "a", match: "exact" } };
    for (const [method, sent] of [
      ["PUT", body],
      ["DELETE", undefined],
    ] as const)
      expect(await call(method, `/collections/elements/${kind}/${id}`, steppedUp, sent)).toMatchObject({
        status: 422,
        body: { code: "invalid-input" },
      });
  });

  test.each([
    ["GET", "/collections/elements/synonyms"],
    ["PUT", "/collections/elements/synonyms/a"],
    ["DELETE", "/collections/elements/curations/a"],
    ["POST", "/credentials/rotate"],
  ])("%s %s is refused with 409 and a sentence that says so", async (method, path) => {
    const body = method === "PUT" ? { synonyms: ["a", "b"] } : undefined;
    const answer = await call(method, path, steppedUp, body);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: "not-supported", detail: expect.stringContaining("Typesense cluster") });
  });
});
