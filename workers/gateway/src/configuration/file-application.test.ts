/** What a configuration file makes of what is stored, on a real database. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { useFieldMessages } from "#shared/http/field-messages.ts";
import { failure, success } from "#shared/lang/result.ts";
import type { ReportableEvent } from "#shared/observability/recorder.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { type ApplyFile, createFileApplication } from "./file-application.ts";
import { createObjectStore } from "./objects.store.ts";
import type { ObjectStore } from "./stored.ts";

useFieldMessages();

let database: TestDatabase;
let store: ObjectStore;
let recorded: string[];
let declared: Map<string, object>;
let expired: number;
/** Another process that reads the same file. */
let createProcess: () => ApplyFile;
let apply: ApplyFile;

beforeAll(async () => {
  database = await openTestDatabase("gateway");
  store = createObjectStore({ client: database.client });
});
afterAll(() => database?.close());
beforeEach(async () => {
  await database.client.execute("DELETE FROM configuration");
  await database.client.execute("UPDATE configuration_revision SET revision = 0");
  recorded = [];
  declared = new Map();
  expired = 0;
  createProcess = () =>
    createFileApplication({
      store,
      kms: {
        declareScopes: async (owner, scopes) => {
          if ("taken:read" in scopes) return failure("taken", { scope: "taken:read", owner: "another" });
          declared.set(owner, scopes);
          return success(true);
        },
        withdrawScopes: async (owner) => {
          declared.delete(owner);
          return success(true);
        },
      },
      recorder: {
        change: async ({ action, target, actor, method }: ReportableEvent, make) => {
          const made = await make(undefined);
          recorded.push(`${made === false ? "not " : ""}${action} ${target} by ${actor} ${method}`);
          return made;
        },
      },
      followed: {
        expire: () => {
          expired += 1;
        },
      },
      targetRules: Object.assign((target: string) => (target.includes("169.254") ? "be metadata" : undefined), {
        isOwnHost: () => false,
      }),
      now: () => 5_000,
    });
  apply = createProcess();
});

const BY_FILE = "by worker:gateway configuration-file";
const LIMIT = { match: "POST /kms/login", per: "address", limit: 10, window: "1m" };
const upstream = (prefix: string, scopes: Record<string, string> = {}) => ({ targets: [], prefix, scopes });
const put = (kind: "limit" | "upstream", name: string, body: object, claim: string | null = null) =>
  store.put({ kind, name, body, claim, expected: undefined, nowMs: 1_000 });
const stored = async () => {
  const loaded = await store.loadSince(undefined);
  if (loaded === "unchanged") throw new Error("something was expected");
  return loaded.objects.map(({ kind, name, source, version }) => `${kind} ${name} ${source} ${version}`).toSorted();
};

test("what is new is stored, what is unchanged is left alone, and what the file no longer has is deleted", async () => {
  const notes = upstream("/notes", { "notes:read": "Read notes" });
  const file = { upstreams: { notes }, limits: { logins: LIMIT, more: LIMIT } };
  expect(await apply(file)).toEqual([]);
  expect(await stored()).toEqual(["limit logins file 1", "limit more file 1", "upstream notes file 1"]);
  expect(recorded.toSorted()).toEqual([
    `limit.put logins ${BY_FILE}`,
    `limit.put more ${BY_FILE}`,
    `upstream.put notes ${BY_FILE}`,
  ]);
  expect(declared.get("notes")).toEqual(notes.scopes);

  recorded = [];
  expect(await apply(structuredClone(file))).toEqual([]);
  expect(recorded).toEqual([]);
  expect(await stored()).toEqual(["limit logins file 1", "limit more file 1", "upstream notes file 1"]);

  expect(await apply({ limits: { logins: { ...LIMIT, limit: 11 } } })).toEqual([]);
  expect(await stored()).toEqual(["limit logins file 2"]);
  expect(recorded.toSorted()).toEqual([
    `limit.delete more ${BY_FILE}`,
    `limit.put logins ${BY_FILE}`,
    `upstream.delete notes ${BY_FILE}`,
  ]);
  expect(declared.has("notes")).toBe(false);
  expect(expired).toBe(2);
});

