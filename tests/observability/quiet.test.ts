/** What the log leaves out, so that the lines that matter stay in it: health checks, scrapes and maintenance without events. */
import { afterEach, expect, test } from "vitest";
import { WORKERS } from "../../shared/contracts/workers.ts";
import { type Fountain, type FountainOptions, startFountain } from "../support/harness.ts";
import { logIn } from "../support/session.ts";

const running: Fountain[] = [];
afterEach(async () => {
  for (const fountain of running.splice(0)) await fountain.stop();
});

const start = async (options: FountainOptions = {}): Promise<Fountain> => {
  const fountain = await startFountain(options);
  running.push(fountain);
  return fountain;
};

interface Line {
  level: string;
  service: string;
  event: string;
  route?: string;
  status?: number;
}

const linesOf = ({ logs }: Fountain): Line[] =>
  logs.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));

/** Lines arrive a moment after the response; the one of this request comes after all those before it. */
const lineOfMark = async (fountain: Fountain): Promise<void> => {
  await fountain.fetch("/nowhere");
  await expect.poll(() => linesOf(fountain).some(({ status }) => status === 404), { timeout: 5_000 }).toBe(true);
};

const watch = async (fountain: Fountain): Promise<void> => {
  for (const path of ["/health", "/ready"]) expect((await fountain.fetch(path)).status).toBe(200);
  await fountain.fetch("/health", { method: "HEAD" });
  expect(await fountain.metrics()).toContain("fountain_http_requests_total");
  for (const worker of ["kms", "twofa", "search", "service-a"]) await fountain.runScheduled(worker);
};

test("an idle installation that is watched, scraped and maintained writes nothing but checkpoints", async () => {
  const fountain = await start();
  await watch(fountain);
  const before = linesOf(fountain).length;
  for (let round = 0; round < 5; round += 1) await watch(fountain);
  await lineOfMark(fountain);
  const lines = linesOf(fountain).slice(before);
  expect(lines.filter(({ event }) => event !== "audit.checkpoint")).toMatchObject([{ route: "unmatched" }]);
  expect(lines.length).toBeLessThanOrEqual(3);
});

test("at LOG_LEVEL=debug health checks are logged, by every worker", async () => {
  const fountain = await start({ settings: { LOG_LEVEL: "debug" } });
  await fountain.fetch("/ready");
  const services = () =>
    linesOf(fountain).flatMap(({ level, route, service }) => (level === "debug" && route === "/ready" ? service : []));
  await expect.poll(() => services().toSorted(), { timeout: 5_000 }).toEqual(WORKERS.toSorted());
});

test("at LOG_LEVEL=error requests are not logged, and security events are", async () => {
  const fountain = await start({ settings: { LOG_LEVEL: "error" } });
  await logIn(fountain);
  const logins = () => linesOf(fountain).filter((line) => "action" in line && line.action === "login");
  await expect.poll(() => logins().length, { timeout: 5_000 }).toBe(1);
  expect(logins()).toMatchObject([{ level: "info", event: "security" }]);
  expect(linesOf(fountain).filter(({ event }) => event === "request")).toEqual([]);
});

test("a failing health check is logged when it begins to fail, not at every check", async () => {
  const fountain = await start({ ownSqld: true });
  expect((await fountain.fetch("/ready")).status).toBe(200);
  await fountain.killSqld();
  for (let check = 0; check < 4; check += 1) expect((await fountain.fetch("/ready")).status).toBe(503);
  await lineOfMark(fountain);
  const ready = (service: string) =>
    linesOf(fountain).filter((line) => line.service === service && line.event === "request" && line.route === "/ready");
  for (const service of ["gateway", "service-a"])
    expect(ready(service)).toMatchObject([{ level: "error", status: 503 }]);
  await fountain.restartSqld();
  await expect.poll(() => fountain.fetch("/ready").then(({ status }) => status), { timeout: 20_000 }).toBe(200);
  await expect.poll(() => ready("gateway").at(-1), { timeout: 5_000 }).toMatchObject({ level: "info", status: 200 });
}, 60_000);

test("a setting that is not usable is named once, however many requests come", async () => {
  const fountain = await start();
  const broken = await start({ beside: fountain, settings: { OTP_EXPIRATION_MINUTES: "60", CORS_ORIGINS: "*" } });
  for (let request = 0; request < 4; request += 1) {
    const response = await broken.fetch("/twofa/factors");
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain("CORS_ORIGINS");
  }
  await expect
    .poll(() => broken.logs.join("\n"), { timeout: 5_000 })
    .toContain("CORS_ORIGINS is not usable: set it to");
  expect(broken.logs.filter((line) => line.includes("CORS_ORIGINS"))).toHaveLength(1);
  expect(linesOf(broken).filter(({ service }) => service === "gateway").length).toBeLessThanOrEqual(2);
});
