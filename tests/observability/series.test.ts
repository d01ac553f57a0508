/** What callers can and cannot do to the numbers, and what is there when the database is not. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { WORKERS } from "../../shared/contracts/workers.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";
import { type Exposition, parseExposition, total } from "./exposition.ts";

let fountain: Fountain;
let service: Record<string, string>;

beforeAll(async () => {
  fountain = await startFountain({ ownSqld: true });
  service = await registerService(fountain, await logIn(fountain), "series", ["sequence:read", "search:read"]);
});
afterAll(() => fountain.stop());

const numbers = async (): Promise<Exposition> => parseExposition(await fountain.metrics());

const inParallel = async (count: number, work: (index: number) => Promise<unknown>): Promise<void> => {
  for (let from = 0; from < count; from += 50)
    await Promise.all(Array.from({ length: Math.min(50, count - from) }, (_, index) => work(from + index)));
};

test("a thousand made-up paths, methods, names and credentials add not one series", async () => {
  const invent = (index: number): Promise<Response> => {
    const name = `${crypto.randomUUID()}-${index}`;
    const paths = [
      `/${name}`,
      `/kms/${name}`,
      `/kms/keys/${name}`,
      `/service-a/elements/action/${name}`,
      `/search/${name}/${name}`,
    ];
    const credentials = [{}, { authorization: `Bearer ${name}` }, { "x-api-key": `ftn_${name}` }, service];
    return fountain.fetch(`${paths[index % 5]}?q=${name}`, {
      method: index % 7 === 0 ? `X${index}` : "GET",
      headers: { ...credentials[index % 4], "user-agent": name, "x-request-id": name, host: name },
    });
  };
  await inParallel(200, invent);
  const before = (await numbers()).samples.length;
  await inParallel(1_000, invent);
  const after = await numbers();
  expect(after.samples).toHaveLength(before);
  expect(total(after, "fountain_http_requests_total", { worker: "gateway", route: "unmatched" })).toBeGreaterThan(500);
});

test.each([
  "/metrics",
  "//metrics",
  "/./metrics",
  "/x/../metrics",
  "/%6detrics",
  "/metrics/",
  "/internal/metrics",
  "/kms/metrics",
  "/twofa/metrics",
  "/search/metrics",
  "/service-a/metrics",
  "/gateway/metrics",
  "/metrics?worker=kms",
])("the public never reaches the numbers, asking for %s", async (path) => {
  const tricks = { "x-original-url": "/metrics", "x-rewrite-url": "/metrics", "x-forwarded-prefix": "/", ...service };
  for (const headers of [{}, tricks]) {
    const response = await fountain.fetch(fountain.url + path, { headers });
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain("fountain_");
  }
});

test("what waits for search is counted, and how long it has waited", async () => {
  const nowMs = Date.now();
  const insert =
    "INSERT INTO outbox (element_type, element_id, next_attempt_at, created_at) VALUES ('action', ?, ?, ?)";
  for (const [id, ageMs] of [
    [1, 90_000],
    [2, 10_000],
  ] as const)
    await fountain.databases["service-a"]?.execute({ sql: insert, args: [id, nowMs + 3_600_000, nowMs - ageMs] });
  const seen = await numbers();
  expect(total(seen, "fountain_outbox_depth")).toBe(2);
  expect(total(seen, "fountain_outbox_oldest_age_seconds")).toBeGreaterThanOrEqual(90);
  expect(total(seen, "fountain_outbox_oldest_age_seconds")).toBeLessThan(120);
});

test("without the database every worker still gives its numbers, and tells that it is gone", async () => {
  await fountain.killSqld();
  expect((await fountain.fetch("/service-a/scripts", { headers: service })).status).toBe(503);
  expect((await fountain.fetch("/ready")).status).toBe(503);
  const seen = await numbers();
  expect(total(seen, "fountain_worker_up")).toBe(WORKERS.length);
  for (const worker of ["kms", "twofa", "search", "service-a"])
    expect(
      total(seen, "fountain_database_call_duration_seconds_count", { worker, outcome: "unavailable" }),
      worker,
    ).toBeGreaterThan(0);
  expect(total(seen, "fountain_http_requests_total", { worker: "gateway", route: "/ready", status_class: "5xx" })).toBe(
    1,
  );
  expect(seen.samples.filter(({ name }) => name.startsWith("fountain_outbox"))).toEqual([]);
  await fountain.restartSqld();
  await expect.poll(async () => total(await numbers(), "fountain_outbox_depth"), { timeout: 5_000 }).toBe(2);
});
