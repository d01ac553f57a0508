/** What a service's calls came to, from the gateway that counts them to the list that shows them. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Answer, caller } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { openMint } from "../support/mint.ts";
import { everything } from "./credentials.ts";

/** The gateway reports every ten seconds. */
const REPORTED_WITHIN = { timeout: 25_000, interval: 500 };

let fountain: Fountain;
let administrator: Record<string, string>;
const call = caller(() => fountain);

beforeAll(async () => {
  fountain = await startFountain();
  await call("GET", "/.well-known/jwks.json");
  administrator = { authorization: `Bearer ${await (await openMint(fountain)).sign(everything())}` };
});
afterAll(() => fountain?.stop());

const createKey = async (service: string): Promise<{ id: string; key: string }> => {
  const { body } = await call("POST", "/kms/keys", administrator, { service });
  return { id: String(body["id"]), key: String(body["key"]) };
};

test("calls are counted by the hour: those that pass, those refused, and those beyond a limit", async () => {
  await call("POST", "/kms/services", administrator, { name: "films", scopes: ["search:read"] });
  const limit = { match: "GET /search/status", per: "service", limit: 3, window: "1h" };
  expect((await call("PUT", "/gateway/limits/films", administrator, limit)).status).toBe(201);
  const { id, key } = await createKey("films");
  const status = (as: string): Promise<Answer> => call("GET", "/search/status", { "x-api-key": as });
  await vi.waitFor(async () => expect((await status(key)).status).toBe(429), REPORTED_WITHIN);
  const token = { grant_type: "client_credentials", client_id: "films", client_secret: key };
  const issued = await fountain.fetch("/kms/token", { method: "POST", body: new URLSearchParams(token) });
  const { access_token } = await issued.json<{ access_token: string }>();
  expect((await call("GET", "/kms/keys", { authorization: `Bearer ${access_token}` })).status).toBe(403);
  await call("DELETE", `/kms/keys/films/${id}`, administrator);
  await vi.waitFor(async () => expect((await status(key)).status).toBe(401), REPORTED_WITHIN);
  const another = `${key.slice(0, -1)}${key.endsWith("x") ? "y" : "x"}`;
  expect((await status(another)).status).toBe(401);

  await vi.waitFor(async () => {
    const { body } = await call("GET", "/kms/keys/films/usage", administrator);
    const items = Array.isArray(body["items"]) ? body["items"] : [];
    const sum = (what: string): number => items.reduce((total, hour) => total + hour[what], 0);
    expect(sum("refused")).toBe(2);
    expect(sum("limited")).toBeGreaterThanOrEqual(1);
    expect(sum("calls")).toBe(3 + sum("refused") + sum("limited"));
  }, REPORTED_WITHIN);
}, 90_000);
