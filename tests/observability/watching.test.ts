/** What an operator sees of the main job: in the numbers, on the dashboards, in the rules and in the log. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WORKERS } from "../../shared/contracts/workers.ts";
import { instruments } from "../../shared/observability/instruments.ts";
import "../../shared/observability/metrics.ts";
import { journey } from "../flows/journey.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { ask, ruleHealth, unanswered } from "./answers.ts";
import { missingPackages } from "./caddy.ts";
import { type Exposition, metricOf, parseExposition, total } from "./exposition.ts";
import { PROGRAMS, type Prometheus, startPrometheus } from "./prometheus.ts";
import { dashboardQueries, matchersIn, type Query, RULES_FILE, rules, selectorsIn } from "./queries.ts";

const DEPLOY = path.join(import.meta.dirname, "..", "..", "deploy");
const missing = missingPackages(PROGRAMS);
const withPrometheus = missing.length === 0;
const why = withPrometheus ? "" : ` (skipped: install Debian's ${missing.join(", ")})`;

let fountain: Fountain;
let prometheus: Prometheus | undefined;

beforeAll(async () => {
  fountain = await startFountain();
  if (withPrometheus) prometheus = await startPrometheus(fountain);
}, 60_000);
afterAll(async () => {
  await prometheus?.stop();
  await fountain.stop();
});

describe("the main job", () => journey(() => fountain));

/** What Prometheus adds by itself. */
const TARGET_LABELS = ["job", "instance"];

const recorded = new Set(rules().flatMap(({ kind, name }) => (kind === "record" ? [name] : [])));

const valuesOf = (metric: string, label: string): ReadonlySet<string> | undefined =>
  label === "worker" ? new Set(WORKERS) : instruments.get(metric)?.labels[label];

/** What is wrong with a query, as far as the query itself tells. */
const faultsOf = ({ types }: Exposition, expression: string): string[] =>
  selectorsIn(expression).flatMap(({ name, matchers }) => {
    if (name.startsWith("fountain:")) return recorded.has(name) ? [] : [`no rule records ${name}`];
    if (!name.startsWith("fountain_")) return [];
    const metric = metricOf(name, types);
    if (!types.has(metric)) return [`no worker exposes ${name}`];
    return matchers.flatMap(({ label, operator, value, accepts }) => {
      if (TARGET_LABELS.includes(label)) return [];
      const isKnown = [...(valuesOf(metric, label) ?? [])].some(accepts);
      return isKnown ? [] : [`${name} never has ${label}${operator}"${value}"`];
    });
  });

/** What the internal worker says of them all. */
const OF_THE_PROCESS = ["fountain_watchdog_restarts_total", "fountain_worker_up"];

