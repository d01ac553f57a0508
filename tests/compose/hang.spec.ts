/** Processes that run and do not respond, in their containers: each is replaced, and nothing acknowledged is lost. */
import { chmodSync, cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, inject, test } from "vitest";
import { connectDatabase } from "../../runtime/libsql/sqld-client.ts";
import { CONFIG_FILE } from "../../runtime/workerd/workerd.ts";
import { ENDLESS_PATH, installEndlessLoop } from "../support/endless-loop.ts";
import { loseWriteLock } from "../support/lost-lock.ts";
import { logIn, registerService } from "../support/session.ts";
import { describeLoad, startLoad } from "./load.ts";
import { answers, baseUrl, container, docker, eventually, inspect, logs, secret } from "./stack.ts";

const IMAGE = "fountain-workerd:test";
const LIBSQL_PORT = 8080;
const PER_SECOND = 20;
const SEEN_WELL_WITHIN_MS = 5_000;
const TEST_MS = 240_000;

const place = inject("stack");
const url = baseUrl(place);
const target = { url, adminUsername: "admin", adminPassword: secret(place, "admin_password") };

afterAll(async () => {
  await eventually(() => answers(`${url}/ready`));
});

const inContainer = (id: string, script: string): Promise<string> => docker("exec", id, "/bin/bash", "-c", script);

/** The process in a container whose command line has this. */
const pidOf = async (id: string, command: string): Promise<string> => {
  const script = `for file in /proc/[0-9]*/cmdline; do
    mapfile -d '' -t words <"$file"
    [[ $file == /proc/$$/* || "\${words[*]}" != *${command}* ]] || echo "$file"
  done 2>/dev/null`;
  return /\d+/.exec(await inContainer(id, script))?.[0] ?? "";
};

/** What the watchdog of a container has written. */
const hangs = async (id: string): Promise<string[]> =>
  (await logs(id)).split("\n").filter((line) => line.includes('"event":"hang"'));

let rounds = 0;

test.for([
  { service: "workerd", name: "workerd", command: "workerd.capnp" },
  { service: "workerd", name: "hasher-1", command: "fountain-hasher-1" },
  { service: "libsql", name: "sqld", command: "sqld" },
])("$name, stopped by a signal under load, is replaced in its container", { timeout: TEST_MS }, async (given) => {
  rounds += 1;
  const { service, name, command } = given;
  await eventually(() => answers(`${url}/ready`));
  const administrator = await logIn(target);
  const caller = await registerService(target, administrator, `hang-${name}`, ["sequence:read", "sequence:write"]);
  const firstElementId = 50_000_000 + rounds * 1_000_000;
  const load = startLoad({ url, callers: [caller], perSecond: PER_SECOND, writeEvery: 2, firstElementId });
  const id = await container(place, service);
  const startedAt = await inspect(id, "{{.State.StartedAt}}");
  const pid = await pidOf(id, command);
  await inContainer(id, `kill -STOP ${pid}`);
  const found = async () => (await hangs(id)).filter((line) => JSON.parse(line).service === name);
  await eventually(async () => (await found()).length > 0);
  const readyMs = await eventually(() => answers(`${url}/ready`));
  const report = await load.stop();
  console.log(`Ready ${readyMs} ms after it was found. ${describeLoad(report)}`);
  expect(await pidOf(id, command)).not.toBe(pid);
  await eventually(() =>
    logIn(target).then(
      () => true,
      () => false,
    ),
  );
  expect(await inspect(id, "{{.State.StartedAt}}")).toBe(startedAt);
  const [hang = "{}"] = await found();
  expect(JSON.parse(hang)).toMatchObject({
    level: "error",
    message: expect.stringMatching(/ has not responded for \d+\.\d s: stopped by a signal: restarting it; .* T /),
  });
  expect(report.acknowledged.length).toBeGreaterThan(0);
  for (const element of report.acknowledged) {
    const response = await fetch(`${url}/service-a/elements/action/${element}`, { headers: caller });
    expect(await response.json()).toMatchObject({ text: `line ${element}` });
  }
});

test("sqld that has lost a write lock, and spins, is replaced", { timeout: TEST_MS }, async () => {
  const id = await container(place, "libsql");
  const token = secret(place, "service_a_database_token");
  const connect = () => connectDatabase(LIBSQL_PORT, "service-a", token, `${place.subnet}.2.2`);
  const found = async () => (await hangs(id)).filter((line) => line.includes("lost the write lock"));
  const { wasLost, acknowledged, missing } = await loseWriteLock(connect, async () => (await found()).length > 0);
  expect(missing).toEqual([]);
  console.log(
    `${acknowledged} writes acknowledged; the lock was ${wasLost ? "lost" : "not lost"}. ${(await found()).join("\n")}`,
  );
});

test("workerd in an endless loop is replaced, and leaves a stack", { timeout: TEST_MS }, async () => {
  const directory = path.join(place.directory, "endless");
  mkdirSync(directory);
  const image = (await docker("create", IMAGE)).trim();
  await docker("cp", `${image}:/fountain/.`, directory);
  await docker("rm", image);
  installEndlessLoop(directory, CONFIG_FILE);
  const secrets = path.join(place.directory, "endless-secrets");
  cpSync(path.join(place.directory, "secrets"), secrets, { recursive: true });
  for (const folder of [directory, secrets]) chmodSync(folder, 0o755);
  const mounts = ["-v", `${directory}:/fountain:ro`, "-v", `${secrets}:/run/secrets:ro`];
  const id = (await docker("run", "--detach", "--network", "none", ...mounts, IMAGE)).trim();
  try {
    const isHealthy = (): Promise<boolean> =>
      inContainer(id, "bash /fountain/healthcheck.bash 8787 /health").then(
        () => true,
        () => false,
      );
    await eventually(isHealthy);
    // Until it has responded to the watchdog once, it has a minute to start.
    await sleep(SEEN_WELL_WITHIN_MS);
    const request = `GET ${ENDLESS_PATH} HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n`;
    await inContainer(id, `exec 3<>/dev/tcp/127.0.0.1/8787; printf '${request}' >&3; read -rt 1 <&3 || true`);
    await eventually(async () => (await hangs(id)).length > 0);
    expect((await hangs(id))[0]).toMatch(/busy, with \d+\.\d s of CPU time/);
    await eventually(isHealthy);
    expect(await logs(id)).toMatch(/^stack: \S/m);
  } finally {
    await docker("rm", "--force", id);
  }
});
