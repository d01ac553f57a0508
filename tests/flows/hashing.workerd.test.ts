/** Passwords are hashed by a process beside the one that serves requests, which is not waited for when it is dead. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startWorkerd, type WorkerdFountain } from "../support/workerd.ts";

/** What a login waits for at most; and what is left of a minute for the watchdog. */
const BOUND_MS = 9_000;
const REPLACED_WITHIN_MS = 90_000;
const TEST_MS = 240_000;

let fountain: WorkerdFountain;

beforeAll(async () => {
  fountain = await startWorkerd({ settings: { HASHERS: "1" } });
});
afterAll(() => fountain?.stop());

const logIn = (password = fountain.adminPassword): Promise<Response> =>
  fountain.fetch("/kms/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: fountain.adminUsername, password }),
    signal: AbortSignal.timeout(BOUND_MS),
  });

const hasher = (): number => fountain.processIds("hasher")[0] ?? 0;

const failures = async (): Promise<number> => {
  const rows = (await fountain.databases["kms"]?.execute("SELECT SUM(failures) AS n FROM password_attempts"))?.rows;
  return Number(rows?.[0]?.["n"]);
};

test("a hasher has a socket that only its owner can open, a low priority, and no environment", async () => {
  expect((await logIn()).status).toBe(200);
  const pid = hasher();
  const socket = readFileSync(`/proc/${pid}/cmdline`, "utf8")
    .replace(/^.*=unix:/s, "")
    .replaceAll("\0", "");
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(socket)).mode & 0o777).toBe(0o700);
  expect(readFileSync(`/proc/${pid}/environ`, "utf8")).toBe("");
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  expect(Number(fields.split(" ")[16])).toBeGreaterThan(0);
});

test("while a hasher is dead logins get 503 in time, all else goes on, and logins work again without a restart", {
  timeout: TEST_MS,
}, async () => {
  const { access_token: token } = Object(await (await logIn()).json());
  const workerd = fountain.processIds("workerd");
  const [stopped, before] = [hasher(), await failures()];
  process.kill(stopped, "SIGSTOP");
  const [right, wrong] = [logIn(), logIn("not the password")];
  const me = await fountain.fetch("/kms/me", { headers: { authorization: `Bearer ${token}` } });
  expect([me.status, (await fountain.fetch("/ready")).status]).toEqual([200, 200]);
  for (const response of await Promise.all([right, wrong])) {
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ code: "unavailable", detail: expect.stringContaining("Passwords") });
  }
  // Nothing was looked at, so nothing was counted.
  expect(await failures()).toBe(before);
  await eventually(async () => (await logIn()).status === 200, REPLACED_WITHIN_MS);
  process.kill(hasher(), "SIGKILL");
  await eventually(async () => ![stopped, 0].includes(hasher()) && (await logIn()).status === 200);
  expect(fountain.processIds("workerd")).toEqual(workerd);
});
