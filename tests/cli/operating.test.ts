/** Operating an installation by the command line: keys, people, what the gateway does, the audit trail, content. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandLine, createCommandLine, logInByPassword } from "../support/cli/command-line.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { codeOf, type Enrolled, enrol, forgetTimeSteps, logIn, type Person, personWith } from "../support/twofa.ts";

let fountain: Fountain;
let cli: CommandLine;
let administrator: Person;
let factor: Enrolled;
beforeAll(async () => {
  fountain = await startFountain();
  cli = createCommandLine(fountain);
  administrator = personWith(fountain, (await logIn(fountain)).token);
  factor = await enrol(administrator);
  await forgetTimeSteps(fountain, administrator);
  const { adminUsername: username, adminPassword: password } = fountain;
  await logInByPassword(cli, { username, password, code: codeOf(factor.secret) });
});
afterAll(async () => {
  cli?.remove();
  await fountain?.stop();
});

const asService = async (key: unknown): Promise<number> => {
  const { code } = await cli.run(["api", "GET", "/search/status"], { env: { FOUNTAIN_API_KEY: String(key) } });
  return code ?? -1;
};

test("creates, rotates and revokes an API key, which is printed once", async () => {
  await cli.json(["services", "create", "films", "--scope", "search:read"]);
  const created = await cli.json(["keys", "create", "films", "--name", "staging"]);
  expect(created).toMatchObject({ service: "films", name: "staging", key: expect.any(String) });
  const { key, id } = Object(created);
  expect(await asService(key)).toBe(0);
  expect((await cli.run(["keys", "list", "films"])).stdout).toContain(id);
  const rotated = Object(await cli.json(["keys", "rotate", "films", id, "--grace-seconds", "60"]));
  expect([await asService(key), await asService(rotated.key)]).toEqual([0, 0]);
  expect((await cli.run(["keys", "list", "films"])).stdout).not.toContain(rotated.key);
  expect((await cli.run(["keys", "revoke", "films", rotated.id])).code).toBe(0);
  await expect.poll(() => asService(rotated.key), { timeout: 20_000, interval: 1_000 }).toBe(3);
  expect(await cli.json(["keys", "usage", "films"])).toEqual(expect.any(Array));
});

test("creates a user with a password from stdin, gives them a role, and locks them", async () => {
  await cli.json(["roles", "set", "writer", "sequence:read"]);
  const user = Object(await cli.json(["users", "create", "mara"], "a long enough password\n"));
  expect(await cli.json(["users", "roles", user.id, "writer"])).toMatchObject({ roles: ["writer"] });
  const stranger = createCommandLine(fountain);
  await logInByPassword(stranger, { username: "mara", password: "a long enough password" });
  expect(await stranger.run(["users", "list"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("forbidden"),
  });
  stranger.remove();
  expect(await cli.json(["users", "lock", user.id])).toMatchObject({ lockedAt: expect.any(String) });
  expect(await cli.json(["users", "list", "--search", "mar"])).toEqual([expect.objectContaining({ username: "mara" })]);
});

describe("what a file says of the gateway", () => {
  const file = () => path.join(cli.home, "fountain.yaml");
  const NOTES = `policies:
  indoors: {effect: allow, routes: ["* /notes/**"], when: {roles: admin}}
upstreams:
  notes:
    targets: ["http://127.0.0.1:9"]
    health: {path: /health}
    routes: [{match: "GET /items"}]
`;
  const apply = (...more: string[]) => cli.run(["upstreams", "apply", "-f", file(), ...more]);

  test("is shown first, stored once, and then unchanged", async () => {
    writeFileSync(file(), NOTES);
    const shown = await apply("--dry-run");
    expect(shown.stderr).toContain('+ targets.0: "http://127.0.0.1:9"');
    expect(shown).toMatchObject({ code: 0, stdout: "2 of 2 would be stored.\n" });
    expect((await cli.run(["upstreams", "get", "notes"])).code).toBe(1);
    expect(await apply()).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
    expect(await apply("--yes")).toMatchObject({ code: 0, stdout: "2 of 2 stored.\n" });
    expect(await apply("--yes")).toMatchObject({ code: 0, stdout: "0 of 2 stored.\n", stderr: "" });
  });

  test("is stored when the person at the terminal agrees, and not when they do not", async () => {
    writeFileSync(file(), NOTES.replace("GET /items", "GET /items/{id}"));
    for (const [typed, code] of [
      ["n", 1],
      ["y", 0],
    ] as const) {
      const { shows, type, ended } = cli.startOnTerminal(["upstreams", "apply", "-f", file()]);
      await shows(/- routes\.0\.match: "GET \/items"/);
      await shows(/Store 1 of 2\? \[y\/N\] /);
      type(`${typed}\n`);
      expect((await ended).code).toBe(code);
    }
    expect(await cli.json(["upstreams", "get", "notes"])).toMatchObject({ routes: [{ match: "GET /items/{id}" }] });
  });

  test("is refused where it is no YAML, has an unknown member or one of no names, or is not what the gateway takes", async () => {
    for (const [text, code] of [
      ["upstreams: [", 2],
      ["upstream: {}", 2],
      ["upstreams: [{targets: []}]", 2],
      ["upstreams: {a: {targets: 1}}", 1],
    ] as const) {
      writeFileSync(file(), text);
      expect((await apply("--yes")).code, text).toBe(code);
    }
  });

  test("is explained", async () => {
    const why = ["policy", "explain", "GET", "/notes/items/1", "--service", "films"];
    expect(await cli.json(why)).toMatchObject({ decision: "deny", by: "policy" });
    expect((await cli.run(["limits", "list"])).stdout).toContain("default-login");
    expect(await cli.json(["policies", "list"])).toEqual([expect.objectContaining({ name: "indoors" })]);
  });
});

describe("the audit trail", () => {
  test("is followed, an entry a line", async () => {
    const { shows, ended, child } = cli.start(["audit", "tail", "-f", "--json", "--action", "service.create"]);
    await shows(/"target":"service:films".*\n/);
    await cli.json(["services", "create", "songs", "--scope", "search:read"]);
    await shows(/"target":"service:songs".*\n/);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130 });
  });

  test("is followed from its end, by none of the entries before", async () => {
    const { ended, child, printed } = cli.start(["audit", "tail", "-f", "-n", "0", "--action", "service.create"]);
    const created = async (): Promise<string> => {
      const name = `later-${crypto.randomUUID().slice(0, 8)}`;
      await cli.json(["services", "create", name, "--scope", "search:read"]);
      return printed.stdout;
    };
    await expect.poll(created, { timeout: 20_000, interval: 1_000 }).toContain("service:later-");
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, stdout: expect.not.stringContaining("service:films") });
  });

  test("is verified on this machine, and a changed export is found", async () => {
    const valid = await cli.run(["audit", "verify"]);
    expect(valid).toMatchObject({ code: 0, stdout: expect.stringContaining("valid: entries 1 to") });
    const { stdout } = await cli.run(["api", "GET", "/kms/audit", "-H", "Accept: application/x-ndjson"]);
    const file = path.join(cli.home, "audit.jsonl");
    writeFileSync(file, stdout);
    expect((await cli.run(["audit", "verify", file])).code).toBe(0);
    writeFileSync(file, stdout.replace('"service.create"', '"service.delete"'));
    expect(await cli.run(["audit", "verify", file])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("BROKEN"),
    });
    expect((await cli.run(["audit", "verify", "no-such-file"])).code).toBe(2);
  });
});

test("imports a script, finds it, and exports it as it was", async () => {
  const example = path.join(import.meta.dirname, "..", "..", "examples", "the-lighthouse-keeper.fountain");
  const { scriptId } = Object(await cli.json(["scripts", "import", example]));
  const exported = await cli.run(["scripts", "export", String(scriptId)]);
  expect(exported.stdout).toBe(readFileSync(example, "utf8"));
  const search = (): Promise<unknown> => cli.json(["search", "lighthouse", "--per-page", "3"]);
  await expect.poll(async () => Object(await search()).found, { timeout: 20_000 }).toBeGreaterThan(0);
});

test("ends with 0 for a Fountain that is well", async () => {
  expect(await cli.json(["status"])).toMatchObject({ status: "ready", kms: "ok", username: fountain.adminUsername });
});
