/** A wrong setting is named, and the replica that runs is not replaced because of it. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { answers, baseUrl, compose, container, eventually, inspect, isPlugin, logs, rollingRestart } from "./stack.ts";

const place = inject("stack");
const environmentFile = path.join(place.directory, ".env");
let before: string;

beforeEach(() => {
  before = readFileSync(environmentFile, "utf8");
});
afterEach(async () => {
  writeFileSync(environmentFile, before);
  await compose(place, "up", "-d");
  await eventually(() => answers(`${baseUrl(place)}/ready`));
});

/** What a command printed before it failed. */
const saidBy = (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => "it did not fail",
    (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ""}${error.stderr ?? ""}`,
  );

const WRONG = "REGISTRATION=opne\nSTEP_UP_FOR_ROLES=admn\nJWT_ALG=none\nLOG_LEVL=debug\nSMTP_HOST=mail.example\n";
const LINES = [
  'Fountain: REGISTRATION is "opne": set it to closed, email or open',
  'Fountain: JWT_ALG is "none": set it to EdDSA, ES256, RS256 or HS256',
  "Fountain: MAIL_FROM is missing: set it to the sender's email address",
  'Fountain: STEP_UP_FOR_ROLES has "admn", which does not exist: set it to roles that do',
  "Fountain: LOG_LEVL is not a setting and has no effect: did you mean LOG_LEVEL?",
];

test("the job names every wrong setting, and changes nothing", async () => {
  appendFileSync(environmentFile, WRONG);
  const said = await saidBy(compose(place, "run", "--rm", "--no-deps", "-T", "settings"));
  for (const line of LINES) expect(said).toContain(line);
  expect(said.match(/^Fountain: /gm)).toHaveLength(LINES.length);
});

test("`up -d` fails, and the running replica serves on", async () => {
  // Later versions than 1.29 replace it first: there the job is to be run by hand, as docs/self-hosting.md says.
  if (isPlugin()) return;
  const replica = await container(place, "workerd");
  const startedAt = await inspect(replica, "{{.State.StartedAt}}");
  appendFileSync(environmentFile, WRONG);
  expect(await saidBy(compose(place, "up", "-d"))).toMatch(/workerd|settings/);
  const said = await logs(await container(place, "settings"));
  for (const line of LINES) expect(said).toContain(line);
  expect(await container(place, "workerd")).toBe(replica);
  expect(await inspect(replica, "{{.State.Running}} {{.State.StartedAt}}")).toBe(`true ${startedAt}`);
  expect(await answers(`${baseUrl(place)}/ready`)).toBe(true);
});

test("a rolling restart ends before it begins, and says why", async () => {
  const replica = await container(place, "workerd");
  appendFileSync(environmentFile, WRONG);
  const said = await saidBy(rollingRestart(place));
  for (const line of LINES) expect(said).toContain(line);
  expect(await container(place, "workerd")).toBe(replica);
});

test("an idle minute of the stack is silent, but for checkpoints", async () => {
  const replica = await container(place, "workerd");
  const lines = async () => (await logs(replica)).split("\n").filter((line) => line.startsWith("{"));
  const count = (await lines()).length;
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  const since = (await lines()).slice(count);
  expect(since.filter((line) => !line.includes('"event":"audit.checkpoint"'))).toEqual([]);
  expect(since.length).toBeLessThanOrEqual(2);
}, 120_000);

test("a request has the same id in Caddy's log and in workerd's", async () => {
  const response = await fetch(`${baseUrl(place)}/kms/me`);
  const requestId = response.headers.get("x-request-id");
  expect(response.status).toBe(401);
  for (const service of ["caddy", "workerd"])
    await eventually(async () => (await logs(await container(place, service))).includes(`"requestId":"${requestId}"`));
});
