import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../tests/support/harness.ts";
import { send, signToken } from "../../tests/support/kms.ts";
import { checkExport } from "./check.ts";
import { verifyFiles } from "./files.ts";

const directory = mkdtempSync(path.join(tmpdir(), "fountain-audit-"));
const file = path.join(directory, "audit.jsonl");

let fountain: Fountain;
let token: string;
let lines: string[];
let keys: string;
let checkpoints: string;

const exported = async (query = ""): Promise<string[]> => {
  const headers = { authorization: `Bearer ${token}`, accept: "application/x-ndjson" };
  return (await (await fountain.fetch(`/audit${query}`, { headers })).text()).trimEnd().split("\n");
};

const saved = (name: string, text: string): string => {
  const place = path.join(directory, name);
  writeFileSync(place, text);
  return place;
};

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
  for (const username of ["ann", "bob"])
    await send(fountain, "POST", "/users", { token, body: { username, password: "a long enough password" } });
  for (const action of ["a", "b", "c"])
    await send(fountain, "GET", "/audit/verify", { token, body: action && undefined });
  lines = await exported();
  keys = saved("jwks.json", await (await fountain.fetch("/.well-known/jwks.json")).text());
  checkpoints = saved("checkpoints.json", await (await send(fountain, "GET", "/audit/checkpoints", { token })).text());
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await fountain?.stop();
});

const verify = async (checked: readonly string[], options: { secretKey?: string; args?: string[] } = {}) => {
  writeFileSync(file, `${checked.join("\n")}\n`);
  const said: string[] = [];
  const status = await verifyFiles([file, ...(options.args ?? [])], { SECRET_KEY: options.secretKey }, (line) =>
    said.push(line),
  );
  return { status, text: said.join("\n") };
};

test("finds an export as it was written, with SECRET_KEY and without", async () => {
  const without = await verify(lines);
  expect(without).toMatchObject({ status: 0, text: expect.stringContaining(`entries 1 to ${lines.length}`) });
  expect(without.text).toContain("HMACs: not checked");
  const withKeys = await verify(lines, {
    secretKey: fountain.secretKey,
    args: ["--keys", keys, "--checkpoints", checkpoints],
  });
  expect(withKeys).toMatchObject({ status: 0, text: expect.stringContaining("HMACs: valid") });
  expect(withKeys.text).toContain("by keys in your key set");
});

const edited = (at: number, change: Record<string, unknown>): string[] =>
  lines.with(at, JSON.stringify({ ...JSON.parse(lines[at] ?? ""), ...change }));

describe.each([
  ["without SECRET_KEY", () => ({})],
  ["with SECRET_KEY", () => ({ secretKey: fountain.secretKey })],
])("%s", (_, options) => {
  test.each<[string, () => string[], number | "last"]>([
    ["a changed line", () => edited(2, { actor: "eve" }), 3],
    ["a changed time", () => edited(2, { at: "2020-01-01T00:00:00.000Z" }), 3],
    ["a removed line", () => lines.toSpliced(2, 1), 4],
    ["the first line removed", () => lines.slice(1), 2],
    ["the last line removed", () => lines.slice(0, -1), "last"],
    ["an inserted line", () => lines.toSpliced(3, 0, lines[2] ?? ""), 3],
    ["two lines swapped", () => lines.with(2, lines[3] ?? "").with(3, lines[2] ?? ""), 4],
  ])("finds %s", async (_name, change, brokenAt) => {
    const id = brokenAt === "last" ? lines.length - 1 : brokenAt;
    expect(await verify(change(), options())).toMatchObject({
      status: 1,
      text: expect.stringContaining(`at entry ${id} `),
    });
  });
});

test("finds what is no line of an export, and an empty file", async () => {
  expect(await verify(lines.with(1, "{"))).toMatchObject({ status: 1, text: expect.stringContaining("at line 2") });
  expect(await verify([])).toMatchObject({ status: 1 });
});

