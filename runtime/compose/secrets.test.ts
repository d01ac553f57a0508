import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { decodeJwt, jwtVerify } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureComposeSecrets } from "./secrets.ts";

const worker = (name: string, secrets: string[]) => ({
  worker: name,
  name: `fountain-${name}`,
  main: "",
  compatibilityDate: "2026-07-01",
  compatibilityFlags: [],
  services: [],
  vars: {},
  secrets,
  crons: [],
});
const topology = {
  workers: [
    worker("gateway", []),
    worker("kms", ["SECRET_KEY", "DATABASE_TOKEN"]),
    worker("service-a", ["DATABASE_TOKEN"]),
  ],
};

let parent: string;
let directory: string;
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), "fountain-compose-secrets-"));
  directory = path.join(parent, "secrets");
});
afterEach(() => rmSync(parent, { recursive: true }));

const make = () => ensureComposeSecrets(topology, directory);
const file = (name: string) => path.join(directory, name);
const text = (name: string) => readFileSync(file(name), "utf8");
const modeOf = (name: string) => statSync(file(name)).mode & 0o777;
const everything = () => Object.fromEntries(readdirSync(directory).map((name) => [name, text(name)]));
const replace = (name: string, content: string) => {
  unlinkSync(file(name));
  writeFileSync(file(name), content);
};

test("makes every secret a worker declares, and those of the stack around them", async () => {
  const created = await make();
  expect(created.toSorted()).toEqual(readdirSync(directory).toSorted());
  expect(created).toEqual(
    expect.arrayContaining([
      "kms_secret_key",
      "kms_database_token",
      "service_a_database_token",
      "libsql_admin_key",
      "admin_password",
    ]),
  );
  for (const name of ["kms_secret_key", "libsql_admin_key"]) {
    expect(Buffer.from(text(name), "base64url")).toHaveLength(32);
  }
});

test("keeps everybody but the owner out of the folder, and the signing key out of every container", async () => {
  await make();
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(modeOf("database_signing_key.pem")).toBe(0o400);
  expect(modeOf("kms_secret_key")).toBe(0o444);
});

test("closes a folder that was open, whatever the umask", async () => {
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  const umask = process.umask(0o077);
  try {
    await make();
  } finally {
    process.umask(umask);
  }
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(modeOf("kms_secret_key")).toBe(0o444);
});

test("a database token opens its own database and no other", async () => {
  await make();
  const publicKey = createPublicKey(text("database_public_key.pem"));
  const { payload } = await jwtVerify(text("service_a_database_token"), publicKey);
  expect(payload["p"]).toEqual({ rw: { ns: ["service-a"] } });
});

test("overwrites nothing, and makes only what is missing", async () => {
  await make();
  const before = everything();
  expect(await make()).toEqual([]);
  expect(everything()).toEqual(before);
  unlinkSync(file("kms_database_token"));
  unlinkSync(file("admin_password"));
  expect(await make()).toEqual(["admin_password", "kms_database_token"]);
  expect(text("kms_secret_key")).toBe(before["kms_secret_key"]);
  expect(decodeJwt(text("kms_database_token"))["p"]).toEqual({ rw: { ns: ["kms"] } });
});

test("keeps what the operator put there", async () => {
  mkdirSync(directory);
  writeFileSync(file("admin_password"), "a password of my own\n");
  await make();
  expect(text("admin_password")).toBe("a password of my own\n");
});

test.for([
  ["kms_secret_key", "short", /kms_secret_key is weak \(under 32 bytes\)/],
  ["admin_password", "short", /admin_password is weak \(under 12 bytes\)/],
  ["database_signing_key.pem", "no key", /database_signing_key\.pem is damaged/],
  ["database_public_key.pem", "another key", /database_public_key\.pem does not belong to/],
  ["kms_database_token", "x".repeat(40), /kms_database_token does not belong to/],
] as const)("refuses a bad %s, and leaves it as it is", async ([name, content, message]) => {
  await make();
  replace(name, content);
  await expect(make()).rejects.toThrow(message);
  expect(text(name)).toBe(content);
});

test("refuses a token of another database", async () => {
  await make();
  replace("kms_database_token", text("service_a_database_token"));
  await expect(make()).rejects.toThrow(/kms_database_token does not belong to/);
});

test("does not replace a lost signing key under tokens that depend on it", async () => {
  await make();
  unlinkSync(file("database_signing_key.pem"));
  await expect(make()).rejects.toThrow(/database_signing_key\.pem is missing: restore it/);
  expect(existsSync(file("database_signing_key.pem"))).toBe(false);
});

test("does not replace a lost key under data that may be encrypted with it", async () => {
  await make();
  unlinkSync(file("kms_secret_key"));
  await expect(make()).rejects.toThrow(/kms_secret_key is missing, and the data was encrypted with it: restore it/);
  expect(existsSync(file("kms_secret_key"))).toBe(false);
});

test("a new key is made once the old one is put aside as the previous one", async () => {
  await make();
  const old = text("kms_secret_key");
  writeFileSync(file("secret_key_previous"), old);
  unlinkSync(file("kms_secret_key"));
  expect(await make()).toEqual(["kms_secret_key"]);
  expect(text("kms_secret_key")).not.toBe(old);
  expect(text("secret_key_previous")).toBe(old);
});

test("migrate, another user, can note in its file which databases have been in use, and it is kept", async () => {
  await make();
  expect(modeOf("used_databases")).toBe(0o666);
  writeFileSync(file("used_databases"), "kms\n");
  await make();
  expect(text("used_databases")).toBe("kms\n");
});

test("new database keys are made once all the old ones are removed", async () => {
  await make();
  const secretKey = text("kms_secret_key");
  const old = createPrivateKey(text("database_signing_key.pem"));
  for (const name of readdirSync(directory).filter((name) => name.includes("database"))) unlinkSync(file(name));
  await make();
  expect(createPrivateKey(text("database_signing_key.pem")).equals(old)).toBe(false);
  expect(text("kms_secret_key")).toBe(secretKey);
});

test("an empty folder that Docker left in a secret's place makes way", async () => {
  mkdirSync(file("kms_secret_key"), { recursive: true });
  expect(await make()).toContain("kms_secret_key");
});

test("leaves the files of what only the operator has empty, to be filled in, and keeps what he wrote", async () => {
  await make();
  expect([text("smtp_password"), text("message_webhook_secret")]).toEqual(["", ""]);
  writeFileSync(file("smtp_password"), "short");
  expect(await make()).toEqual([]);
  expect(text("smtp_password")).toBe("short");
});

test.each([
  "secrets/kms_secret_key",
  "backup/libsql.tar.gz",
  "root.crt",
  "fountain-secrets.tar.gz",
  "keys.age",
  ".env.staging",
])("git ignores %s", (file) => {
  expect(
    execFileSync("git", ["check-ignore", file], { cwd: path.join(import.meta.dirname, "..", ".."), encoding: "utf8" }),
  ).toBe(`${file}\n`);
});
