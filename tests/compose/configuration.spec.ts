/** The gateway of the stack is configured by the file that `.env` names, and nothing starts with one that has a fault. */
import { appendFileSync, chmodSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { send } from "../support/call.ts";
import { itemsOf } from "../support/service-a.ts";
import { logIn } from "../support/session.ts";
import { baseUrl, compose, secret } from "./stack.ts";

const place = inject("stack");
const target = { url: baseUrl(place), adminUsername: "admin", adminPassword: secret(place, "admin_password") };
const environmentFile = path.join(place.directory, ".env");
const before = readFileSync(environmentFile, "utf8");
const file = path.join(place.directory, "fountain.yaml");
const EXAMPLE = path.join(import.meta.dirname, "..", "..", "examples", "fountain.yaml");

const run = (job: string): Promise<string> =>
  compose(place, "run", "--rm", "--no-deps", "-T", job).catch(
    (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ""}${error.stderr ?? ""}`,
  );

afterAll(async () => {
  writeFileSync(file, "");
  await run("configure");
  writeFileSync(environmentFile, before);
});

test("the file is checked by the job `settings`, and applied by `configure`, which leaves alone what is unchanged", async () => {
  copyFileSync(EXAMPLE, file);
  chmodSync(file, 0o644);
  appendFileSync(environmentFile, `CONFIG_FILE=${file}\n`);
  expect(await run("settings")).toContain("All settings are usable.");
  for (let count = 0; count < 2; count += 1)
    expect(await run("configure")).toContain("The gateway is configured as the file says.");
  const headers = await logIn(target);
  const shown = await send(target, "GET", "/gateway/upstreams/notes", { headers });
  expect(shown).toMatchObject({ status: 200, body: { source: "file" } });
  expect(itemsOf(await send(target, "GET", "/kms/audit?actor=worker:gateway&limit=200", { headers }))).toHaveLength(3);
});

test("a fault in it has a line in both jobs", async () => {
  writeFileSync(file, "limits: { logins: { limit: many } }");
  for (const job of ["settings", "configure"])
    expect(await run(job)).toContain("Fountain: /fountain.yaml: limits.logins.limit: must be a number");
});
