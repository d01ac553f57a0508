/** When documents of clients are read, and what becomes of what they say, on a real database. */
import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { failure, success } from "#shared/lang/result.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { knownClientsIn } from "../../../../tests/support/kms/described-clients.ts";
import { createTestRecorder } from "../../../../tests/support/kms/recorder.ts";
import * as schema from "../db/schema.ts";
import { type DescribedClients, MAX_DESCRIBED_CLIENTS } from "./described-clients.ts";
import type { ReadDocument } from "./metadata-reader.ts";

const CLIENT = "https://app.example/client.json";
const HOUR_MS = 3_600_000;

let opened: TestDatabase;
let recording: ReturnType<typeof createTestRecorder>;
let clients: DescribedClients;
let read: string[];
let document: ReturnType<ReadDocument> | undefined;
let nowMs: number;

const documentAt = (url: string, redirectUris = ["https://app.example/callback"]) => ({
  client_id: url,
  client_name: "Notebook",
  redirect_uris: redirectUris,
  token_endpoint_auth_method: "none",
});

const open = (isOpen: boolean): DescribedClients =>
  knownClientsIn(
    { client: opened.client, orm: drizzle({ client: opened.client, schema }) },
    {
      isOpen,
      readDocument: async (url) => {
        read.push(url);
        return document ?? success(documentAt(url));
      },
      recorder: recording.recorder,
      now: () => nowMs,
    },
  );

beforeAll(async () => {
  opened = await openTestDatabase("kms");
});
afterAll(() => opened?.close());
beforeEach(async () => {
  await opened.client.batch(["DELETE FROM oauth_clients", "DELETE FROM password_attempts"], "write");
  recording = createTestRecorder();
  read = [];
  document = undefined;
  nowMs = 1_700_000_000_000;
  clients = open(true);
});

const outcomeOf = async (id = CLIENT, userId = "user-1"): Promise<string> => {
  const current = await clients.current(id, userId);
  return current.ok ? current.value.redirectUris.join(" ") : current.error.kind;
};
const recorded = () => recording.recorded.map(({ outcome, reason }) => reason ?? outcome);

test("is read for someone who is logged in, once an hour, and is never trusted", async () => {
  expect(await clients.find(CLIENT)).toBeUndefined();
  expect(read).toEqual([]);
  expect(await outcomeOf()).toBe("https://app.example/callback");
  nowMs += HOUR_MS - 1;
  expect(await outcomeOf(CLIENT, "user-2")).toBe("https://app.example/callback");
  expect(await clients.find(CLIENT)).toMatchObject({
    client: { id: CLIENT, name: "Notebook", isPublic: true, isTrusted: false, postLogoutRedirectUris: [] },
    secretHash: null,
  });
  expect(read).toEqual([CLIENT]);
  nowMs += 1;
  await outcomeOf();
  await outcomeOf();
  expect(read).toEqual([CLIENT, CLIENT]);
  // What it says has not changed.
  expect(recorded()).toEqual(["success"]);
});

test("lets no one in any more once its document is gone or wrong, and takes what is new in it", async () => {
  await outcomeOf();
  nowMs += HOUR_MS;
  document = Promise.resolve(failure("unreachable"));
  expect(await outcomeOf()).toBe("unreadable");
  document = Promise.resolve(success({ ...documentAt(CLIENT), client_secret: "hush" }));
  expect(await outcomeOf()).toBe("unreadable");
  document = Promise.resolve(success(documentAt(CLIENT, ["https://app.example/new"])));
  expect(await outcomeOf()).toBe("https://app.example/new");
  expect(recorded()).toEqual(["success", "unreachable", "has-secret", "success"]);
});

test("is read for a person five times where it is none or new, and then as seldom as passwords are tried", async () => {
  for (let count = 0; count < 5; count += 1)
    expect(await outcomeOf(`https://app.example/${count}`)).toContain("callback");
  expect(await outcomeOf()).toBe("blocked");
  expect(await outcomeOf("https://app.example/0")).toContain("callback");
  expect(await outcomeOf(CLIENT, "user-2")).toContain("callback");
  nowMs += 30_000;
  document = Promise.resolve(failure("unreachable"));
  const tries = await Promise.all(Array.from({ length: 10 }, (_, at) => outcomeOf(`https://victim.example/${at}`)));
  expect(tries.filter((outcome) => outcome !== "blocked")).toEqual(["unreadable"]);
});

test("does not count the readings of one that is known", async () => {
  for (let count = 0; count < 8; count += 1) {
    expect(await outcomeOf()).toContain("callback");
    nowMs += HOUR_MS;
  }
  expect(read).toHaveLength(8);
});

test("is forgotten a day after it was read, unless someone uses it", async () => {
  await outcomeOf();
  await outcomeOf("https://app.example/used");
  const consent = "INSERT INTO consents (user_id, client_id, scopes, granted_at) VALUES ('user-1', ?, '[]', 0)";
  await opened.client.batch(
    [
      `INSERT OR IGNORE INTO users (id, username, username_key, username_skeleton, password_hash, roles, created_at, password_changed_at)
       VALUES ('user-1', 'u', 'u', 'u', '', '[]', 0, 0)`,
      { sql: consent, args: ["https://app.example/used"] },
    ],
    "write",
  );
  nowMs += 24 * HOUR_MS;
  await clients.purge();
  expect(await clients.find(CLIENT)).toBeDefined();
  nowMs += 1;
  await clients.purge();
  expect(await clients.find(CLIENT)).toBeUndefined();
  expect(await clients.find("https://app.example/used")).toBeDefined();
});

test("is not let in beyond the thousandth, while those that are known stay", async () => {
  await opened.client.execute({
    sql: `
      WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < :count)
      INSERT INTO oauth_clients
        (id, name, redirect_uris, post_logout_redirect_uris, scopes, is_trusted, created_at, read_at)
      SELECT 'https://app.example/' || number, 'n', '[]', '[]', '[]', 0, 0, :at FROM numbers`,
    args: { at: nowMs - HOUR_MS, count: MAX_DESCRIBED_CLIENTS },
  });
  expect(await outcomeOf()).toBe("unreadable");
  expect(recorded()).toEqual(["too-many"]);
  expect(await outcomeOf("https://app.example/7")).toContain("callback");
});

test("is none where clients may not describe themselves, even if it did before", async () => {
  await outcomeOf();
  clients = open(false);
  expect(await clients.find(CLIENT)).toBeUndefined();
  expect(await outcomeOf()).toBe("unknown");
  expect(await outcomeOf("https://app.example/other")).toBe("unknown");
  expect(clients.isDescribed(CLIENT)).toBe(false);
  expect(read).toEqual([CLIENT]);
});