describe("the numbers", () => {
  let seen: Exposition;
  beforeAll(async () => {
    await fountain.fetch("/service-a/scripts", { headers: { "x-api-key": "ftn_nobody's" } });
    seen = parseExposition(await fountain.metrics());
  });

  test("are those of every worker, in one valid exposition, with nothing that was not declared", () => {
    expect(
      seen.samples
        .filter(({ name }) => name === "fountain_worker_up")
        .toSorted((a, b) => String(a.labels["worker"]).localeCompare(String(b.labels["worker"]))),
    ).toEqual(WORKERS.toSorted().map((worker) => ({ name: "fountain_worker_up", labels: { worker }, value: 1 })));
    expect([...seen.types.keys()].sort()).toEqual([...OF_THE_PROCESS, ...instruments.keys()].sort());
    for (const { name, labels } of seen.samples) {
      const metric = metricOf(name, seen.types);
      for (const [label, value] of Object.entries(labels)) {
        if (label === "le") continue;
        expect(valuesOf(metric, label), `${name} ${label}="${value}"`).toContain(value);
      }
    }
  });

  test("count each call at the gateway and at its worker, by route template", () => {
    const login = { method: "POST", status_class: "2xx" };
    const atGateway = total(seen, "fountain_http_requests_total", { ...login, worker: "gateway", route: "/kms/login" });
    expect(atGateway).toBeGreaterThan(0);
    expect(total(seen, "fountain_http_requests_total", { ...login, worker: "kms", route: "/login" })).toBe(atGateway);
    const timed = { worker: "gateway", route: "/kms/login" };
    expect(total(seen, "fountain_http_request_duration_seconds_count", timed)).toBe(
      total(seen, "fountain_http_requests_total", timed),
    );
  });

  test("tell who was let in, who was not, and why", () => {
    const outcomes = (labels: Record<string, string>) => total(seen, "fountain_auth_outcomes_total", labels);
    const password = { worker: "kms", credential: "password" };
    expect(outcomes({ ...password, outcome: "accepted" })).toBeGreaterThan(0);
    expect(outcomes({ ...password, outcome: "refused", reason: "wrong-password" })).toBe(1);
    expect(outcomes({ credential: "refresh-token", reason: "reused" })).toBe(1);
    const atGateway = { worker: "gateway", outcome: "refused" };
    // Whoever hears of it first.
    expect(outcomes({ outcome: "refused", credential: "token", reason: "revoked" })).toBeGreaterThan(0);
    expect(outcomes({ ...atGateway, credential: "api-key", reason: "invalid-api-key" })).toBeGreaterThan(0);
    expect(outcomes({ ...atGateway, credential: "api-key", reason: "forbidden" })).toBeGreaterThan(0);
    expect(outcomes({ ...atGateway, reason: "step-up-required" })).toBeGreaterThan(0);
    expect(outcomes({ worker: "gateway", outcome: "accepted", credential: "api-key" })).toBeGreaterThan(0);
    expect(outcomes({ reason: "other" })).toBe(0);
  });

  test("tell what was issued, and which codes were taken", () => {
    for (const kind of ["login", "refresh", "api-key", "step-up"])
      expect(total(seen, "fountain_tokens_issued_total", { worker: "kms", kind }), kind).toBeGreaterThan(0);
    for (const event of ["created", "rotated"])
      expect(total(seen, "fountain_api_keys_total", { event }), event).toBeGreaterThan(0);
    const codes = (labels: Record<string, string>) => total(seen, "fountain_otp_outcomes_total", labels);
    expect(codes({ method: "confirmation", outcome: "accepted" })).toBe(1);
    expect(codes({ method: "totp", outcome: "accepted" })).toBeGreaterThan(0);
    expect(codes({ method: "totp", outcome: "replayed" })).toBeGreaterThan(0);
  });

  test("tell of databases, and of an outbox that has been emptied", () => {
    for (const worker of ["kms", "twofa", "search", "service-a"])
      expect(total(seen, "fountain_database_call_duration_seconds_count", { worker, outcome: "ok" })).toBeGreaterThan(
        0,
      );
    expect(seen.samples.filter(({ name }) => name === "fountain_outbox_depth")).toEqual([
      { name: "fountain_outbox_depth", labels: { worker: "service-a" }, value: 0 },
    ]);
    expect(total(seen, "fountain_outbox_oldest_age_seconds")).toBe(0);
  });
});

describe("what is asked of the numbers", () => {
  test("is asked by metrics, labels and values that the workers have", async () => {
    const seen = parseExposition(await fountain.metrics());
    const queries: Pick<Query, "place" | "expression">[] = [
      ...dashboardQueries().filter(({ language }) => language === "prometheus"),
      ...rules().map(({ name, expression }) => ({ place: name, expression })),
    ];
    expect(queries.length).toBeGreaterThan(50);
    expect(
      queries.flatMap(({ place, expression }) => faultsOf(seen, expression).map((fault) => [place, fault])),
    ).toEqual([]);
  });

  test("would be found out if it were not", async () => {
    const seen = parseExposition(await fountain.metrics());
    for (const wrong of [
      "fountain_http_request_total",
      "fountain:no_such:rate5m",
      'fountain_http_requests_total{status="5xx"}',
      'fountain_http_requests_total{status_class="5XX"}',
      'fountain_http_requests_total{worker="gatewey"}',
      'fountain_otp_outcomes_total{outcome=~"refused"}',
    ])
      expect(faultsOf(seen, `sum(rate(${wrong}[5m]))`), wrong).toHaveLength(1);
  });
});