test("objects of the API stay, but for those whose names are in the file; those the API then leaves alone", async () => {
  await put("limit", "mine", LIMIT);
  await put("limit", "logins", LIMIT);
  expect(await apply({ limits: { logins: LIMIT } })).toEqual([]);
  expect(await stored()).toEqual(["limit logins file 3", "limit mine api 1"]);
  expect(await put("limit", "logins", LIMIT)).toMatchObject({ ok: false, error: { kind: "of-file" } });
  expect(await store.remove("limit", "logins", undefined)).toBe("of-file");
  expect(await apply(null)).toEqual([]);
  expect(await stored()).toEqual(["limit mine api 1"]);
});

test("two upstreams of the file can swap their prefixes", async () => {
  expect(await apply({ upstreams: { a: upstream("/one"), b: upstream("/two") } })).toEqual([]);
  expect(await apply({ upstreams: { a: upstream("/two"), b: upstream("/one") } })).toEqual([]);
  expect(await stored()).toEqual(["upstream a file 2", "upstream b file 2"]);
});

test("nothing is applied where anything cannot be", async () => {
  await put("upstream", "films", upstream("/films", { "films:read": "" }), "* /films");
  const before = await stored();
  const limits = { logins: LIMIT };
  expect(await apply({ limits, upstreams: { notes: { targets: 1 } } })).toEqual([
    "upstreams.notes.targets: must be an array",
  ]);
  expect(await apply({ limits, upstreams: { movies: upstream("/films") } })).toEqual([
    "upstreams.movies.prefix: the upstream films has this host and prefix",
  ]);
  expect(await apply({ limits, upstreams: { movies: upstream("/movies", { "films:read": "" }) } })).toEqual([
    "upstreams.movies.scopes.films:read: it belongs to the upstream films",
  ]);
  expect(await apply({ limits, upstreams: { a: upstream("/a"), b: upstream("/a") } })).toEqual([
    "upstreams.b.prefix: the upstream a has this host and prefix",
  ]);
  expect(await apply({ limits, upstreams: { movies: upstream("/movies", { "taken:read": "" }) } })).toEqual([
    "upstreams.movies.scopes.taken:read: it belongs to the upstream another",
  ]);
  const many = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`limit-${at}`, LIMIT]));
  expect(await apply({ limits: many })).toEqual(["limits: there would be 201, and at most 200 can be"]);
  expect(await stored()).toEqual(before);
  expect(recorded).toEqual([]);
  const two = { first: upstream("/first", { "first:read": "" }), second: upstream("/second", { "taken:read": "" }) };
  expect(await apply({ upstreams: two })).toHaveLength(1);
  expect(declared.has("first")).toBe(false);
});

test("everything that is wrong is said at once", async () => {
  const notes = { ...upstream("/notes"), targets: ["http://169.254.169.254", "http://notes:9000"] };
  const routes = { match: "GET /{id}/{id}", limits: [{ name: "few", per: "all", limit: 1, window: "1s" }] };
  const a = { ...upstream("/notes"), limits: routes.limits, routes: [routes] };
  expect(await apply({ upstream: {}, limits: { logins: { ...LIMIT, limit: 0 } }, upstreams: { notes, a } })).toEqual([
    "upstream: unknown member",
    "limits.logins.limit: must be at least 1",
    "upstreams.notes.targets.0: must not be metadata",
    "upstreams.a.routes.0.limits.0.name: must be another name than that of a limit beside it",
    "upstreams.a.routes.0.match: must have {id} once: it stands for one part of a path",
    "upstreams.a.prefix: the upstream notes has this host and prefix",
  ]);
  expect(await stored()).toEqual([]);
});

test("of eight processes that start at once, one applies the file", async () => {
  const file = { upstreams: { notes: upstream("/notes") }, limits: { logins: LIMIT } };
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => createProcess()(file)));
  expect(outcomes.flat()).toEqual([]);
  expect(await stored()).toEqual(["limit logins file 1", "upstream notes file 1"]);
  expect(recorded.filter((line) => !line.startsWith("not "))).toHaveLength(2);
});
