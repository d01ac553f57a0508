/** `npm start` on a terminal: what it shows, and the link for the first login. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { type OnTerminal, startOnTerminal } from "../../../tests/support/cli/terminal.ts";
import { createTemporaryHome, eventually } from "../../../tests/support/workerd.ts";
import { hasEnded } from "../process.ts";

const PASSWORD = "lantern harbour otter violin";
const HOME = createTemporaryHome();
const running: OnTerminal[] = [];

afterAll(async () => {
  for (const each of running) if (!hasEnded(each.child)) await each.interrupt();
  rmSync(HOME, { recursive: true });
});

const start = async (settings: Record<string, string> = {}): Promise<OnTerminal> => {
  const started = await startOnTerminal({ FOUNTAIN_HOME: HOME, ...settings });
  running.push(started);
  return started;
};

/** What the link leads to now. */
const opened = async ({ port }: OnTerminal, link: string): Promise<string> =>
  (await fetch(link.replace(/localhost:\d+/, `127.0.0.1:${port}`))).text();

const holds = (text: string): boolean => {
  try {
    return execFileSync("grep", ["-rlF", text, HOME], { encoding: "utf8" }) !== "";
  } catch {
    return false; // grep ends with 1 when it finds none.
  }
};

const isJson = (line: string): boolean => line.startsWith("{");

test("a terminal gets where everything is, and a link until the administrator has logged in, which is kept nowhere", async () => {
  const first = await start();
  const at = `http://localhost:${first.port}`;
  const shown = first.lines.join("\n");
  for (const place of [`${at}/console`, `${at}/account`, `${at}/docs`, path.join(HOME, "logs", "workers.log")])
    expect(shown).toContain(place);
  const link = first.link() ?? "";
  expect(await opened(first, link)).toContain("Welcome to Fountain");
  const json = { username: "admin", password: "not the password of anyone" };
  await fetch(`http://127.0.0.1:${first.port}/kms/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(json),
  });
  await eventually(() => first.lines.some((line) => line.includes("warning: login failed: wrong password")));
  expect(first.lines.filter(isJson)).toEqual([]);
  expect(await first.interrupt()).toBe(0);
  const kept = readFileSync(path.join(HOME, "logs", "workers.log"), "utf8")
    .trim()
    .split("\n");
  expect(kept.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ event: "security", action: "login", reason: "wrong-password" }),
  );

  // The next start makes another.
  const second = await start({ ADMIN_PASSWORD: PASSWORD });
  const next = second.link() ?? "";
  expect(second.lines.some((line) => line.includes("ADMIN_PASSWORD has changed nothing"))).toBe(true);
  expect(await opened(second, link)).toContain("This link has expired");
  expect(await opened(second, next)).toContain("Welcome to Fountain");
  const token = new URL(next).searchParams.get("token") ?? "";
  const set = await fetch(`http://127.0.0.1:${second.port}/kms/password/reset`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token, newPassword: PASSWORD }),
  });
  expect(set.status).toBe(204);
  await second.interrupt();
  for (const secret of [link, next]) expect(holds(new URL(secret).searchParams.get("token") ?? "")).toBe(false);

  const third = await start();
  expect([third.link(), third.lines.some((line) => line.startsWith("Fountain is ready"))]).toEqual([undefined, true]);
  await third.interrupt();
}, 120_000);

test("with LOG_FORMAT=json a terminal gets what a program would: no link, and the log as it is", async () => {
  const home = createTemporaryHome();
  const started = await start({ FOUNTAIN_HOME: home, LOG_FORMAT: "json" });
  await fetch(`http://127.0.0.1:${started.port}/kms/me`);
  await eventually(() => started.lines.some((line) => isJson(line) && line.includes('"route":"/kms/me"')));
  expect(started.link()).toBeUndefined();
  expect(started.lines.some((line) => line.includes("ADMIN_PASSWORD='"))).toBe(true);
  await started.interrupt();
  rmSync(home, { recursive: true });
}, 120_000);
