/** What Caddy's log and the workers' say of one request, so that an operator finds the one from the other. */
import { Agent, request } from "node:https";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Caddy, missingPackages, startCaddy } from "./caddy.ts";

const isMissing = missingPackages(["caddy"]).length > 0;

let fountain: Fountain;
let caddy: Caddy;

beforeAll(async () => {
  if (isMissing) return;
  fountain = await startFountain();
  caddy = await startCaddy(fountain.url);
}, 60_000);
afterAll(async () => {
  await caddy?.stop();
  await fountain?.stop();
});

interface Answer {
  status: number;
  requestId: unknown;
  body: string;
}

/** Caddy's authority is its own. */
const agent = new Agent({ rejectUnauthorized: false });

const ask = ({ url }: Caddy, path: string, headers: Record<string, string | string[]> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { agent, headers }, (incoming) => {
      let body = "";
      incoming.setEncoding("utf8").on("data", (chunk) => {
        body += chunk;
      });
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode ?? 0, requestId: incoming.headers["x-request-id"], body }),
      );
    });
    sent.on("error", reject).end();
  });

const get = (path: string, headers?: Record<string, string | string[]>) => ask(caddy, path, headers);

/** The lines of a log that are about the request with this id, once there is one. */
const linesOf = async (logs: readonly string[], requestId: unknown): Promise<Record<string, unknown>[]> => {
  const lines = () => logs.filter((line) => line.includes(`"requestId":"${requestId}"`));
  await expect.poll(() => lines().length, { timeout: 10_000 }).toBeGreaterThan(0);
  return lines().map((line) => JSON.parse(line));
};

const KEY = `ftn_abcdefgh_${"k".repeat(43)}_abcdef`;
const UUID = /^[0-9a-f-]{36}$/;

describe.skipIf(isMissing)("Caddy's log", () => {
  test.each([
    ["is made where the caller sent none", {}, UUID],
    ["is the caller's own", { "x-request-id": "my-own-id:1" }, /^my-own-id:1$/],
    ["is made where the caller's has other characters", { "x-request-id": 'my "own" id' }, UUID],
    ["is made where the caller's is too short", { "x-request-id": "1" }, UUID],
    ["is made where the caller's is too long", { "x-request-id": "1".repeat(129) }, UUID],
    ["is made where the caller sent two", { "x-request-id": ["my-own-id:2", "my-own-id:3"] }, UUID],
    ["is made where the caller's is a credential", { "x-request-id": KEY }, UUID],
  ])("joins the workers' by the request's id, which %s", async (_, headers, expected) => {
    const { status, requestId } = await get("/kms/me", headers);
    expect([status, requestId]).toEqual([401, expect.stringMatching(expected)]);
    const [line, ...others] = await linesOf(caddy.logs, requestId);
    expect(others).toEqual([]);
    expect(line).toMatchObject({ status: 401, request: { remote_ip: "127.0.0.1", uri: "/kms/me" } });
    expect(await linesOf(fountain.logs, requestId)).toContainEqual(
      expect.objectContaining({ service: "gateway", event: "request", route: "/kms/me", status: 401 }),
    );
  });

  test("has the id of what Caddy refused by itself, as its problem has", async () => {
    const { status, requestId, body } = await get("/metrics", { "x-request-id": "my-own-id:4" });
    expect([status, requestId]).toEqual([404, "my-own-id:4"]);
    expect(JSON.parse(body)).toMatchObject({ code: "not-found", requestId: "my-own-id:4" });
    expect(await linesOf(caddy.logs, requestId)).toMatchObject([{ status: 404 }]);
  });

  test("says nothing of health checks that succeed, and shows no header", async () => {
    for (const path of ["/health", "/ready"]) expect((await get(path)).status).toBe(200);
    const { requestId } = await get("/", { "x-api-key": KEY, cookie: "a=b" });
    const [line] = await linesOf(caddy.logs, requestId);
    expect(Object.keys(Object(line?.["request"])).toSorted()).not.toContain("headers");
    expect(line).not.toHaveProperty("resp_headers");
    const all = caddy.logs.join("\n");
    for (const text of ['"/health', '"/ready', KEY, "a=b"]) expect(all).not.toContain(text);
  });

  test("says which health check found no worker", async () => {
    const alone = await startCaddy("http://127.0.0.1:1");
    try {
      const status = () => ask(alone, "/ready").then((answer) => answer.status, String);
      await expect.poll(status, { timeout: 20_000 }).toBe(503);
      const { requestId } = await ask(alone, "/ready");
      expect(await linesOf(alone.logs, requestId)).toContainEqual(
        expect.objectContaining({ status: 503, request: expect.objectContaining({ uri: "/ready" }) }),
      );
    } finally {
      await alone.stop();
    }
  }, 60_000);
});
