import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import Histogram from "prom-client/lib/histogram.js";
import Registry from "prom-client/lib/registry.js";
import { expect, test, vi } from "vitest";
import { VERSION } from "./version.ts";

// Numbers are one isolate's, from its first request on.
vi.resetModules();
const { createHistogram, exposition, labelWorker } = await import("./instruments.ts");
const { countAuthentication, countOtp, countRequest, observeDatabaseCall, observeRequest, setOutboxDepth } =
  await import("./metrics.ts");

const seriesOf = async (name: string): Promise<string[]> =>
  (await exposition()).split("\n").filter((line) => line.startsWith(name));

test("names the version of package.json", () => {
  const packageJson: unknown = JSON.parse(readFileSync(path.join(import.meta.dirname, "../../package.json"), "utf8"));
  expect(packageJson).toHaveProperty("version", VERSION);
});

test("counts by the labels it was declared with, and names the worker", async () => {
  labelWorker("kms");
  countRequest({ method: "POST", route: "/login", status_class: "2xx" });
  countRequest({ method: "POST", route: "/login", status_class: "2xx" });
  const counted = (await seriesOf("fountain_http_requests_total")).filter((series) => !series.endsWith(" 0"));
  expect(counted).toEqual([
    'fountain_http_requests_total{method="POST",route="/login",status_class="2xx",worker="kms"} 2',
  ]);
});

test("adds no series for values that nobody declared, whatever they are", async () => {
  const count = (value: string) => {
    countRequest({ method: value, route: value, status_class: value });
    observeRequest({ route: value }, 0.1);
    countAuthentication({ credential: value, outcome: value, reason: value });
    countOtp({ method: value, outcome: value });
    observeDatabaseCall({ outcome: value }, 0.1);
  };
  count("nobody declared this");
  const before = (await seriesOf("fountain_")).length;
  fc.assert(fc.property(fc.string(), (text) => count(`${text}!`)));
  expect(await seriesOf("fountain_")).toHaveLength(before);
});

test("a histogram is written as prom-client writes its own", async () => {
  const registry = new Registry();
  registry.setDefaultLabels({ worker: "kms" });
  const own = createHistogram(
    { name: "test_seconds", help: "Test.", labels: { route: new Set(["/a", "/b"]) } },
    [1, 2],
  );
  const theirs = new Histogram({
    ...{ name: "test_seconds", help: "Test.", labelNames: ["route"], buckets: [1, 2] },
    registers: [registry],
  });
  const values = [0, 0.1, 0.2, 1, 1.5, 2, 2.5, 1e9];
  for (const route of ["/b", "/a"])
    for (const value of values) {
      own({ route }, value);
      theirs.observe({ route }, value);
    }
  expect(await exposition()).toContain(await registry.metrics());
});

test("a gauge without a value is not there", async () => {
  expect(await seriesOf("fountain_outbox_depth")).toEqual([]);
  setOutboxDepth(3);
  expect(await seriesOf("fountain_outbox_depth")).toEqual(['fountain_outbox_depth{worker="kms"} 3']);
  setOutboxDepth(undefined);
  expect(await seriesOf("fountain_outbox_depth")).toEqual([]);
});
