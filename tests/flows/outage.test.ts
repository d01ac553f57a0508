import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";

const ANSWER_WITHIN_MS = 15_000;
const HEALED_WITHIN_MS = 10_000;
/** A drainer that died with the database keeps its lease on the outbox for twenty seconds. */
const SEARCHABLE_WITHIN_MS = 40_000;

let fountain: Fountain;
let service: Record<string, string>;

beforeAll(async () => {
  fountain = await startFountain({ ownSqld: true });
  const scopes = ["sequence:read", "sequence:write", "search:read"];
  service = await registerService(fountain, await logIn(fountain), "outage", scopes);
});
afterAll(() => fountain.stop());

const write = (elementId: number): Promise<Response> =>
  fountain.fetch("/service-a/sequence", {
    method: "POST",
    headers: { ...service, "content-type": "application/json" },
    body: JSON.stringify({ elementType: "action", elementId, comment: "c", text: `outage number ${elementId}` }),
  });

const read = (): Promise<Response> => fountain.fetch("/service-a/elements?limit=200", { headers: service });

test("a killed database gives 503 in bounded time, heals by itself, and loses nothing acknowledged", {
  timeout: 90_000,
}, async () => {
  const acknowledged = new Set<number>();
  for (let id = 1; id <= 20; id += 1) if ((await write(id)).status === 201) acknowledged.add(id);
  expect(acknowledged.size).toBe(20);

  const inFlight = Array.from({ length: 20 }, (_, index) => write(100 + index));
  await fountain.killSqld();
  for (const [index, response] of (await Promise.all(inFlight)).entries()) {
    expect([201, 503]).toContain(response.status);
    if (response.status === 201) acknowledged.add(100 + index);
  }

  for (const attempt of [() => write(500), read, () => fountain.fetch("/ready")]) {
    const startedAtMs = Date.now();
    const response = await attempt();
    expect(response.status).toBe(503);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Date.now() - startedAtMs).toBeLessThan(ANSWER_WITHIN_MS);
  }
  const body = JSON.stringify({ searches: [{ collection: "elements", q: "*" }] });
  const asTypesense = await fountain.fetch("/search/multi_search", { method: "POST", headers: service, body });
  expect([asTypesense.status, await asTypesense.json()]).toEqual([503, { message: expect.any(String) }]);
  expect(Number(asTypesense.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await fountain.fetch("/health")).status).toBe(200);

  await fountain.restartSqld();
  await expect.poll(async () => (await read()).status, { timeout: HEALED_WITHIN_MS }).toBe(200);
  await expect.poll(async () => (await fountain.fetch("/ready")).status, { timeout: HEALED_WITHIN_MS }).toBe(200);
  const { items } = await (await read()).json<{ items: { elementId: number }[] }>();
  const present = new Set(items.map((item) => item.elementId));
  expect([...acknowledged].filter((id) => !present.has(id))).toEqual([]);
  expect((await write(600)).status).toBe(201);

  const found = async (): Promise<number> => {
    await fountain.runScheduled("service-a");
    const response = await fountain.fetch("/search/search", {
      method: "POST",
      headers: { ...service, "content-type": "application/json" },
      body: JSON.stringify({ q: "outage", query_by: "text" }),
    });
    return (await response.json<{ found: number }>()).found;
  };
  await expect.poll(found, { timeout: SEARCHABLE_WITHIN_MS, interval: 500 }).toBe(present.size + 1);
});
