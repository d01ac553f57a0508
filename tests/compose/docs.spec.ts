/** The commands of docs/self-hosting.md on a running stack, as an operator pastes them. */
import { appendFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { blocksUnder } from "../docs/shell-blocks.ts";
import { paste } from "./paste.ts";
import { answers, baseUrl, containers, eventually, secret } from "./stack.ts";

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
