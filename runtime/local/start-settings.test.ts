/** What `npm start` makes of its settings: it refuses those that are not usable at once, and shows the log as it is asked to. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { createTemporaryHome, eventually, type StartedProcess, spawnStart } from "../../tests/support/workerd.ts";
import { stopProcess } from "./process.ts";

const running: StartedProcess[] = [];

afterEach(async () => {
  for (const { child, home } of running.splice(0)) {
    await stopProcess(child);
    rmSync(home, { recursive: true });
  }
});

/** In an empty home. */
const start = async (settings: Record<string, string>): Promise<StartedProcess> => {
  const started = await spawnStart({ FOUNTAIN_HOME: createTemporaryHome(), ...settings });
  running.push(started);
  await started.readyOrEnded();
  return started;
};

const complaints = ({ lines }: StartedProcess): string[] => lines.filter((line) => line.startsWith("Fountain: "));

test.for<[Record<string, string>, ...string[]]>([
  [{ CORS_ORIGINS: "localhost:3000" }, 'CORS_ORIGINS is "localhost:3000": set it to exact origins'],
  [{ WORKERS: "many" }, 'WORKERS is "many": set it to a whole number from 1 to 4'],
  [{ JWT_ALG: "none" }, 'JWT_ALG is "none": set it to EdDSA, ES256, RS256 or HS256'],
  [{ TRUSTED_PROXIES: "caddy" }, 'TRUSTED_PROXIES is "caddy": set it to addresses or networks'],
  [{ REGISTRATION: "yes" }, 'REGISTRATION is "yes": set it to closed, email or open'],
  [{ STEP_UP_FOR_ROLES: "admin;auditor" }, 'STEP_UP_FOR_ROLES is "admin;auditor": set it to names of roles'],
  [
    { STEP_UP_FOR_ROLES: "admn" },
    'STEP_UP_FOR_ROLES has "admn", which does not exist: set it to roles that do, with commas between: admin, ',
  ],
  [{ SMTP_HOST: "mail.example.com" }, "MAIL_FROM is missing"],
  [
    { AUDIT_RETENTION_DAYS: "0", REVOCATION_MAX_STALENESS_SECONDS: "soon" },
    'REVOCATION_MAX_STALENESS_SECONDS is "soon": set it to a whole number from 5 to 900',
    'AUDIT_RETENTION_DAYS is "0": set it to a whole number from 1 to 3650',
  ],
])("settings that are not usable end it at once, with a line for each: %j", async ([settings, ...expected]) => {
  const refused = await start(settings);
  expect(refused.child.exitCode).toBe(1);
  const found = complaints(refused);
  expect(found).toHaveLength(expected.length);
  for (const [at, line] of expected.entries()) expect(found[at]).toContain(`Fountain: ${line}`);
  expect(refused.lines.length).toBe(found.length + 1);
  // Nothing was started, and nothing written.
  expect(readdirSync(refused.home)).toEqual([]);
});

test("a variable that is almost a setting is pointed out", async () => {
  const refused = await start({ REGISTRATON: "open", METRICS_PORT: "0" });
  expect(complaints(refused)).toEqual([
    'Fountain: METRICS_PORT is "0": set it to a whole number from 1 to 65535',
    "Fountain: REGISTRATON is not a setting and has no effect: did you mean REGISTRATION?",
  ]);
});

test("with LOG_FORMAT=pretty people read the output, and the file has the JSON", async () => {
  const started = await start({ LOG_FORMAT: "pretty" });
  const ready = started.lines.findIndex((line) => line.startsWith("Fountain is ready"));
  expect(started.lines.slice(0, ready).every((line) => /…$|Administrator|ADMIN_PASSWORD/.test(line))).toBe(true);
  await fetch(`http://127.0.0.1:${started.port}/kms/me`);
  await eventually(() => started.lines.some((line) => / gateway GET \/kms\/me 401 \d+ ms /.test(line)));
  expect(started.lines.filter((line) => line.startsWith("{"))).toEqual([]);
  const kept = readFileSync(path.join(started.home, "logs", "workers.log"), "utf8")
    .trim()
    .split("\n");
  expect(kept.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ service: "gateway", event: "request", route: "/kms/me", status: 401 }),
  );
});
