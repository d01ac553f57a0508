/** Every series that a rule selects is there before it counts anything: the first value of a series is no increase. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WORKERS, type WorkerName } from "../../shared/contracts/workers.ts";
import { instruments } from "../../shared/observability/instruments.ts";
import "../../shared/observability/metrics.ts";
import { ROUTES } from "../../shared/policy/routes.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Exposition, metricOf, parseExposition, type Sample } from "./exposition.ts";
import { rules, type Selector, selectorsIn } from "./queries.ts";

type Labels = Readonly<Record<string, string>>;

let fountain: Fountain;
let fresh: Exposition;

beforeAll(async () => {
  fountain = await startFountain();
  fresh = parseExposition(await fountain.metrics());
});
afterAll(() => fountain?.stop());

const operations = WORKERS.flatMap((worker: WorkerName) =>
  Object.keys(ROUTES[worker]).flatMap((row) => {
    const [method = "", template = ""] = row.split(" ");
    const own = { worker, method, route: template };
    return worker === "gateway" ? [own] : [own, { worker: "gateway", method, route: `/${worker}${template}` }];
  }),
);

/** Every combination of these values. */
const combinations = (values: readonly (readonly [string, Iterable<string>])[]): Labels[] =>
  values.reduce<Labels[]>(
    (rows, [label, each]) => rows.flatMap((row) => [...each].map((value) => ({ ...row, [label]: value }))),
    [{}],
  );

/** Labels of series that may be counted: every value that was declared, and where there are routes, those of the table. */
const countable = (metric: string): Labels[] => {
  const declared = Object.entries(instruments.get(metric)?.labels ?? {});
  const others = combinations(declared.filter(([label]) => !["method", "route"].includes(label)));
  if (!declared.some(([label]) => label === "route")) return others;
  const hasMethod = declared.some(([label]) => label === "method");
  return operations.flatMap(({ worker, method, route }) =>
    others.map((rest) => ({ ...rest, worker, route, ...(hasMethod && { method }) })),
  );
};

const isAccepted = ({ matchers }: Selector, labels: Labels): boolean =>
  matchers.every(({ label, accepts }) => labels[label] === undefined || accepts(labels[label]));

const has = (sample: Sample, wanted: Labels): boolean =>
  Object.entries(wanted).every(([label, value]) => sample.labels[label] === value);

/** The series that a rule waits for and that are missing, with one label set for each. */
const missingOf = ({ samples, types }: Exposition, selector: Selector): string[] => {
  const metric = metricOf(selector.name, types);
  if (!["counter", "histogram"].includes(types.get(metric) ?? "")) return [];
  const present = samples.filter(({ name, labels }) => name === selector.name && isAccepted(selector, labels));
  return (
    countable(metric)
      // No response of ours has such a status.
      .filter(({ status_class: statusClass }) => statusClass !== "1xx")
      .filter((labels) => isAccepted(selector, labels))
      .filter((labels) => !present.some((sample) => has(sample, labels)))
      .map((labels) => `${selector.name} ${JSON.stringify(labels)}`)
  );
};

const selectors = rules().flatMap(({ expression }) => selectorsIn(expression));

describe("a fresh scrape", () => {
  test("has every series whose increase a rule may take", () => {
    const counted = selectors.filter(({ name }) =>
      ["counter", "histogram"].includes(fresh.types.get(metricOf(name, fresh.types)) ?? ""),
    );
    expect(counted.length).toBeGreaterThan(8);
    expect(counted.flatMap((selector) => missingOf(fresh, selector))).toEqual([]);
  });

  test("shows no event that has not been", () => {
    const security = ["fountain_auth_outcomes_total", "fountain_otp_outcomes_total", "fountain_audit_alarms_total"];
    const refused = fresh.samples.filter(
      ({ name, labels }) => security.includes(name) && labels["outcome"] !== "accepted",
    );
    expect(refused.length).toBeGreaterThan(100);
    expect(refused.filter(({ value }) => value !== 0)).toEqual([]);
  });

  test.each([
    ["fountain_auth_outcomes_total", { worker: "kms", credential: "password", outcome: "refused", reason: "blocked" }],
    ["fountain_auth_outcomes_total", { worker: "kms", credential: "refresh-token", reason: "reused" }],
    ["fountain_auth_outcomes_total", { worker: "gateway", credential: "api-key", reason: "invalid-api-key" }],
    ["fountain_auth_outcomes_total", { worker: "gateway", credential: "token", reason: "step-up-required" }],
    ["fountain_otp_outcomes_total", { worker: "twofa", method: "recovery-code", outcome: "locked" }],
    ["fountain_http_requests_total", { worker: "gateway", route: "/kms/login", status_class: "5xx" }],
    ["fountain_http_requests_total", { worker: "gateway", route: "unmatched", status_class: "4xx" }],
    ["fountain_http_requests_total", { worker: "kms", route: "/login", status_class: "5xx" }],
    ["fountain_database_call_duration_seconds_count", { worker: "search", outcome: "unavailable" }],
    ["fountain_watchdog_restarts_total", {}],
  ])("has %s %j at 0", (name, labels) => {
    const found = fresh.samples.filter((sample) => sample.name === name && has(sample, labels));
    expect(found.map(({ value }) => value)).toContain(0);
  });

  test("would be found incomplete", () => {
    const [selector] = selectorsIn(
      'fountain_auth_outcomes_total{worker="kms", credential="password", outcome="refused"}',
    );
    const without = fresh.samples.filter(({ labels }) => labels["reason"] !== "blocked");
    expect(selector && missingOf({ ...fresh, samples: without }, selector)).toEqual([
      expect.stringContaining('"reason":"blocked"'),
    ]);
  });
});
