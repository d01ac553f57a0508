/** The commands of docs/self-hosting.md on a running stack, as an operator pastes them. */
import { appendFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, inject, test } from "vitest";
import { blocksUnder } from "../docs/shell-blocks.ts";
import { paste } from "./paste.ts";
import { answers, baseUrl, compose, containers, eventually, secret } from "./stack.ts";

const PAGE = "docs/self-hosting.md";
const TEST_MS = 300_000;
const place = inject("stack");
const isReady = () => eventually(() => answers(`${baseUrl(place)}/ready`));
const environment = path.join(place.directory, ".env");

afterAll(isReady);

test("Install: it starts again harmlessly, shows the password, logs in over HTTPS, and the demo plays", {
  timeout: TEST_MS,
}, async () => {
  const [, start = "", password = "", logIn = "", demo = ""] = blocksUnder(PAGE, "Install");
  await paste(place, start);
  expect(await paste(place, password)).toContain(secret(place, "admin_password"));
  const said = await paste(place, logIn);
  expect(said).toContain('"status":"ok"');
  expect(said).toContain('"access_token"');
  expect(await paste(place, demo)).toContain("steps held");
});

test("Settings: they are checked before they are applied", { timeout: TEST_MS }, async () => {
  for (const block of blocksUnder(PAGE, "Settings")) await paste(place, block);
  await isReady();
});

test("Secrets: the database keys are replaced", { timeout: TEST_MS }, async () => {
  const old = secret(place, "kms_database_token");
  for (const block of blocksUnder(PAGE, "Secrets")) await paste(place, block);
  await isReady();
  expect(secret(place, "kms_database_token")).not.toBe(old);
});

test("Replicas: the number in .env is kept by later calls of up", { timeout: TEST_MS }, async () => {
  const before = readFileSync(environment, "utf8");
  if (!before.includes("WORKERD_REPLICAS=")) appendFileSync(environment, "WORKERD_REPLICAS=1\n");
  const [more = ""] = blocksUnder(PAGE, "Replicas");
  const fewer = more.replace("WORKERD_REPLICAS=3", "WORKERD_REPLICAS=1");
  try {
    await paste(place, more);
    expect(await containers(place, "workerd")).toHaveLength(3);
    await paste(place, "docker compose up -d");
    expect(await containers(place, "workerd")).toHaveLength(3);
  } finally {
    await paste(place, fewer);
    await isReady();
  }
});

describe("Locked-out administrators", () => {
  const [command = ""] = blocksUnder(PAGE, "Locked-out administrators");
  const password = secret(place, "admin_password");

  const post = (pathname: string, body: object): Promise<Response> =>
    fetch(`${baseUrl(place)}${pathname}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const tokenIn = (said: string): string =>
    /^https:\/\/localhost\/account\/recover\?token=(ftl_[\w-]{43})\r?$/m.exec(said)?.[1] ?? "";
  const redeem = async (token: string): Promise<number> =>
    (await post("/kms/recover", { token, newPassword: password })).status;

  test("on a running stack the link works once, and its page is there", { timeout: TEST_MS }, async () => {
    const token = tokenIn(await paste(place, command));
    const page = await fetch(`${baseUrl(place)}/account/recover?token=${token}`);
    expect([page.status, (await page.text()).includes("Recover the account")]).toEqual([200, true]);
    expect([await redeem(token), await redeem(token)]).toEqual([204, 403]);
    expect((await post("/kms/login", { username: "admin", password })).status).toBe(200);
  });

  test("another name is refused by exit code 1, with those who could have a link", { timeout: TEST_MS }, async () => {
    const failed = compose(place, "run", "--rm", "-T", "recover", "ann").then(
      () => "it did not fail",
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    );
    expect(await failed).toContain('Fountain: no user has the name "ann"; administrators who can log in: "admin"');
  });

  test("on a stopped stack it works once that runs again", { timeout: TEST_MS }, async () => {
    await compose(place, "stop", "caddy", "workerd", "scheduler", "libsql");
    const token = tokenIn(await paste(place, command));
    await compose(place, "up", "-d");
    await isReady();
    expect(await redeem(token)).toBe(204);
  });
});