test("says that a choice of entries cannot be checked, and that another SECRET_KEY is the wrong one", async () => {
  expect(await verify(await exported("?action=user.create"))).toMatchObject({
    status: 1,
    text: expect.stringContaining("contiguous part"),
  });
  expect(await verify(lines, { secretKey: "another-secret-key-that-is-long-enough" })).toMatchObject({
    status: 1,
    text: expect.stringContaining("SECRET_KEY is not the key"),
  });
});

test("finds a trail that was rolled back, by a checkpoint kept elsewhere", async () => {
  expect(await verify(lines)).toMatchObject({ status: 0 });
  const later = saved("later.json", JSON.stringify([JSON.parse((await exported()).at(-1) ?? "").checkpoint]));
  expect(await verify(lines, { args: ["--checkpoints", later] })).toMatchObject({
    status: 1,
    text: expect.stringContaining("covers later entries"),
  });
});

test("finds an export that was cut off at an entry with a checkpoint of its own", async () => {
  const { items } = JSON.parse(await (await send(fountain, "GET", "/audit/checkpoints", { token })).text());
  const vouched = items.filter(({ entries }: { entries: number }) => entries < lines.length);
  expect(vouched.length).toBeGreaterThan(0);
  for (const { entries } of vouched)
    expect(await verify(lines.slice(0, entries))).toMatchObject({
      status: 1,
      text: expect.stringContaining("the end is missing"),
    });
});

test("trusts no checkpoint of a key that is not in the reader's own key set", async () => {
  const others = saved("others.json", JSON.stringify({ keys: [] }));
  expect(await verify(lines, { args: ["--keys", others] })).toMatchObject({ status: 1 });
});

/** The lines, with the entry's checkpoint signed by a key that is published nowhere. */
const signedByAnother = async (at: number): Promise<string[]> => {
  const { id: entries, link, ...rest } = JSON.parse(lines.at(at) ?? "");
  const { publicKey, privateKey } = await generateKeyPair("EdDSA");
  const jws = await new SignJWT({ entries, link, end: true })
    .setProtectedHeader({ alg: "EdDSA", kid: "another", typ: "fountain-audit-checkpoint+jwt" })
    .sign(privateKey);
  const checkpoint = { entries, jws, publicJwk: { ...(await exportJWK(publicKey)), alg: "EdDSA" } };
  return lines.with(at, JSON.stringify({ id: entries, link, ...rest, checkpoint }));
};

test("takes older checkpoints of keys that are published no more, and the last one of a published key only", async () => {
  const { keys: published }: { keys: { kid: string; kty: string }[] } = JSON.parse(readFileSync(keys, "utf8"));
  const keySet = new Map(published.map((key) => [key.kid, key]));
  const check = async (at: number, trust: Parameters<typeof checkExport>[1]) => {
    const signed = await signedByAnother(at);
    return checkExport(Readable.from(signed), trust);
  };
  expect(await check(1, { publishedKeys: keySet })).toMatchObject({
    valid: true,
    kids: expect.arrayContaining(["another"]),
  });
  expect(await check(1, { trustedKeys: keySet })).toMatchObject({ valid: false, id: 2 });
  expect(await check(-1, { publishedKeys: keySet })).toMatchObject({ valid: false, id: lines.length });
});

test("checks the middle of a trail, which says what it follows", async () => {
  const { at } = JSON.parse(lines[3] ?? "");
  const middle = await exported(`?from=${encodeURIComponent(at)}`);
  expect(await verify(middle, { secretKey: fountain.secretKey })).toMatchObject({ status: 0 });
  expect(await verify(middle.slice(1), { secretKey: fountain.secretKey })).toMatchObject({ status: 1 });
});

test("is a command that ends with 1 when the trail is broken", () => {
  writeFileSync(file, `${lines.join("\n")}\n`);
  const command = ["runtime/audit/verify.ts", file];
  expect(execFileSync(process.execPath, command, { encoding: "utf8" })).toContain("valid: entries 1 to");
  writeFileSync(file, `${edited(1, { actor: "eve" }).join("\n")}\n`);
  expect(() => execFileSync(process.execPath, command, { encoding: "utf8" })).toThrow("Command failed");
});
