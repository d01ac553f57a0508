/** Secrets on the command line: stored, read, and given to a program and to nothing else. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandLine, createCommandLine, logInByPassword } from "../support/cli/command-line.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";

let fountain: Fountain;
let cli: CommandLine;
let apiKey: string;
beforeAll(async () => {
  fountain = await startFountain();
  cli = createCommandLine(fountain);
  const { adminUsername: username, adminPassword: password } = fountain;
  await logInByPassword(cli, { username, password });
  const service = await registerService(fountain, await logIn(fountain), "editor", ["secrets:read:editor/*"]);
  apiKey = service["x-api-key"] ?? "";
});
afterAll(async () => {
  cli?.remove();
  await fountain?.stop();
});

const store = async (secret: string, value: string): Promise<void> => {
  const { code, stderr } = await cli.run(["secrets", "set", secret], { input: value });
  expect(code, stderr).toBe(0);
};

/** Every text in files below a folder. */
const textsBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8"));

test("stores what is piped in, without the last line break, and prints it as it is", async () => {
  const value = "two\nlines \u{1f511}";
  await store("notes/text", `${value}\n`);
  expect(await cli.run(["secrets", "get", "notes/text"])).toMatchObject({ code: 0, stdout: value });
  expect(await cli.json(["secrets", "get", "notes/text"])).toMatchObject({ path: "notes/text", version: 1, value });
  expect(await cli.json(["secrets", "ls", "notes/"])).toEqual(["notes/text"]);
  const stale = await cli.run(["secrets", "set", "notes/text", "--cas", "0"], { input: "other" });
  expect(stale).toMatchObject({ code: 1, stderr: expect.stringContaining("conflict") });
  expect((await cli.run(["secrets", "rm", "notes/text"])).code).toBe(0);
  expect(await cli.run(["secrets", "get", "notes/text"])).toMatchObject({ code: 1, stdout: "" });
});

test("shows a terminal nothing that could steer it", async () => {
  await store("notes/escape", "\u001b]0;title\u0007 \u202etxt");
  const { stdout } = await cli.startOnTerminal(["secrets", "get", "notes/escape"]).ended;
  expect(stdout).toBe("\ufffd]0;title\ufffd \ufffdtxt\r\n");
});

test("reads a .env file, and writes one that says the same", async () => {
  const file = path.join(cli.home, ".env");
  writeFileSync(file, `SMTP_PASSWORD='it\\n"is" #1'\nPLAIN=a-b\nLINES="one\ntwo"\nSIMPLE='x=\`y\`'\n`);
  const imported = await cli.json(["secrets", "import", file, "--prefix", "env/"]);
  expect(imported).toContainEqual({ path: "env/smtp-password", change: "new" });
  const { stdout } = await cli.run(["secrets", "export", "--prefix", "env/"]);
  writeFileSync(file, stdout);
  const again = await cli.json(["secrets", "import", file, "--prefix", "env/"]);
  expect(again).toEqual(
    ["lines", "plain", "simple", "smtp-password"].map((name) => ({ path: `env/${name}`, change: "unchanged" })),
  );
  const changed = { path: "env/plain", change: "changed" };
  writeFileSync(file, "PLAIN=other\n");
  expect(await cli.json(["secrets", "import", file, "--prefix", "env/", "--dry-run"])).toEqual([changed]);
  expect(await cli.run(["secrets", "get", "env/plain"])).toMatchObject({ stdout: "a-b" });
});

describe("a program", () => {
  const PRINT = ["--", process.execPath, "-e"];

  test("gets secrets in its environment, and none is on disk", async () => {
    const value = "a-value-that-stands-nowhere";
    await store("editor/smtp-password", value);
    await store("editor/deep/name.x", "deep");
    const script =
      "process.stdout.write([process.env.SMTP_PASSWORD, process.env.DEEP_NAME_X, process.env.OTHER].join())";
    const named = ["--env", "OTHER=editor/deep/name.x"];
    const { code, stdout, stderr } = await cli.run(["run", "--prefix", "editor/", ...named, ...PRINT, script]);
    expect([code, stdout], stderr).toEqual([0, `${value},deep,deep`]);
    for (const text of textsBelow(cli.home)) expect(text).not.toContain(value);
  });

  test("gets those that a service may read by its key, without a login, and not the key", async () => {
    const script = "process.stdout.write(String([process.env.SMTP_PASSWORD, process.env.FOUNTAIN_API_KEY]))";
    const stranger = createCommandLine(fountain);
    const ended = await stranger.run(["run", "--prefix", "editor/", ...PRINT, script], {
      env: { FOUNTAIN_API_KEY: apiKey },
    });
    expect(ended, ended.stderr).toMatchObject({ code: 0, stdout: "a-value-that-stands-nowhere," });
    expect(existsSync(stranger.credentialsFile)).toBe(false);
    stranger.remove();
  });

  test.each<[string, string, number]>([
    ["its exit code", "process.exit(7)", 7],
    ["128 and the number of the signal that ended it", "process.kill(process.pid, 'SIGKILL')", 137],
  ])("ends the command with %s", async (_, script, code) => {
    expect((await cli.run(["run", "--prefix", "editor/", ...PRINT, script])).code).toBe(code);
  });

  test("gets the signals that the command gets", async () => {
    const script = "process.on('SIGTERM', () => process.exit(9)); console.log('ready'); setInterval(() => {}, 1000)";
    const { child, shows, ended } = cli.start(["run", "--prefix", "editor/", ...PRINT, script]);
    await shows(/ready/);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(9);
  });

  test("gets Ctrl-C once, from the terminal", async () => {
    const script =
      "let n = 0; process.on('SIGINT', () => { n += 1; setTimeout(() => process.exit(40 + n), 500) }); console.log('ready'); setInterval(() => {}, 1000)";
    const { type, shows, ended } = cli.startOnTerminal(["run", "--prefix", "editor/", ...PRINT, script]);
    await shows(/ready/);
    type("\u0003");
    expect((await ended).code).toBe(41);
  });

  test("does not run where a secret cannot be read, and is not found as shells say it", async () => {
    const missing = await cli.run(["run", "--env", "A=editor/none", ...PRINT, "console.log('ran')"]);
    expect(missing).toMatchObject({ code: 1, stdout: "" });
    expect((await cli.run(["run", "--prefix", "editor/", "--", "no-such-program"])).code).toBe(127);
  });

  test("gets no variable that would change what runs, unless it is named", async () => {
    await store("editor/node-options", "--no-warnings");
    const refused = await cli.run(["run", "--prefix", "editor/", ...PRINT, ""]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("NODE_OPTIONS") });
    const named = await cli.run(["run", "--env", "NODE_OPTIONS=editor/node-options", ...PRINT, "console.log('ran')"]);
    expect(named).toMatchObject({ code: 0, stdout: "ran\n" });
  });
});
