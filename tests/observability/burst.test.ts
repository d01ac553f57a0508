/** One burst on a fresh Fountain is noticed, though nothing like it was counted before: as Prometheus itself sees it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { ask } from "./answers.ts";
import { missingPackages } from "./caddy.ts";
import { type Prometheus, startPrometheus } from "./prometheus.ts";

const missing = missingPackages(["prometheus"]);
const why = missing.length === 0 ? "" : ` (skipped: install Debian's ${missing.join(", ")})`;
const SCRAPED_IN = { timeout: 15_000, interval: 250 };

const WRONG_LOGINS = 45;
const WRONG_KEYS = 320;

describe.skipIf(missing.length > 0)(`a burst${why}`, () => {
  let fountain: Fountain;
  let prometheus: Prometheus;

  beforeAll(async () => {
    fountain = await startFountain({ ownSqld: true, settings: { TRUSTED_PROXIES: "127.0.0.1" } });
    prometheus = await startPrometheus(fountain, { alone: true });
  }, 60_000);
  afterAll(async () => {
    await prometheus?.stop();
    await fountain?.stop();
  });

  const firing = (alert: string): Promise<number[]> =>
    ask(prometheus.url, `ALERTS{alertname="${alert}", alertstate="firing"}`);

  const statuses = async (count: number, call: (index: number) => Promise<Response>): Promise<number[]> => {
    const responses = await Promise.all(Array.from({ length: count }, (_, index) => call(index)));
    return responses.map(({ status }) => status);
  };

  test("of wrong logins from one address raises the alarm, most of them blocked before a password was checked", async () => {
    expect(await firing("FountainFailedLogins")).toEqual([]);
    const seen: number[] = [];
    for (let index = 0; index < WRONG_LOGINS; index += 1) {
      const body = JSON.stringify({ username: `nobody-${index}`, password: "not the password" });
      const headers = { "content-type": "application/json", "x-forwarded-for": "192.0.2.7" };
      seen.push((await fountain.fetch("/kms/login", { method: "POST", headers, body })).status);
    }
    expect(seen.filter((status) => status === 429).length).toBeGreaterThan(30);
    await expect.poll(() => firing("FountainFailedLogins"), SCRAPED_IN).toEqual([1]);
    const counted = async () => (await ask(prometheus.url, "fountain:failed_logins:increase5m"))[0];
    await expect.poll(counted, SCRAPED_IN).toBeGreaterThanOrEqual(WRONG_LOGINS);
  }, 60_000);

  test("of guessed API keys raises the alarm, and shows as client errors", async () => {
    const keys = await statuses(WRONG_KEYS, () =>
      fountain.fetch("/service-a/scripts", { headers: { "x-api-key": `ftn_${crypto.randomUUID()}` } }),
    );
    expect(new Set(keys)).toEqual(new Set([401]));
    await expect.poll(() => firing("FountainRefusedCredentials"), SCRAPED_IN).toEqual([1]);
    const ratio = async () => (await ask(prometheus.url, "fountain:http_client_error_ratio:rate5m"))[0];
    await expect.poll(ratio, SCRAPED_IN).toBeGreaterThan(0.9);
  }, 60_000);

  test("of failures is counted by worker, when its database is unavailable", async () => {
    await fountain.killSqld();
    const body = JSON.stringify({ username: "admin", password: "not the password" });
    const headers = { "content-type": "application/json" };
    await statuses(5, () => fountain.fetch("/kms/login", { method: "POST", headers, body }));
    const recorded = (rule: string) => async () => (await ask(prometheus.url, `${rule}{worker="kms"} > 0`)).length;
    await expect.poll(recorded("fountain:database_unavailable:increase5m"), SCRAPED_IN).toBe(1);
    await expect.poll(recorded("fountain:http_error_ratio:rate5m"), SCRAPED_IN).toBe(1);
  }, 60_000);
});
