/** The gateway of the stack is configured by the file that `.env` names, and nothing starts with one that has a fault. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { send } from "../support/call.ts";
import { itemsOf } from "../support/service-a.ts";
import { logIn } from "../support/session.ts";
import { type ConfigurationFile, createConfigurationFile } from "./configured.ts";
import { baseUrl, secret } from "./stack.ts";

const place = inject("stack");
const target = { url: baseUrl(place), adminUsername: "admin", adminPassword: secret(place, "admin_password") };
const EXAMPLE = path.join(import.meta.dirname, "..", "..", "examples", "fountain.yaml");

let file: ConfigurationFile;
beforeAll(() => {
  file = createConfigurationFile(place, readFileSync(EXAMPLE, "utf8"));
});
afterAll(() => file.remove());

test("the file is checked by the job `settings`, and applied by `configure`, which leaves alone what is unchanged", async () => {
  const headers = await logIn(target);
  const entries = async () =>
    itemsOf(await send(target, "GET", "/kms/audit?actor=worker:gateway&limit=200", { headers })).length;
  const before = await entries();
  expect(await file.run("settings")).toContain("All settings are usable.");
  for (let count = 0; count < 2; count += 1)
    expect(await file.run("configure")).toContain("The gateway is configured as the file says.");
  const shown = await send(target, "GET", "/gateway/upstreams/notes", { headers });
  expect(shown).toMatchObject({ status: 200, body: { source: "file" } });
  expect((await entries()) - before).toBe(3);
});

test("a fault in it has a line in both jobs", async () => {
  file.write("limits: { logins: { limit: many } }");
  for (const job of ["settings", "configure"] as const)
    expect(await file.run(job)).toContain("Fountain: /fountain.yaml: limits.logins.limit: must be a number");
});
