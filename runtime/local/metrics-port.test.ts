import { afterAll, beforeAll, expect, test } from "vitest";
import { WORKERS } from "#shared/contracts/workers.ts";
import { parseExposition, total } from "../../tests/observability/exposition.ts";
import type { Fountain } from "../../tests/support/harness.ts";
import { startWorkerd } from "../../tests/support/workerd.ts";
import { freePorts } from "./ports.ts";

let fountain: Fountain;
let url: string;

beforeAll(async () => {
  const [port] = await freePorts();
  url = `http://127.0.0.1:${port}`;
  fountain = await startWorkerd({ settings: { METRICS_PORT: String(port) } });
});
afterAll(() => fountain.stop());

test("the port has the numbers of every worker, as Prometheus wants them", async () => {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const seen = parseExposition(await response.text());
  expect(total(seen, "fountain_worker_up")).toBe(WORKERS.length);
  expect(total(seen, "fountain_http_requests_total", { worker: "gateway", route: "/ready" })).toBeGreaterThan(0);
});

test.each([
  ["POST", "/metrics"],
  ["GET", "/"],
  ["GET", "/cron/kms"],
  ["POST", "/cron/kms"],
  ["POST", "/administrator"],
  ["GET", "/metrics/../cron/kms"],
])("the port has nothing else: %s %s", async (method, path) => {
  expect((await fetch(url + path, { method })).status).toBe(404);
});

test("the public port does not have them", async () => {
  expect((await fountain.fetch("/metrics")).status).toBe(404);
});
