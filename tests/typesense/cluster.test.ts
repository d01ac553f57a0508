import { afterAll, beforeAll, expect, test } from "vitest";
import { logInAndStepUp } from "../flows/session.ts";
import { type Fountain, startFountain } from "../harness.ts";
import { eventually } from "../workerd.ts";
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

test("what is written to service-a is found in the cluster", async () => {
  expect((await addElement(1, "The lighthouse keeper counts the ships.")).status).toBe(201);
  await eventually(async () => (await search("lighthouse")).body.found === 1);
  const { status, body } = await search("lighthouse");
  expect(status).toBe(200);
  expect(body).toMatchObject({ found: 1, hits: [{ document: { id: "action-1" } }] });
  expect((await call("GET", "/search/status")).body).toEqual({
    engine: "typesense",
    healthy: true,
    nodes: typesense.nodes.map(({ url }) => ({ url, healthy: true })),
    documents: 1,
    lagSeconds: 0,
  });
});

test("Typesense's own reads go through to it", async () => {
  const { body } = await call("GET", "/search/collections/elements/documents/search?q=lighthouse&query_by=text");
  expect(body).toMatchObject({ found: 1, hits: [{ document: { id: "action-1" } }] });
});
