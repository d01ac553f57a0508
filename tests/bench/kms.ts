/** What the kms's calls cost with few and with very many accounts and keys. */
import type { Client } from "@libsql/client/http";
import type { Fountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";
import { startWorkerd } from "../support/workerd.ts";
import { median, percentile, timesOf } from "./measure.ts";
import { milliseconds, ratio, type Table } from "./table.ts";

const SIZES = [1_000, 1_000_000] as const;
const ROWS_A_STATEMENT = 50_000;
const CALLS = 400;
const LOGINS = 60;
const TURNS = 10;
const KEYS = 100;
const AT_ONCE = 2;

/** Strangers: rows as real ones are, of people and keys that nobody uses. */
const FILL = [
  `WITH RECURSIVE numbers (n) AS (SELECT :from UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :until)
   INSERT INTO users (id, username, username_key, username_skeleton, password_hash, roles, created_at)
   SELECT lower(hex(randomblob(16))), 'stranger-' || CAST(n AS INTEGER), 'stranger-' || CAST(n AS INTEGER),
     'stranger-' || CAST(n AS INTEGER),
     (SELECT password_hash FROM users WHERE username_key = 'admin'), '["user"]', :at FROM numbers`,
  `WITH RECURSIVE numbers (n) AS (SELECT :from UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :until)
   INSERT INTO api_keys (id, session_id, service, key_hash, scopes, created_at)
   SELECT lower(hex(randomblob(8))), lower(hex(randomblob(8))), 'bench', hex(randomblob(32)), '["keys:read"]', :at FROM numbers`,
];

const fill = async (database: Client, from: number, until: number): Promise<void> => {
  for (let start = from; start < until; start += ROWS_A_STATEMENT) {
    const args = { from: start, until: Math.min(start + ROWS_A_STATEMENT, until), at: Date.now() };
    for (const sql of FILL) await database.execute({ sql, args });
  }
};

type Headers = Record<string, string>;
type Calls = Record<string, { count: number; call: (index: number) => Promise<unknown> }>;

const createCalls = (fountain: Fountain, keys: readonly string[], refreshTokens: string[]): Calls => {
  const send = async (path: string, headers: Headers, body: string, expected: number): Promise<unknown> => {
    const response = await fountain.fetch(path, { method: "POST", headers, body });
    const text = await response.text();
    if (response.status !== expected) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  const asJson = { "content-type": "application/json" };
  const form = (fields: Headers): string => new URLSearchParams(fields).toString();
  const asForm = { "content-type": "application/x-www-form-urlencoded" };
  const keyOf = (index: number): string => keys[index % keys.length] ?? "";
  const login = { username: fountain.adminUsername, password: fountain.adminPassword };
  return {
    login: { count: LOGINS, call: () => send("/kms/login", asJson, JSON.stringify(login), 200) },
    refresh: {
      count: CALLS,
      call: async (index) => {
        const turn = index % refreshTokens.length;
        const refresh_token = refreshTokens[turn] ?? "";
        const answer = await send("/kms/token", asForm, form({ grant_type: "refresh_token", refresh_token }), 200);
        if (typeof answer === "object" && answer !== null && "refresh_token" in answer) {
          refreshTokens[turn] = String(answer.refresh_token);
        }
      },
    },
    "client credentials": {
      count: CALLS,
      call: (index) => {
        const fields = { grant_type: "client_credentials", client_id: "bench", client_secret: keyOf(index) };
        return send("/kms/token", asForm, form(fields), 200);
      },
    },
    "key verify, cold: the kms looks it up": {
      count: CALLS,
      call: (index) => {
        const headers = { ...asJson, "x-api-key": keyOf(0) };
        return send("/kms/keys/verify", headers, JSON.stringify({ key: keyOf(index) }), 200);
      },
    },
    "key verify, warm: the gateway knows it": {
      count: CALLS,
      // Refused because only people have factors: by the gateway, after it has verified the key.
      call: (index) => send("/twofa/auth/verify", { ...asJson, "x-api-key": keyOf(index) }, "{}", 403),
    },
  };
};

const prepare = async (fountain: Fountain): Promise<Calls> => {
  const administrator = await logIn(fountain);
  const first = await registerService(fountain, administrator, "bench", ["keys:read"]);
  const keys = [first["x-api-key"] ?? ""];
  while (keys.length < KEYS) {
    const response = await fountain.fetch("/kms/keys", {
      method: "POST",
      headers: { ...administrator, "content-type": "application/json" },
      body: JSON.stringify({ service: "bench" }),
    });
    keys.push((await response.json<{ key: string }>()).key);
  }
  const refreshTokens: string[] = [];
  for (let session = 0; session < AT_ONCE; session += 1) {
    const response = await fountain.fetch("/kms/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: fountain.adminUsername, password: fountain.adminPassword }),
    });
    refreshTokens.push((await response.json<{ refresh_token: string }>()).refresh_token);
  }
  return createCalls(fountain, keys, refreshTokens);
};

/** Both sizes take turns, so that whatever else the machine does weighs on both alike. */
const measure = async (few: Fountain, many: Fountain): Promise<Table> => {
  const sides = [
    { calls: await prepare(few), size: SIZES[0], fountain: few, times: new Map<string, number[]>() },
    { calls: await prepare(many), size: SIZES[1], fountain: many, times: new Map<string, number[]>() },
  ];
  for (const { fountain, size } of sides) {
    const database = fountain.databases["kms"];
    if (!database) throw new Error("the kms has no database");
    await fill(database, 0, size);
  }
  for (let turn = 0; turn <= TURNS; turn += 1) {
    for (const { calls, times } of sides) {
      for (const [name, { count, call }] of Object.entries(calls)) {
        const taken = await timesOf({ count: Math.ceil(count / TURNS), concurrency: AT_ONCE }, call);
        // The first turn only warms up.
        if (turn > 0) times.set(name, [...(times.get(name) ?? []), ...taken]);
      }
    }
  }
  const columns = SIZES.flatMap((size) => [`p50, ${size.toLocaleString("en")}`, `p99, ${size.toLocaleString("en")}`]);
  const rowOf = (name: string): string[] => {
    const [of1, of2] = sides.map(({ times }) => times.get(name) ?? []);
    if (!of1 || !of2) throw new Error("there are two sides");
    const cells = [of1, of2].flatMap((some) => [milliseconds(median(some)), milliseconds(percentile(some, 0.99))]);
    return [name, ...cells, ratio(median(of2) / median(of1))];
  };
  return {
    title: "The kms with 1,000 and with 1,000,000 users and keys",
    method: `Through the gateway, ${AT_ONCE} concurrent callers, ${CALLS} calls each (${LOGINS} logins), in ${TURNS} alternating rounds. There are as many users as keys.`,
    columns: ["call", ...columns, "p50, many to few"],
    rows: Object.keys(sides[0]?.calls ?? {}).map(rowOf),
  };
};

export const benchKms = async (): Promise<Table> => {
  const few = await startWorkerd();
  const many = await startWorkerd();
  return measure(few, many).finally(async () => {
    await few.stop();
    await many.stop();
  });
};
