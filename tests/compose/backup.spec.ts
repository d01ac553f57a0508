/** Backup, restore, lost data and the rotation of the root key, by the commands in docs/, as an operator pastes them. */
import { statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, inject, test } from "vitest";
import { blocksUnder } from "../docs/shell-blocks.ts";
import { logIn, registerService } from "../support/session.ts";
import { paste } from "./paste.ts";
import { answers, baseUrl, compose, container, docker, eventually, logs, PROBED_AFTER_MS, secret } from "./stack.ts";

const place = inject("stack");
const url = baseUrl(place);
const target = { url, adminUsername: "admin", adminPassword: secret(place, "admin_password") };
const TEST_MS = 300_000;

afterAll(async () => {
  await eventually(() => answers(`${url}/ready`));
});

const modeOf = (file: string): number => statSync(path.join(place.directory, file)).mode & 0o777;

const services = async (): Promise<string> =>
  (await fetch(`${url}/kms/services?limit=200`, { headers: await logIn(target) })).text();

const [backUpData = "", backUpSecrets = "", restore = ""] = blocksUnder("docs/self-hosting.md", "Backup and restore");

test("the backup is made while callers wait for seconds, and only its owner can read it", {
  timeout: TEST_MS,
}, async () => {
  await registerService(target, await logIn(target), "before-the-backup", ["search:read"]);
  await paste(place, backUpData);
  await paste(place, backUpSecrets);
  await eventually(() => answers(`${url}/ready`));
  expect([modeOf("backup"), modeOf("fountain-secrets.tar.gz")]).toEqual([0o700, 0o600]);
});

test("a lost volume is no new installation: migrate says so, nothing starts, and the backup restores it", {
  timeout: TEST_MS,
}, async () => {
  // Caddy has just started: see below.
  await sleep(PROBED_AFTER_MS);
  await registerService(target, await logIn(target), "after-the-backup", ["search:read"]);
  await compose(place, "rm", "--stop", "--force", "caddy", "scheduler", "workerd", "migrate", "libsql");
  await docker("volume", "rm", `${place.project}_libsql`);
  await expect(compose(place, "up", "-d")).rejects.toThrow();
  expect(await logs(await container(place, "migrate"))).toMatch(
    /the data of \S+ is lost: .*empty the file secrets\/used_databases/,
  );
  expect(await answers(`${url}/ready`)).toBe(false);

  await paste(place, restore);
  // Caddy, which has just started, has not yet probed all addresses that a replica may have: a write that it sends to another one fails.
  await sleep(PROBED_AFTER_MS);
  await eventually(() => answers(`${url}/ready`));
  const found = await services();
  expect(found).toContain("before-the-backup");
  expect(found).not.toContain("after-the-backup");
});

test("the root key is replaced, and the previous one removed, without a failed login", {
  timeout: TEST_MS,
}, async () => {
  const old = secret(place, "kms_secret_key");
  const [replace = "", removePrevious = ""] = blocksUnder("docs/secrets.md", "Docker Compose");
  await paste(place, replace);
  expect(secret(place, "kms_secret_key")).not.toBe(old);
  expect(secret(place, "secret_key_previous")).toBe(old);
  await eventually(async () => {
    const answer = await fetch(`${url}/kms/root-key`, { headers: await logIn(target) });
    return Object(await answer.json()).remaining === 0;
  });
  await paste(place, removePrevious);
  expect(secret(place, "secret_key_previous")).toBe("");
  await eventually(() => answers(`${url}/ready`));
  expect(await services()).toContain("before-the-backup");
});
