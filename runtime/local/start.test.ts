/** Whole starts of the real process: what it promises its operator when things go well, and when they don't. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import {
  createTemporaryHome,
  eventually,
  isReady,
  NPM_START,
  type StartedProcess,
  spawnStart,
} from "../../tests/support/workerd.ts";
import { freePorts } from "./ports.ts";
import { hasEnded, stopProcess } from "./process.ts";

const HOME = createTemporaryHome();
const INTACT_HOME = createTemporaryHome();
const running: StartedProcess[] = [];
/** The Fountain on HOME that tests share until one of them ends it: a start takes seconds. */
let shared: StartedProcess | undefined;

afterEach(async () => {
  for (const { child } of running.splice(0)) await stopProcess(child);
});
afterAll(async () => {
  if (shared) await stopProcess(shared.child);
  for (const home of [HOME, INTACT_HOME]) rmSync(home, { recursive: true, force: true });
});

const start = async (
  settings: Record<string, string> = {},
  command?: readonly [string, ...string[]],
): Promise<StartedProcess> => {
  const started = await spawnStart({ FOUNTAIN_HOME: HOME, ...settings }, command);
  running.push(started);
  await started.readyOrEnded();
  return started;
};

/** The Fountain on HOME. */
const onHome = async (): Promise<StartedProcess> => {
  if (shared === undefined || hasEnded(shared.child)) {
    shared = await spawnStart({ FOUNTAIN_HOME: HOME });
    await shared.readyOrEnded();
  }
  return shared;
};

/** A home of which Fountain has taken leave in order, for a test to damage. */
const copyOfHome = async (): Promise<string> => {
  if (readdirSync(INTACT_HOME).length === 0) {
    await stopProcess((await onHome()).child);
    cpSync(HOME, INTACT_HOME, { recursive: true });
  }
  const home = createTemporaryHome();
  cpSync(INTACT_HOME, home, { recursive: true });
  return home;
};

/** Every process that mentions this home, or listens for it. */
const leftovers = (home: string): string =>
  execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(home))
    .join("\n");

const complaints = ({ lines }: StartedProcess): string[] => lines.filter((line) => line.startsWith("Fountain: "));

const modeOf = (...file: string[]): string => (statSync(path.join(HOME, ...file)).mode & 0o777).toString(8);

