import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../../../../tests/harness.ts";
import { problemIn, send, signToken } from "../testing.ts";

const secretSchema = z.strictObject({
  path: z.string(),
  version: z.int(),
  value: z.string(),
  createdAt: z.iso.datetime(),
});

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const put = (path: string, body: unknown): Promise<Response> =>
  send(fountain, "PUT", `/secrets/${path}`, { token, body });
const get = (path: string): Promise<Response> => send(fountain, "GET", `/secrets/${path}`, { token });
const read = async (path: string) => secretSchema.parse(await (await get(path)).json());

test("gives back what was stored, version by version", async () => {
  for (const [index, value] of ["one", "", "Grüße, 東京 🎬 \u0000"].entries()) {
    const stored = await put("database/password", { value });
    expect(stored.status).toBe(201);
    expect(await stored.json()).toEqual({ path: "database/password", version: index + 1 });
  }
  expect(await read("database/password")).toMatchObject({ version: 3, value: "Grüße, 東京 🎬 \u0000" });
  expect(await read("database/password?version=1")).toMatchObject({ version: 1, value: "one" });
  expect((await get("database/password?version=4")).status).toBe(404);
  expect((await get("database")).status).toBe(404);
  expect((await get("database/password")).headers.get("cache-control")).toBe("no-store");
});

test("replaces only the version that cas names, and nothing where it says so", async () => {
  expect((await put("cas", { value: "a", cas: 1 })).status).toBe(409);
  expect((await put("cas", { value: "a", cas: 0 })).status).toBe(201);
  expect((await put("cas", { value: "b", cas: 0 })).status).toBe(409);
  expect((await put("cas", { value: "b", cas: 1 })).status).toBe(201);
  expect((await put("cas", { value: "c", cas: 1 })).status).toBe(409);
  expect(await read("cas")).toMatchObject({ version: 2, value: "b" });
});

test("lets one of many writers through who all name the same version, and all who name none", async () => {
  const racing = await Promise.all(Array.from({ length: 12 }, (_, n) => put("race", { value: `${n}`, cas: 0 })));
  expect(racing.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
  expect(racing.filter(({ status }) => status === 409)).toHaveLength(11);

  const queueing = await Promise.all(Array.from({ length: 8 }, (_, n) => put("queue", { value: `${n}` })));
  const versions = await Promise.all(queueing.map(async (answer) => Object(await answer.json()).version));
  expect(versions.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("keeps the last ten versions", async () => {
  for (let n = 1; n <= 12; n += 1) await put("many", { value: `${n}` });
  expect((await get("many?version=2")).status).toBe(404);
  expect(await read("many?version=3")).toMatchObject({ value: "3" });
  expect(await read("many")).toMatchObject({ version: 12 });
});

test("refuses paths that have more than one spelling, and says why", async () => {
  for (const path of ["a b", "a%20b", "é", "...", "a/.../b", "x".repeat(256), "a%25", "a*"]) {
    const refused = await put(path, { value: "x" });
    expect(refused.status, path).toBe(422);
    expect((await problemIn(refused)).pointers, path).toEqual(["#/param/path"]);
  }
  for (const path of ["a//b", "a/", "", "/a", "a%2Fb", "a/%2e%2e%2fb"])
    expect((await put(path, { value: "x" })).status, path).toBe(404);
});

test("refuses a value that is no text, or too long", async () => {
  for (const value of [1, null, {}, ["a"], "x".repeat(65_537), "\ud800"])
    expect((await problemIn(await put("values", { value }))).pointers).toEqual(["#/value"]);
  expect((await put("values", { value: "x".repeat(65_536) })).status).toBe(201);
  for (const cas of [-1, 1.5, "1"])
    expect((await problemIn(await put("values", { value: "x", cas }))).pointers).toEqual(["#/cas"]);
});

test("tells the audit trail of every write and read, and of no value", async () => {
  await put("audited", { value: "a value that nobody may read" });
  await put("audited", { value: "another", cas: 7 });
  await get("audited");
  await get("audited?version=9");
  const found = await fountain.databases["kms"]?.execute(
    "SELECT action, outcome, reason, actor FROM audit_entries WHERE target = 'audited' ORDER BY id",
  );
  expect(found?.rows.map((row) => ({ ...row }))).toMatchObject([
    { action: "secret.write", outcome: "success", actor: "test-administrator" },
    { action: "secret.write", outcome: "failure", reason: "conflict" },
    { action: "secret.read", outcome: "success" },
    { action: "secret.read", outcome: "failure", reason: "unknown" },
  ]);
});
