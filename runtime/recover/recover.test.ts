/** The command, as an operator types it, on an installation that runs and on one that is stopped. */
import { execFile } from "node:child_process";
import { chownSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTemporaryHome, type StartedProcess, spawnStart } from "../../tests/support/workerd.ts";
import { mintDatabaseToken } from "../libsql/sqld-client.ts";
import { placesIn } from "../local/home.ts";
import { stopProcess } from "../local/process.ts";
import { readRunFile } from "../local/run-file.ts";
import { readSecrets } from "../local/secrets.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const COMMAND = path.join(import.meta.dirname, "recover.ts");
const PASSWORD = "lantern harbour otter violin";
const LINK = /^http:\/\/localhost:\d+\/account\/recover\?token=(ftl_[\w-]{43})\n$/;

const home = createTemporaryHome();
let started: StartedProcess;

const start = async (): Promise<void> => {
  started = await spawnStart({ FOUNTAIN_HOME: home, ADMIN_PASSWORD: PASSWORD });
  await started.readyOrEnded();
};
beforeAll(start);
afterAll(async () => {
  await stopProcess(started.child);
  rmSync(home, { recursive: true });
});

interface Outcome {
  code: number;
  /** What is on standard output, and on standard error. */
  shown: string;
  said: string;
}

const recover = (args: readonly string[], environment: Record<string, string> = {}): Promise<Outcome> =>
  new Promise((resolve) => {
    const env = { PATH: process.env["PATH"], FOUNTAIN_HOME: home, PORT: String(started.port), ...environment };
    const options = { cwd: ROOT, env };
    execFile(process.execPath, [COMMAND, ...args], options, (error, shown, said) =>
      resolve({ code: error === null ? 0 : Number(error.code), shown, said }),
    );
  });

const tokenIn = ({ shown }: Outcome): string => LINK.exec(shown)?.[1] ?? "";

const redeem = async (token: string, newPassword = PASSWORD): Promise<number> => {
  const body = JSON.stringify({ token, newPassword });
  const headers = { "content-type": "application/json" };
  const url = `http://127.0.0.1:${started.port}/kms/recover`;
  return (await fetch(url, { method: "POST", headers, body })).status;
};

test("of a running installation the last link is good, once, and an earlier one void", async () => {
  const [first, last] = [await recover(["admin"]), await recover(["ADMIN"])];
  expect([first.code, last.code]).toEqual([0, 0]);
  expect(last.said).toMatch(/^It sets a new password for "admin".*\n.*works once, until 20.*Z, /);
  const [early, late] = [tokenIn(first), tokenIn(last)];
  expect(await redeem(early)).toBe(403);
  expect([await redeem(late), await redeem(late)]).toEqual([204, 403]);
});

const call = async (pathname: string, body: unknown, token?: string): Promise<Record<string, unknown>> => {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const url = `http://127.0.0.1:${started.port}${pathname}`;
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return response.status === 204 ? {} : Object(await response.json());
};

test("is for administrators who can log in; others are refused with what to do", async () => {
  const token = String((await call("/kms/login", { username: "admin", password: PASSWORD }))["access_token"]);
  const user = (username: string, role: string) =>
    call("/kms/users", { username, password: `${PASSWORD} ${username}`, roles: [role] }, token);
  const [ann, ben] = [await user("ann", "user"), await user("ben", "admin")];
  await call(`/kms/users/${ben["id"]}/lock`, {}, token);
  const refusals = {
    nobody: 'no user has the name "nobody"; administrators who can log in: "admin"',
    ben: '"ben" was locked by an administrator: recover another, who can unlock them; administrators who can log in: "admin"',
    ann: `"ann" is no administrator: an administrator can help them, by POST /kms/users/${ann["id"]}/reset-link and DELETE /twofa/users/${ann["id"]}/factors`,
  };
  for (const [name, line] of Object.entries(refusals))
    expect(await recover([name])).toEqual({ code: 1, shown: "", said: `Fountain: ${line}\n` });
}, 120_000);

test("is refused with exactly what is wrong", async () => {
  const usage = "Fountain: use npm run recover -- USERNAME [--edge]";
  for (const args of [[], ["--admin"]]) {
    const { code, said } = await recover(args);
    expect([code, said.startsWith(usage)]).toEqual([1, true]);
  }
  const nowhere = `${home}-nowhere`;
  expect(await recover(["admin"], { FOUNTAIN_HOME: nowhere })).toMatchObject({
    code: 1,
    said: `Fountain: there is no installation in ${nowhere}: set FOUNTAIN_HOME to the folder of yours\n`,
  });
  expect(existsSync(nowhere)).toBe(false);
  expect(await recover(["admin"], { KMS_SECRET_KEY: "another key of more than thirty-two bytes" })).toMatchObject({
    code: 1,
    said: expect.stringContaining("the secret key is not the one this data was encrypted with"),
  });
});

test("works on a database that is elsewhere, as at the edge", async () => {
  const { sqldPort = 0 } = readRunFile(path.join(home, "run.json")) ?? {};
  const { secretKey, signingKey } = readSecrets(placesIn(home), {});
  // A server that knows the database by another address than sqld does.
  const proxy = createServer((incoming, response) => {
    const headers = { ...incoming.headers, host: "kms.db" };
    const { method, url } = incoming;
    incoming.pipe(
      request({ port: sqldPort, method, path: url, headers }, (from) => {
        response.writeHead(from.statusCode ?? 500, from.headers);
        from.pipe(response);
      }),
    );
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  const edge = {
    KMS_DATABASE_URL: `http://127.0.0.1:${port}`,
    KMS_DATABASE_TOKEN: await mintDatabaseToken(signingKey, "kms"),
    KMS_SECRET_KEY: secretKey,
    PUBLIC_URL: "https://fountain.example/",
    FOUNTAIN_HOME: "/nowhere",
  };
  const made = await recover(["admin", "--edge"], edge);
  const missing = await recover(["admin", "--edge"], { ...edge, KMS_DATABASE_TOKEN: "" });
  proxy.close();
  expect(made.shown).toMatch(/^https:\/\/fountain\.example\/account\/recover\?token=ftl_/);
  expect(missing.said).toBe("Fountain: KMS_DATABASE_TOKEN is missing: set it, as docs/edge.md says\n");
  expect(await redeem(new URL(made.shown).searchParams.get("token") ?? "")).toBe(204);
});

test("of a stopped installation it is good after the next start, and leaves nothing behind", async () => {
  await stopProcess(started.child);
  const before = readdirSync(home);
  const made = await recover(["admin"]);
  expect(made).toMatchObject({ code: 0, shown: expect.stringMatching(LINK) });
  expect(readdirSync(home)).toEqual(before);
  await start();
  expect(await redeem(tokenIn(made))).toBe(204);
  const logs = readdirSync(path.join(home, "logs")).map((name) => readFileSync(path.join(home, "logs", name), "utf8"));
  expect([...logs, ...started.lines].join("\n")).not.toContain(tokenIn(made));
});

test.skipIf(process.getuid?.() !== 0)("touches no installation of another user", async () => {
  chownSync(home, 4711, 4711);
  const refused = await recover(["admin"]);
  chownSync(home, 0, 0);
  expect(refused).toMatchObject({
    code: 1,
    said: `Fountain: ${home} belongs to another user: run this as the user that runs Fountain\n`,
  });
});
