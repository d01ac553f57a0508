/** Logging in on the command line, and what is saved of it. */
import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type CommandLine, createCommandLine, logInByPassword, type Running } from "../support/cli/command-line.ts";
import { openVisitor, type Visitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Account, codeOf, type Enrolled, enrol, forgetTimeSteps, newPeople } from "../support/twofa.ts";

let fountain: Fountain;
let plain: Account;
let careful: Account;
let factor: Enrolled;
beforeAll(async () => {
  fountain = await startFountain();
  const [first, second] = await newPeople(fountain, 2);
  if (!first || !second) throw new Error("there is no one");
  [plain, careful] = [first, second];
  factor = await enrol(careful);
});
afterAll(() => fountain?.stop());

const commandLine = (url = fountain.url): CommandLine => {
  const made = createCommandLine({ url });
  onTestFinished(() => made.remove());
  return made;
};

const nextCode = async (): Promise<string> => {
  await forgetTimeSteps(fountain, careful);
  return codeOf(factor.secret);
};

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

test("asks for username, password and code on a terminal, and shows neither of the last two", async () => {
  const { startOnTerminal, json, credentialsFile } = commandLine();
  const { type, shows, ended } = startOnTerminal(["login", "--password"]);
  await shows(/Username: /);
  type(`${careful.username}\n`);
  await shows(/Password: /);
  type(`${careful.password}\n`);
  await shows(/Code of your second factor/);
  type("000000\n");
  await shows(/That code is wrong/);
  await shows(/Code of your second factor/);
  const code = await nextCode();
  type(`${code}\n`);
  const { code: exit, stdout } = await ended;
  expect(exit, stdout).toBe(0);
  expect(stdout).toContain(`Logged in to ${fountain.url} as ${careful.username}.`);
  for (const secret of [careful.password, code, "000000"]) expect(stdout).not.toContain(secret);
  expect(await json(["whoami"])).toMatchObject({ username: careful.username, session: { acr: "aal2" } });
  expect([modeOf(credentialsFile), modeOf(path.dirname(credentialsFile))]).toEqual(["600", "700"]);
});

test("ends with 130 on Ctrl-C at a question, and saves nothing", async () => {
  const { startOnTerminal, credentialsFile } = commandLine();
  const { type, shows, ended } = startOnTerminal(["login", "--password"]);
  await shows(/Username: /);
  type("\u0003");
  expect((await ended).code).toBe(130);
  expect(existsSync(credentialsFile)).toBe(false);
});

/** Compares the code in the browser of a person who is logged in there, and decides on it. */
const decide = async ({ shows }: Running, decision: "allow" | "deny"): Promise<Visitor> => {
  const [, code = ""] = await shows(/compare the code: (\S+)/);
  const visitor = openVisitor(fountain);
  await visitor.logIn(plain);
  await visitor.get("/oauth/device");
  await visitor.submit("/oauth/device", { userCode: code });
  await visitor.submit("/oauth/device", { decision }, code);
  return visitor;
};

test("logs in by a code that the person agrees to in the browser, as a session that they see", async () => {
  const { start, json } = commandLine();
  const running = start(["login"]);
  const visitor = await decide(running, "allow");
  expect(await running.ended).toMatchObject({ code: 0, stdout: expect.stringContaining(plain.username) });
  expect(await json(["whoami"])).toMatchObject({ id: plain.id });
  expect((await visitor.get("/account/sessions")).text).toContain("fountain, ");
});

test("ends with 1 where the person refuses in the browser", async () => {
  const { start, credentialsFile } = commandLine();
  const running = start(["login"]);
  await decide(running, "deny");
  expect(await running.ended).toMatchObject({ code: 1, stderr: expect.stringContaining("refused in the browser") });
  expect(existsSync(credentialsFile)).toBe(false);
});

test("ends the session at Fountain, and forgets it", async () => {
  const cli = commandLine();
  const { run, credentialsFile } = cli;
  await logInByPassword(cli, plain);
  const { servers } = JSON.parse(readFileSync(credentialsFile, "utf8"));
  expect((await run(["logout"])).code).toBe(0);
  expect(JSON.parse(readFileSync(credentialsFile, "utf8"))).toEqual({ servers: {} });
  const stolen = { refresh_token: servers[fountain.url].refreshToken, grant_type: "refresh_token" };
  const response = await fountain.fetch("/kms/token", { method: "POST", body: new URLSearchParams(stolen) });
  expect(response.status).toBe(400);
  expect(await run(["whoami"])).toMatchObject({ code: 3, stderr: expect.stringContaining("fountain login") });
});

describe("a saved session", () => {
  const renewals = async (): Promise<number> => {
    const found = await fountain.databases["kms"]?.execute(
      "SELECT count(*) AS count FROM audit_entries WHERE action = 'token.refresh'",
    );
    return Number(found?.rows[0]?.["count"]);
  };

  test("is renewed once by commands that run at the same time, and lives on", async () => {
    const cli = commandLine();
    await logInByPassword(cli, plain);
    cli.expireToken();
    const before = await renewals();
    const all = await Promise.all(Array.from({ length: 4 }, () => cli.run(["whoami"])));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(await renewals()).toBe(before + 1);
    cli.expireToken();
    expect((await cli.run(["whoami"])).code).toBe(0);
    expect(await renewals()).toBe(before + 2);
  });

  test("is not used where others could have read it", async () => {
    const cli = commandLine();
    await logInByPassword(cli, plain);
    chmodSync(cli.credentialsFile, 0o644);
    expect(await cli.run(["whoami"])).toMatchObject({ code: 2, stderr: expect.stringContaining("other users") });
  });
});

describe("a call that needs a second factor", () => {
  const call = ["api", "POST", "/twofa/recovery-codes"];

  test("asks for a code on a terminal, and is repeated", async () => {
    const cli = commandLine();
    await logInByPassword(cli, careful);
    const { type, shows, ended } = cli.startOnTerminal(call);
    await shows(/needs your second factor/);
    await shows(/Code/);
    type(`${await nextCode()}\n`);
    expect(await ended).toMatchObject({ code: 0, stdout: expect.stringContaining("recoveryCodes") });
  });

  test("ends with 4 without a terminal, and says what to do", async () => {
    const cli = commandLine();
    await logInByPassword(cli, careful);
    expect(await cli.run(call)).toMatchObject({ code: 4, stderr: expect.stringContaining("on a terminal") });
  });
});

test("ends with 5 where there is no Fountain, and with 2 for an address that is not encrypted", async () => {
  const { run } = commandLine();
  expect(await run(["whoami", "--url", "http://localhost:9"])).toMatchObject({ code: 5 });
  expect(await run(["whoami", "--url", "http://fountain.example"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("not encrypted"),
  });
});
