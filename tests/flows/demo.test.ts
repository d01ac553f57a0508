import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { generate } from "otplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { caller } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";

const DEMO = path.join(import.meta.dirname, "..", "..", "examples", "demo.ts");

let fountain: Fountain;
let folder: string;
beforeAll(async () => {
  fountain = await startFountain();
  folder = mkdtempSync(path.join(tmpdir(), "fountain-demo-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await fountain.stop();
});

let code: string | undefined;
let recoveryCodes: readonly unknown[] = [];

const play = (...args: string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const env = {
      ...process.env,
      FOUNTAIN_URL: fountain.url,
      ADMIN_USERNAME: fountain.adminUsername,
      ADMIN_PASSWORD: fountain.adminPassword,
      ...(code !== undefined && { ADMIN_OTP: code }),
    };
    const demo = spawn(process.execPath, [DEMO, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [demo.stdout, demo.stderr])
      stream.on("data", (chunk) => {
        output += chunk;
      });
    demo.on("close", (code) => resolve({ code, output }));
  });

const screenplay = (name: string, text: string): string => {
  const file = path.join(folder, `${name}.fountain`);
  writeFileSync(file, text);
  return file;
};

const LONG = Array.from(
  { length: 1_000 },
  (_, n) => `INT. ROOM ${n} - DAY\n\nA door opens for the ${n}th time.\n\nANNA ${n}\nNumber ${n} speaks.\n`,
).join("\n");

const CASES: [string, string[]][] = [
  ["the sample", []],
  ["a screenplay of 4,000 elements", [LONG]],
  ["a screenplay without title, scenes or dialogue", ["Rain.\n\nMore rain.\n"]],
  ["a screenplay of one line of action", ["Rain.\n"]],
  ["a screenplay of one line of dialogue", ["MARY\nHello?\n"]],
  [
    "Windows line ends, a byte order mark and forced elements",
    ["\uFEFF.NOWHERE\r\n\r\n!RAIN\r\n\r\n@McAvoy\r\nAy, ça va.\r\n\r\n> FADE OUT.\r\n"],
  ],
  [
    "acts, synopses, notes and dual dialogue",
    [
      "# Act One\n\n= They meet.\n\nINT. BAR - NIGHT\n\nANN\nHi.\n\nBOB ^\nHi. [[too flat?]]\n\n# Act Two\n\nEXT. SEA - DAY #2#\n\n> THE END <\n",
    ],
  ],
];

test.for(CASES)("plays %s to the end", { timeout: 60_000 }, async ([, [text]]) => {
  const args = text === undefined ? [] : [screenplay(String(text.length), text)];
  const first = await play(...args);
  expect(first.output).toContain("steps held");
  expect(first.code).toBe(0);
});

test("leaves no trace that would keep it from playing again", async () => {
  const { code, output } = await play();
  expect(output).toContain("the second factor of the demo is removed again");
  expect(code).toBe(0);
});

test("says what is wrong, and does not pass, when a step does not hold", async () => {
  const { code, output } = await play(screenplay("empty", "\n\n"));
  expect(code).toBe(1);
  expect(output).toContain("422");
});

test("with --seed fills it with something to look at, once", { timeout: 60_000 }, async () => {
  const actions = async () => {
    const found = await fountain.databases["kms"]?.execute("SELECT action FROM audit_entries ORDER BY id");
    return (found?.rows ?? []).map((row) => String(row["action"]));
  };
  const first = await play("--seed");
  expect(first.output).toContain("All 21 things are there");
  expect(first.code).toBe(0);
  const before = await actions();
  for (const action of ["user.lock", "key.create", "transit.rotate", "policy.put", "sequence.reorder", "access.refuse"])
    expect(before).toContain(action);
  const second = await play("--seed");
  expect(second.code).toBe(0);
  expect(second.output.match(/is there already/g)).toHaveLength(21);
  expect((await actions()).slice(before.length)).toEqual(["login", "session.end"]);
});

test("says what it takes, for anything else", async () => {
  const { code, output } = await play("--sed");
  expect(code).toBe(1);
  expect(output).toContain("npm run demo takes a screenplay, or --seed");
});

test("plays where the administrator has a second factor, once a code of it is given", { timeout: 60_000 }, async () => {
  const administrator = caller(() => fountain);
  const login = { username: fountain.adminUsername, password: fountain.adminPassword };
  const { body } = await administrator("POST", "/kms/login", {}, login);
  const as = { authorization: `Bearer ${body["access_token"]}` };
  const begun = await administrator("POST", "/twofa/factors/totp", as, {});
  const confirmation = {
    factorId: begun.body["factorId"],
    code: await generate({ secret: String(begun.body["secret"]) }),
  };
  const confirmed = await administrator("POST", "/twofa/factors/totp/confirm", as, confirmation);
  expect(confirmed.status).toBe(200);

  const without = await play();
  expect(without.output).toContain("set ADMIN_OTP");
  expect(without.code).toBe(1);
  recoveryCodes = Object(confirmed.body["recoveryCodes"]);
  code = String(recoveryCodes[0]);
  const { output, code: exit } = await play();
  expect(output).toContain("the second factor of the demo is removed again");
  expect(exit, output).toBe(0);
  expect((await administrator("GET", "/twofa/factors", as)).body["items"]).toHaveLength(1);
});

test("asks for the password and a code on a terminal, and shows nothing of the password", {
  timeout: 60_000,
}, async () => {
  // What `script` runs has a terminal.
  const command = `stty rows 24 cols 200; exec ${process.execPath} ${DEMO}`;
  const { ADMIN_PASSWORD, ADMIN_OTP, ...environment } = process.env;
  const terminal = spawn("script", ["-qec", command, "/dev/null"], {
    env: { ...environment, FOUNTAIN_URL: fountain.url, ADMIN_USERNAME: fountain.adminUsername },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  let answered = 0;
  const answers = [fountain.adminPassword, String(recoveryCodes[1])];
  terminal.stdout.on("data", (chunk) => {
    output += chunk;
    const asked = output.match(/printed it: |recovery code: /g)?.length ?? 0;
    for (; answered < asked; answered += 1) terminal.stdin.write(`${answers[answered]}\r`);
  });
  const exit = await new Promise((resolve) => terminal.once("close", resolve));
  expect(output).toContain("All 11 steps held.");
  expect(exit).toBe(0);
  expect(answered).toBe(2);
  expect(output).not.toContain(fountain.adminPassword);
});