test("the first start creates the administrator, shows the password once and keeps it nowhere", async () => {
  const first = await start();
  expect(first.lines).toContain(`Fountain is ready at http://localhost:${first.port}`);
  const shown = first.lines.filter((line) => line.includes("ADMIN_PASSWORD='"));
  expect(shown).toHaveLength(1);
  const password = /'(.+)'/.exec(shown[0] ?? "")?.[1] ?? "";
  const login = await fetch(`http://127.0.0.1:${first.port}/kms/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "admin", password }),
  });
  expect(login.status).toBe(200);
  await stopProcess(first.child);
  expect(() => execFileSync("grep", ["-rqF", password, HOME])).toThrow();

  const second = await onHome();
  expect(second.lines.some((line) => line.includes("ADMIN_PASSWORD='"))).toBe(false);
});

test("everything it keeps is for its owner only", async () => {
  await onHome();
  for (const folder of [".", "data", "secrets", "logs", "build"]) expect(modeOf(folder)).toBe("700");
  for (const entry of readdirSync(HOME, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) expect(statSync(path.join(entry.parentPath, entry.name)).mode & 0o077, entry.name).toBe(0);
});

test("the databases open to nobody without a token", async () => {
  const { home } = await onHome();
  const { sqldPort } = JSON.parse(readFileSync(path.join(home, "run.json"), "utf8"));
  const answer = await fetch(`http://127.0.0.1:${sqldPort}/v2/pipeline`, { method: "POST", body: "{}" });
  expect([401, 404]).toContain(answer.status);
});

test("a second start on the same folder ends with one line and leaves the first alone", async () => {
  const first = await onHome();
  const second = await start();
  expect(second.child.exitCode).toBe(1);
  expect(complaints(second)).toEqual([
    `Fountain: another Fountain runs on ${HOME}: stop it, or set FOUNTAIN_HOME to another folder`,
  ]);
  expect(await isReady(first.port)).toBe(true);
});

test.for(["sqld", "workerd"])("a killed %s is started again, says so, and all is well again", async (name) => {
  const started = await onHome();
  for (const pid of started.childrenNamed(name)) process.kill(pid, "SIGKILL");
  const told = () => complaints(started).filter((line) => line.startsWith(`Fountain: ${name} `));
  await eventually(() => told().length > 0);
  await eventually(() => isReady(started.port));
  expect(told()).toEqual([`Fountain: ${name} was killed by SIGKILL: restarting it`]);
});

test.for(["SIGINT", "SIGTERM"] as const)("%s ends it with code 0 and leaves no process", async (signal) => {
  const { child, home } = await onHome();
  child.kill(signal);
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  expect(leftovers(home)).toBe("");
  expect(existsSync(path.join(home, "run.json"))).toBe(false);
});

test.for([
  ["a database that is no database", "data/libsql/dbs/kms/data"],
  ["a catalogue of databases that is none", "data/libsql/metastore/data"],
] as const)("%s ends it with one line that says what to do", async ([, file]) => {
  const home = await copyOfHome();
  writeFileSync(path.join(home, file), "not a database".repeat(1000));
  rmSync(path.join(home, `${file}-wal`), { force: true });
  const refused = await start({ FOUNTAIN_HOME: home });
  expect(refused.child.exitCode).toBe(1);
  expect(complaints(refused)).toHaveLength(1);
  expect(complaints(refused)[0]).toContain(`the data in ${home}/data cannot be read`);
  expect(complaints(refused)[0]).toMatch(
    new RegExp(`: restore it from your backup or, to start empty, remove ${home}$`),
  );
  expect(leftovers(home)).toBe("");
  rmSync(home, { recursive: true });
});

test("a database whose files are gone is damage, not a new installation", async () => {
  const home = await copyOfHome();
  rmSync(path.join(home, "data", "libsql", "dbs", "kms"), { recursive: true });
  const refused = await start({ FOUNTAIN_HOME: home });
  expect(refused.child.exitCode).toBe(1);
  expect(complaints(refused)[0]).toContain("its tables are missing");
  rmSync(home, { recursive: true });
});

test("a folder of data that is gone is a loss, not a new installation, unless its owner says so", async () => {
  const home = await copyOfHome();
  rmSync(path.join(home, "data"), { recursive: true });
  const refused = await start({ FOUNTAIN_HOME: home });
  expect(refused.child.exitCode).toBe(1);
  const used = path.join(home, "secrets", "used-databases");
  expect(complaints(refused)).toHaveLength(1);
  expect(complaints(refused)[0]).toMatch(
    /^Fountain: the data of .+ is lost: .*Restore your backup or, to start empty, /,
  );
  expect(complaints(refused)[0]).toContain(`empty the file ${used}`);

  cpSync(path.join(INTACT_HOME, "data"), path.join(home, "data"), { recursive: true });
  const restored = await start({ FOUNTAIN_HOME: home });
  expect(restored.lines.some((line) => line.startsWith("Fountain is ready"))).toBe(true);
  expect(restored.lines.some((line) => line.includes("was created"))).toBe(false);
  await stopProcess(restored.child);

  rmSync(path.join(home, "data"), { recursive: true });
  writeFileSync(used, "");
  const empty = await start({ FOUNTAIN_HOME: home });
  expect(empty.lines.some((line) => line.includes('Administrator "admin" was created.'))).toBe(true);
  await stopProcess(empty.child);
  rmSync(home, { recursive: true });
});

test.for(["SIGINT", "SIGTERM", "SIGKILL"] as const)("%s to npm ends all that it started", async (signal) => {
  const { child, home } = await start({}, NPM_START);
  child.kill(signal);
  await once(child, "exit");
  await eventually(() => leftovers(home) === "", 15_000);
});

test("a signal during the start ends it at once, with code 0 and no process left", async () => {
  const started = await spawnStart({ FOUNTAIN_HOME: HOME });
  running.push(started);
  await eventually(() => started.childrenNamed("sqld").length > 0);
  started.child.kill("SIGTERM");
  const [code] = await once(started.child, "close");
  expect(code).toBe(0);
  expect(leftovers(HOME)).toBe("");
});

test("when it is killed, its children end too, and the next start finds everything as it was", async () => {
  const first = await onHome();
  first.child.kill("SIGKILL");
  await once(first.child, "close");
  const second = await onHome();
  expect(hasEnded(second.child), second.lines.join("\n")).toBe(false);
  expect(second.lines.some((line) => line.includes("was created"))).toBe(false);
  expect(second.childrenNamed("sqld")).toHaveLength(1);
  expect(
    leftovers(HOME)
      .split("\n")
      .filter((line) => line.includes("sqld")),
  ).toHaveLength(1);
});

test("a child that keeps ending ends the whole, with one line and code 1", async () => {
  const started = await onHome();
  let killed = 0;
  await eventually(() => {
    for (const pid of started.childrenNamed("sqld")) {
      process.kill(pid, "SIGKILL");
      killed += 1;
    }
    return hasEnded(started.child);
  });
  expect(killed).toBeGreaterThan(5);
  expect(started.child.exitCode).toBe(1);
  expect(complaints(started).at(-1)).toContain("exited 6 times within a minute");
  expect(leftovers(HOME)).toBe("");
});

test.each(["PORT", "METRICS_PORT"])("a %s in use ends it with one line that says what to do", async (variable) => {
  const [port] = await freePorts();
  const home = createTemporaryHome();
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  const started = await start({ FOUNTAIN_HOME: home, [variable]: String(port) });
  server.close();
  expect(started.child.exitCode).toBe(1);
  expect(complaints(started)).toEqual([
    `Fountain: port ${port} is in use: free it or choose another, for example ${variable}=8790 npm start`,
  ]);
  // No administrator whose password was never shown, nor anything else.
  expect(readdirSync(home)).toEqual([]);
});

test("a password too short for the administrator ends it with one line, and nothing is created", async () => {
  const home = createTemporaryHome();
  const refused = await start({ FOUNTAIN_HOME: home, ADMIN_PASSWORD: "short" });
  expect(refused.child.exitCode).toBe(1);
  expect(complaints(refused)).toHaveLength(1);
  expect(complaints(refused)[0]).toContain("ADMIN_PASSWORD must have at least 12 characters");
  const accepted = await start({ FOUNTAIN_HOME: home, ADMIN_PASSWORD: "long enough for anybody" });
  expect(accepted.lines).toContain('Administrator "admin" was created.');
  await stopProcess(accepted.child);
  const again = await start({ FOUNTAIN_HOME: home, ADMIN_PASSWORD: "another one that is long enough" });
  expect(again.lines).toContain("Users exist already, so ADMIN_PASSWORD has changed nothing.");
  await stopProcess(again.child);
  rmSync(home, { recursive: true });
});