describe.skipIf(!withPrometheus)(`Prometheus, Caddy and the blackbox exporter as deployed${why}`, () => {
  const url = (): string => prometheus?.url ?? "";

  test("read every target and evaluate every rule, and no alarm is raised", async () => {
    const healthy = new Map(rules().map(({ name }) => [name, "ok"]));
    await expect.poll(() => ruleHealth(url()), { timeout: 15_000, interval: 250 }).toEqual(healthy);
    for (const job of ["fountain", "caddy", "probe", "prometheus"])
      await expect.poll(() => ask(url(), `up{job="${job}"}`), { timeout: 15_000, message: job }).toEqual([1]);
    expect(
      await ask(url(), "count(ALERTS{alertname!='FountainRefreshTokenReused', alertstate='firing'}) or vector(0)"),
    ).toEqual([0]);
  });

  test("have an answer, or a proven nought, to every query of the dashboards and rules", async () => {
    await expect.poll(() => unanswered(url()), { timeout: 20_000, interval: 500 }).toEqual([]);
  });

  test("raise the alarm over what the main job did on purpose, a refresh token used twice", async () => {
    const alarm = "ALERTS{alertname='FountainRefreshTokenReused', alertstate='firing'}";
    await expect.poll(() => ask(url(), alarm), { timeout: 10_000 }).toEqual([1]);
  });
});

describe("docs/observability.md", () => {
  const guide = readFileSync(path.join(DEPLOY, "..", "docs", "observability.md"), "utf8");
  const firstCells = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);

  test("describes every metric there is, and no other", () => {
    expect(firstCells.filter((name) => name?.startsWith("fountain_"))).toEqual(
      expect.arrayContaining([...instruments.keys(), ...OF_THE_PROCESS]),
    );
    expect(firstCells.filter((name) => name?.startsWith("fountain_"))).toHaveLength(
      instruments.size + OF_THE_PROCESS.length,
    );
  });

  test("says what to do about every alert there is, and about no other", () => {
    const alerts = rules().flatMap(({ kind, name }) => (kind === "alert" ? [name] : []));
    expect(firstCells.filter((name) => name?.startsWith("Fountain"))).toEqual(alerts);
  });
});

/** Labels that deploy/loki/collector.alloy gives, and words of LogQL. */
const NO_FIELDS = ["container", "stream", "level", "service", "event"];

/** The fields of our lines that a LogQL query reads. */
const fieldsOf = (query: string): string[] => [
  ...[...query.matchAll(/[|,] (\w+) ?(?:=~|!=|>=|=|>)/g)].map(([, field = ""]) => field),
  ...[...query.matchAll(/\{\{\.(\w+)\}\}/g)].map(([, field = ""]) => field),
  ...[...query.matchAll(/by \(([\w, ]+)\)/g)].flatMap(([, list = ""]) => list.split(", ")),
];

describe("what is asked of the lines", () => {
  const guide = readFileSync(path.join(DEPLOY, "..", "docs", "observability.md"), "utf8");
  const [, block = ""] = /```logql\n([^`]*)```/.exec(guide) ?? [];
  const queries = [
    ...block.trim().split("\n"),
    ...dashboardQueries().flatMap(({ language, expression }) => (language === "loki" ? [expression] : [])),
  ];

  test("is asked by labels and fields that lines have", () => {
    const known = new Set(
      fountain.logs.filter((line) => line.startsWith("{")).flatMap((line) => Object.keys(JSON.parse(line))),
    );
    expect(queries.length).toBeGreaterThan(5);
    for (const query of queries) {
      const [, selector = ""] = /\{(container=[^}]*)\}/.exec(query) ?? [];
      expect(
        matchersIn(selector)
          .map(({ label }) => label)
          .filter((label) => !NO_FIELDS.includes(label)),
      ).toEqual([]);
      expect(
        fieldsOf(query).filter((field) => !known.has(field)),
        query,
      ).toEqual([]);
    }
    expect(fieldsOf('{container="workerd"} | json | outcom="failure"')).toEqual(["outcom"]);
  });

  test("is answered by the labels that the collector gives", () => {
    const collector = readFileSync(path.join(DEPLOY, "loki", "collector.alloy"), "utf8");
    const [, values = ""] = /stage\.labels \{\s*values = \{([^}]*)\}/.exec(collector) ?? [];
    expect([...values.matchAll(/(\w+)\s*=/g)].map(([, label]) => label)).toEqual(NO_FIELDS);
  });
});

describe("the files as deployed", () => {
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  const noPromtool = missingPackages(["promtool"]).length > 0;
  test.skipIf(noPromtool)("promtool accepts, and the rules pass their tests (skipped without prometheus)", () => {
    run("promtool", "check", "config", path.join(DEPLOY, "prometheus", "prometheus.yml"));
    run("promtool", "check", "rules", RULES_FILE);
    run("promtool", "test", "rules", path.join(DEPLOY, "prometheus", "rules.test.yml"));
  });
});
