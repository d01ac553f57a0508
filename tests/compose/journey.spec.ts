import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { journey } from "../flows/journey.ts";
import { ask, ruleHealth, unanswered } from "../observability/answers.ts";
import { rules } from "../observability/queries.ts";
import { answers, baseUrl, compose, container, eventually, logs, secret } from "./stack.ts";

const place = inject("stack");
const target = { url: baseUrl(place), adminUsername: "admin", adminPassword: secret(place, "admin_password") };
const watchers = inject("watchers");
/** Nothing of it is published; only this machine itself reaches the address. */
const prometheus = `http://${place.subnet}.4.3:9090`;
const SCRAPED_IN_MS = 90_000;

beforeAll(async () => {
  if (watchers.length === 0) return;
  await compose(place, "--profile", "observability", "build", ...watchers);
  await compose(place, "--profile", "observability", "up", "-d", "--no-deps", ...watchers);
  await eventually(() => answers(`${prometheus}/-/ready`));
  await eventually(async () => (await ask(prometheus, 'up{job="fountain"}'))[0] === 1);
});
afterAll(async () => {
  if (watchers.length > 0) await compose(place, "--profile", "observability", "rm", "--stop", "--force", ...watchers);
});

describe("the main job, on the Compose stack, through Caddy over HTTPS", () => {
  journey(() => target);
});

const sayings = async (service: string): Promise<string> => logs(await container(place, service));

test("the scheduler says that alerts reach no one", async () => {
  expect(await sayings("scheduler")).toContain("NO ONE RECEIVES ALERTS");
});

test.skipIf(!watchers.includes("alertmanager"))("Alertmanager runs, and says that alerts reach no one", async () => {
  await eventually(() => answers(`http://${place.subnet}.4.4:9093/-/ready`));
  expect(await sayings("alertmanager")).toContain("NO ONE RECEIVES ALERTS");
});

describe.skipIf(!watchers.includes("prometheus"))("Prometheus, as it runs in the stack", () => {
  const isWatched = (job: string): boolean =>
    job === "probe" ? watchers.includes("blackbox") : job !== "alertmanager" || watchers.includes("alertmanager");

  test("reads every target, each replica of workerd among them", async () => {
    for (const job of ["fountain", "caddy", "probe", "prometheus", "alertmanager"].filter(isWatched)) {
      await expect
        .poll(() => ask(prometheus, `up{job="${job}"}`), { timeout: SCRAPED_IN_MS, interval: 1_000 })
        .toEqual([1]);
    }
  }, 300_000);

  test("evaluates every rule, and has an answer, or a proven nought, to every query of dashboards and rules", async () => {
    const healthy = new Map(rules().map(({ name }) => [name, "ok"]));
    const options = { timeout: SCRAPED_IN_MS, interval: 2_000 };
    await expect.poll(() => ruleHealth(prometheus), options).toEqual(healthy);
    const ofTheProbe = /Unreachable|ertificate|job="probe"/;
    const open = async () =>
      (await unanswered(prometheus)).filter((query) => watchers.includes("blackbox") || !ofTheProbe.test(query));
    await expect.poll(open, options).toEqual([]);
  }, 300_000);
});
