import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, registerService } from "../../../../tests/support/session.ts";

let fountain: Fountain;
let editor: Record<string, string>;
let reader: Record<string, string>;
beforeAll(async () => {
  fountain = await startFountain();
  const administrator = await logIn(fountain);
  editor = await registerService(fountain, administrator, "notes-editor", ["new-service:read", "new-service:write"]);
  reader = await registerService(fountain, administrator, "notes-reader", ["new-service:read"]);
});
afterAll(() => fountain?.stop());

const write = (json: unknown, headers = editor): Promise<Response> =>
  fountain.fetch("/new-service/notes", {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(json),
  });
const list = async (query = "") => {
  const response = await fountain.fetch(`/new-service/notes${query}`, { headers: reader });
  return response.json<{ items: { text: string }[]; next: string | null }>();
};

test("a note is written, and read page by page", async () => {
  for (const text of ["one", "two"]) expect((await write({ text })).status).toBe(201);
  const first = await list("?limit=1");
  expect(first.items).toMatchObject([{ id: 1, text: "one", author: "service:notes-editor" }]);
  expect((await list(`?after=${first.next}`)).items).toMatchObject([{ id: 2, text: "two" }]);
});

test("a note is read at the path that its creation names", async () => {
  const created = await write({ text: "three" });
  const read = (path: string) => fountain.fetch(path, { headers: reader });
  const found = await read(created.headers.get("location") ?? "");
  expect([found.status, await found.json()]).toEqual([200, await created.json()]);
  expect((await read("/new-service/notes/404")).status).toBe(404);
});

test.each([
  ["without a text", {}],
  ["with an empty text", { text: "" }],
  ["with a text that is too long", { text: "x".repeat(1_001) }],
])("a note %s is refused", async (_, json) => {
  expect((await write(json)).status).toBe(422);
});

test("the console gets the panel with the notes", async () => {
  const response = await fountain.fetch("/new-service/panel.js");
  expect(response.headers.get("content-type")).toContain("text/javascript");
  expect(await response.text()).toContain("GET /new-service/notes");
});

test("a note cannot be written without the scope, or without a credential", async () => {
  expect((await write({ text: "x" }, reader)).status).toBe(403);
  expect((await write({ text: "x" }, {})).status).toBe(401);
});

test("a note is deleted after thirty days", async () => {
  const database = fountain.databases["new-service"];
  await database?.execute("UPDATE notes SET created_at = created_at - 30 * 86400000 WHERE text = 'one'");
  await fountain.runScheduled("new-service");
  expect((await list()).items.map(({ text }) => text)).toEqual(["two", "three"]);
});
