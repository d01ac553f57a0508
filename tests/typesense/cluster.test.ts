/** Fountain with a Typesense cluster behind its search: real workers, real sqld, and a stand-in for the cluster. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { eventually } from "../support/workerd.ts";
import { type StandIn, startTypesense } from "./stand-in.ts";

type Headers = Record<string, string>;

let typesense: StandIn;
let fountain: Fountain;
let operator: Headers;

beforeAll(async () => {
  typesense = await startTypesense({ nodes: 3 });
  fountain = await startFountain({ settings: { ...typesense.settings } });
  operator = await logInAndStepUp(fountain);
});
afterAll(async () => {
  await fountain?.stop();
  await typesense?.close();
});
afterEach(() => {
  expect(typesense.violations).toEqual([]);
});

const call = async (method: string, path: string, body?: unknown, headers = operator) => {
  const response = await fountain.fetch(path, {
    method,
    headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
};

const addElement = (elementId: number, text: string) =>
  call("POST", "/service-a/sequence", { elementType: "action", elementId, comment: "draft", text });

const search = (q: string) => call("POST", "/search/search", { q, query_by: "text" });

const finds = (q: string, count: number) => async (): Promise<boolean> => (await search(q)).body.found === count;

test("what is written to service-a is found in the cluster", async () => {
  expect((await addElement(1, "The lighthouse keeper counts the ships.")).status).toBe(201);
  await eventually(finds("lighthouse", 1));
  expect((await search("lighthouse")).body).toMatchObject({ hits: [{ document: { id: "action-1" } }] });
  expect((await call("GET", "/search/status")).body).toEqual({
    engine: "typesense",
    healthy: true,
    nodes: typesense.nodes.map(({ url }) => ({ url, healthy: true })),
    documents: 1,
    lagSeconds: 0,
  });
});

test("Typesense's own reads go through to it, and are refused in its words", async () => {
  const { body } = await call("GET", "/search/collections/elements/documents/search?q=lighthouse&query_by=text");
  expect(body).toMatchObject({ found: 1, hits: [{ document: { id: "action-1" } }] });
  const refused = await call("POST", "/search/multi_search", {
    searches: [{ collection: "elements", q: "*", filter_by: "text:=`a\\`) || (id:=b`" }],
  });
  expect(refused.body.results[0]).toMatchObject({ code: 400 });
});

test("the key of the cluster is a secret of the kms, and nowhere in the logs", async () => {
  const { body } = await call("GET", "/kms/secrets?prefix=typesense/");
  expect(JSON.stringify(body)).toContain("typesense/admin-key");
  expect(JSON.stringify(body)).not.toContain(typesense.adminKey);
  expect(fountain.logs.join("\n")).not.toContain(typesense.adminKey);
});

test("a rotation gives the cluster a new key, and nobody notices", async () => {
  const { status, body } = await call("POST", "/search/credentials/rotate");
  expect({ status, body }).toEqual({ status: 200, body: { keyId: 0, previousKeyDeletedAfter: null } });
  const [key] = typesense.state.keys.values();
  await eventually(finds("lighthouse", 1));
  expect(typesense.requests.at(-1)?.headers["x-typesense-api-key"]).toBe(key?.value);
  expect((await call("POST", "/search/credentials/rotate")).body).toEqual({
    keyId: 1,
    previousKeyDeletedAfter: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  expect(fountain.logs.join("\n")).not.toContain(key?.value);
});

test("a reindex is begun, followed, and done", async () => {
  expect((await call("POST", "/search/collections/nothing/reindex")).status).toBe(404);
  const { status, body } = await call("POST", "/search/collections/elements/reindex");
  expect(status).toBe(202);
  const job = `/search/collections/elements/reindex/${body.jobId}`;
  await eventually(async () => (await call("GET", job)).body.status === "done");
  expect((await call("GET", job)).body).toEqual({
    jobId: body.jobId,
    status: "done",
    state: "live",
    documents: { copied: 1, total: 1 },
    failure: null,
    startedAt: expect.any(String),
    finishedAt: expect.any(String),
  });
  expect((await call("GET", "/search/collections/elements/reindex/none")).status).toBe(404);
  expect(typesense.state.aliases.get("elements")).toBe(`elements_${body.jobId}`);
  await fountain.runScheduled("search");
  expect(typesense.state.collections.size).toBe(1);
  expect(await finds("lighthouse", 1)()).toBe(true);
});

test("synonyms and curations are passed on", async () => {
  const synonym = "/search/collections/elements/synonyms/light";
  const rule = { synonyms: ["lighthouse", "beacon"] };
  expect(await call("PUT", synonym, rule)).toMatchObject({ status: 200, body: { id: "light", ...rule } });
  expect((await call("GET", synonym)).body).toEqual({ id: "light", ...rule });
  expect((await call("GET", "/search/collections/elements/synonyms")).body).toEqual({
    items: [{ id: "light", ...rule }],
    next: null,
  });
  expect((await call("DELETE", synonym)).status).toBe(204);
  expect((await call("DELETE", synonym)).status).toBe(404);
  const curation = "/search/collections/elements/curations/top";
  const top = { rule: { query: "ship", match: "exact" }, includes: [{ id: "action-1", position: 1 }] };
  expect(await call("PUT", curation, top)).toMatchObject({ status: 200, body: top });
  expect((await call("PUT", curation, { rule: 5 })).status).toBe(422);
  expect((await call("DELETE", curation)).status).toBe(204);
});

test("while the cluster is down writes succeed and searches answer 503; afterwards all is found", async () => {
  await typesense.stopAll();
  expect((await addElement(2, "A storm takes the beacon.")).status).toBe(201);
  const { status, headers, body } = await search("storm");
  expect([status, headers.get("retry-after"), body.code]).toEqual([503, "2", "unavailable"]);
  expect((await call("GET", "/search/status")).body).toMatchObject({ engine: "typesense", healthy: false });
  await typesense.startAll();
  await eventually(async () => {
    await fountain.runScheduled("search").catch(() => undefined);
    await fountain.runScheduled("service-a");
    return finds("storm", 1)();
  });
});
