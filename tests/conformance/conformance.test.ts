/**
 * One suite for every engine: on the embedded one always, and on a Typesense cluster instead when TYPESENSE_NODES and
 * TYPESENSE_API_KEY are set. Each search goes through the gateway, in both of the ways that Fountain answers.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";
import { type Case, type EngineName, expectationFor } from "./case.ts";
import { CASES, differencesAsMarkdown } from "./cases.ts";
import { answerSchema, checkAnswer, idsOf } from "./check.ts";
import { CORPUS } from "./corpus.ts";

const { TYPESENSE_NODES, TYPESENSE_API_KEY } = process.env;
const CLUSTER = TYPESENSE_NODES && TYPESENSE_API_KEY ? { TYPESENSE_NODES, TYPESENSE_API_KEY } : undefined;
const ENGINE: EngineName = CLUSTER ? "typesense" : "libsql";
const FOUND_WITHIN_MS = 60_000;
const DEFAULT_PER_PAGE = 10;

let fountain: Fountain;
let caller: Record<string, string>;

const post = (pathname: string, body: unknown): Promise<Response> =>
  fountain.fetch(pathname, {
    method: "POST",
    headers: { ...caller, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const statusSchema = z.object({ engine: z.string(), documents: z.number(), lagSeconds: z.number() });

const status = async () => {
  await fountain.runScheduled("search");
  return statusSchema.parse(await (await fountain.fetch("/search/status", { headers: caller })).json());
};

beforeAll(async () => {
  fountain = await startFountain(CLUSTER ? { settings: CLUSTER } : {});
  caller = await registerService(fountain, await logIn(fountain), "conformance", ["search:read", "search:write"]);
  const operations = CORPUS.map((document) => ({ operation: "create", document }));
  const synced = await post("/search/documents/sync", operations);
  expect(await synced.json()).toEqual({ results: CORPUS.map(({ id }) => ({ id, success: true })) });
  const complete = { engine: ENGINE, documents: CORPUS.length, lagSeconds: 0 };
  await vi.waitFor(async () => expect(await status()).toEqual(complete), {
    timeout: FOUND_WITHIN_MS,
    interval: 200,
  });
}, FOUND_WITHIN_MS + 30_000);
afterAll(() => fountain?.stop());

const asTypesense = ({ search }: Case): Promise<Response> => {
  const parameters = new URLSearchParams(Object.entries(search).map(([name, value]) => [name, String(value)]));
  return fountain.fetch(`/search/collections/elements/documents/search?${parameters}`, { headers: caller });
};

const ask = async (each: Case) => {
  const response = await asTypesense(each);
  expect(response.status, await response.clone().text()).toBe(200);
  return answerSchema.parse(await response.json());
};

const checkRefusal = async (each: Case, [expectedStatus, message]: readonly [number, string | RegExp]) => {
  const response = await asTypesense(each);
  const { message: sentence } = z.object({ message: z.string() }).parse(await response.json());
  expect([response.status, sentence]).toEqual([
    expectedStatus,
    typeof message === "string" ? message : expect.stringMatching(message),
  ]);
  expect((await post("/search/search", each.search)).status).toBe(422);
};

for (const [about, cases] of Object.entries(CASES))
  describe(about, () => {
    test.each(cases.map((each) => [each.that, each] as const))("%s", async (_, each) => {
      const expected = expectationFor(ENGINE, each);
      if (expected.refused) return checkRefusal(each, expected.refused);
      const answer = await ask(each);
      checkAnswer(answer, expected, Number(each.search["per_page"] ?? DEFAULT_PER_PAGE));
      // The same, asked in Fountain's own way; it has no page 0.
      if (each.search["page"] === 0) return;
      const own = answerSchema.parse(await (await post("/search/search", each.search)).json());
      expect([own.found, idsOf(own), own.facet_counts]).toEqual([answer.found, idsOf(answer), answer.facet_counts]);
    });
  });

test("a parameter that is not known is ignored as Typesense does, and refused by name in Fountain's own way", async () => {
  const search = { q: "harbour", query_by: "text", bogus: "1" };
  expect((await asTypesense({ that: "", search, expect: {} })).status).toBe(200);
  const refused = await post("/search/search", search);
  expect([refused.status, await refused.json()]).toMatchObject([422, { errors: [{ pointer: "#/bogus" }] }]);
});

test("the guide lists where the engines differ", () => {
  const guide = readFileSync(path.join(import.meta.dirname, "..", "..", "docs", "search.md"), "utf8");
  expect(guide).toContain(`\n## Engine differences\n\n${differencesAsMarkdown()}\n`);
});
