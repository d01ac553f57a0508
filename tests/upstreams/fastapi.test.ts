/** A FastAPI server behind the gateway, on the built workerd: the gateway holds its callers to the document that it has anyway. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePorts } from "../../runtime/local/ports.ts";
import { stopProcess } from "../../runtime/local/process.ts";
import { type Answer, type Call, send } from "../support/call.ts";
import { logIn, logInAndStepUp, registerService } from "../support/session.ts";
import { eventually, startWorkerd, type WorkerdFountain } from "../support/workerd.ts";

/** Debian's, which has its packages. */
const PYTHON = "/usr/bin/python3";
const SERVICE = path.join(import.meta.dirname, "notes.py");

const hasFastApi = (): boolean => {
  try {
    execFileSync(PYTHON, ["-c", "import fastapi, uvicorn"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};
const isThere = hasFastApi();
if (!isThere) console.warn("python3-fastapi and uvicorn are missing: no FastAPI server is put behind the gateway.");

describe.skipIf(!isThere)("a FastAPI server behind the gateway", () => {
  let fountain: WorkerdFountain;
  let service: ChildProcess;
  let reader: Record<string, string>;

  beforeAll(async () => {
    const [port] = await freePorts();
    service = spawn(PYTHON, [SERVICE, String(port)], { stdio: ["ignore", "inherit", "inherit"] });
    fountain = await startWorkerd();
    const url = `http://127.0.0.1:${port}`;
    await eventually(() =>
      fetch(`${url}/openapi.json`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    await logIn(fountain);
    const administrator = await logInAndStepUp(fountain);
    const json = {
      targets: [url],
      openapi: "/openapi.json",
      scopes: { "notes:read": "Read notes", "notes:write": "Write notes" },
      routes: [
        { match: "GET /items/**", scope: "notes:read" },
        { match: "POST /items", scope: "notes:write" },
      ],
    };
    const stored = await send(fountain, "PUT", "/gateway/upstreams/notes", { json, headers: administrator });
    expect(stored.status).toBe(201);
    reader = await registerService(fountain, administrator, "reader", ["notes:read", "notes:write"]);
    await eventually(async () => (await send(fountain, "GET", "/notes/items", { headers: reader })).status === 200);
  }, 90_000);
  afterAll(async () => {
    await fountain?.stop();
    if (service) await stopProcess(service);
  });

  const call = (method: string, at: string, more: Call = {}): Promise<Answer> =>
    send(fountain, method, `/notes${at}`, { ...more, headers: { ...reader, ...more.headers } });
  const faults = ({ body }: Answer): string[] =>
    Object(body["errors"]).map(({ pointer, detail }: Record<string, string>) => `${pointer} ${detail}`);

  test("is called with what fits its document", async () => {
    const listed = await call("GET", "/items?limit=5&tag=a&tag=b", { headers: { "x-tenant": "t" } });
    expect(listed).toMatchObject({ status: 200, body: { limit: 5, tag: ["a", "b"], tenant: "t" } });
    const note = { title: "A note", kind: "short", stars: 5, tags: ["x"] };
    expect(await call("POST", "/items", { json: note })).toMatchObject({ status: 201, body: note });
  });

  test("is not called with what does not, in Fountain's words", async () => {
    const listed = await call("GET", "/items?limit=0");
    expect(listed).toMatchObject({ status: 422, body: { type: "urn:fountain:problem:invalid-input" } });
    expect(faults(listed)).toEqual(["#/query/limit must be at least 1"]);
    expect(faults(await call("GET", "/items/seven"))).toEqual(["#/param/item_id must be an integer"]);
    const created = await call("POST", "/items", { json: { title: "", kind: "round", stars: 6, tags: [1] } });
    expect(faults(created).toSorted()).toEqual([
      "#/kind must be one of short, long",
      "#/stars must be at most 5",
      "#/tags/0 must be a string",
      "#/title must have at least 1 character",
    ]);
    expect((await call("POST", "/items", { text: "title=a" })).status).toBe(415);
  });

  test("adds to the document of the whole what its routes let through, as the gateway demands it", async () => {
    const { body, text } = await send(fountain, "GET", "/openapi.json");
    const paths: Record<string, Record<string, Record<string, unknown>>> = Object(body["paths"]);
    expect(Object.keys(paths).filter((at) => at.startsWith("/notes"))).toEqual([
      "/notes/items",
      "/notes/items/{item_id}",
    ]);
    expect(paths["/notes/items"]?.["post"]).toMatchObject({
      tags: ["notes"],
      security: [{ accessToken: ["notes:write"] }, { apiKey: ["notes:write"] }],
      requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/notes.Note" } } } },
    });
    expect(Object(body["components"]).schemas["notes.Note"]).toMatchObject({ required: ["title", "kind"] });
    expect(body["tags"]).toContainEqual({ name: "notes", description: "Notes, a service behind the gateway" });
    expect(text).not.toContain("/internal/secrets");
  });
});
