/**
 * Every credential that must not do, at every route there is: through the gateway, and at each worker itself, which
 * trusts nothing that the gateway has checked. The routes come from the route table, so that a new one cannot escape.
 */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { WorkerName } from "../../shared/contracts/workers.ts";
import type { Policy } from "../../shared/policy/policy.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Mint, openMint } from "../support/mint.ts";
import {
  ANONYMOUS,
  answersTo,
  BEHIND_THE_GATEWAY,
  bearer,
  bodyOf,
  brokenCredentials,
  describeAnswer,
  everything,
  FORBIDDEN,
  grantFor,
  type Headers,
  insufficientCredentials,
  isProtected,
  KNOWN_WITHIN,
  REFUSED,
  REVOKED_SESSION,
  type Route,
  routesOf,
  STEP_UP,
  send,
} from "./credentials.ts";

const surfaces: [string, WorkerName, Route[]][] = [
  ["through the gateway", "gateway", BEHIND_THE_GATEWAY.flatMap((worker) => routesOf(worker, `/${worker}`))],
  ...BEHIND_THE_GATEWAY.map((worker): [string, WorkerName, Route[]] => [
    `at ${worker} itself`,
    worker,
    // What several workers contribute to exists at the gateway only.
    routesOf(worker, "").filter(({ policy }) => !policy.aggregated),
  ]),
];

/** Any session will do: whose it is stands in the token. */
const ADD_GRANT = "INSERT INTO request_grants (token_id, session_id, expires_at) SELECT ?, id, ? FROM sessions LIMIT 1";
/** One of the rows ends all other sessions of its caller. */
const REOPEN = "UPDATE sessions SET ended_at = NULL";

/** As a user whom nothing keeps from passing a second factor, but that he did not; and with a session. */
const enrolFactor = async (fountain: Fountain, { userId }: Mint): Promise<void> => {
  await fountain.databases["twofa"]?.execute({
    sql: `INSERT INTO factors (id, user_id, type, name, sealed_secret, created_at, confirmed_at)
          VALUES ('factor', ?, 'totp', 'app', '', 1, 1)`,
    args: [userId],
  });
  await fountain.databases["kms"]?.execute({
    sql: `INSERT INTO sessions (id, user_id, created_at, used_at, acr, amr, authenticated_at)
          VALUES ('session', ?, ?, ?, 'aal1', '["pwd"]', ?)`,
    args: [userId, Date.now(), Date.now(), Date.now()],
  });
};

describe.each(surfaces)("%s", (_, front, routes) => {
  let fountain: Fountain;
  let mint: Mint;
  let broken: Record<string, Headers>;

  beforeAll(async () => {
    fountain = await startFountain({ front });
    mint = await openMint(fountain);
    broken = await brokenCredentials(mint);
    await fountain.databases["kms"]?.execute({
      sql: "INSERT INTO revocations (revoked_id, revoked_at) VALUES (?, ?)",
      args: [REVOKED_SESSION, Date.now()],
    });
    await enrolFactor(fountain, mint);
    const [probe] = routes.filter(isProtected);
    if (!probe) throw new Error("there is a protected route behind every front");
    const ended = broken["of an ended session"] ?? {};
    await vi.waitFor(async () => expect((await send(fountain, probe, ended)).status).toBe(401), KNOWN_WITHIN);
  });
  afterAll(() => fountain.stop());

  describe.each(routes.filter(isProtected).map((route) => [route.name, route] as const))("%s", (_name, route) => {
    test("refuses a caller without a credential, whatever it claims to be", async () => {
      const claims = { "x-user-id": "root", "x-roles": "admin", cookie: "session=1", "x-forwarded-user": "root" };
      expect(await answersTo(fountain, route, { missing: {}, claimed: claims })).toEqual({
        missing: ANONYMOUS,
        claimed: ANONYMOUS,
      });
    });

    test("refuses every credential that is not good, and says the same to all", async () => {
      const expected = Object.fromEntries(Object.keys(broken).map((name) => [name, REFUSED]));
      expect(await answersTo(fountain, route, broken)).toEqual(expected);
    });

    test("refuses a good credential that does not suffice, and says what would", async () => {
      const cases = Object.entries(await insufficientCredentials(mint, route));
      const headers = Object.fromEntries(cases.map(([name, [sent]]) => [name, sent]));
      const expected = Object.fromEntries(cases.map(([name, [, answer]]) => [name, answer]));
      expect(await answersTo(fountain, route, headers)).toEqual(expected);
    });

    if (route.policy.stepUp !== undefined)
      test("takes a grant for this very request, once", async () => {
        const headers = async (): Promise<Headers> => {
          const sent = new Request("http://host", { method: route.method, ...bodyOf(route) });
          const hash = createHash("sha256")
            .update(Buffer.from(await sent.arrayBuffer()))
            .digest("base64url");
          const tokenId = crypto.randomUUID();
          await fountain.databases["kms"]?.execute(REOPEN);
          await fountain.databases["kms"]?.execute({ sql: ADD_GRANT, args: [tokenId, Date.now() + 60_000] });
          return bearer(await mint.sign(everything({ jti: tokenId, ...grantFor(route.method, route.called, hash) })));
        };
        const granted = await headers();
        const first = await send(fountain, route, granted);
        expect([401, 403], await first.text()).not.toContain(first.status);
        if (front !== "gateway") return;
        expect(await describeAnswer(await send(fountain, route, granted), route)).toBe(STEP_UP);
      });

    test("lets the same credential through once nothing is wrong with it", async () => {
      const response = await send(fountain, route, bearer(await mint.sign(everything())));
      expect(response.status, await response.text()).toBeLessThan(500);
      expect([401, 403]).not.toContain(response.status);
    });
  });
});

describe("an API key", () => {
  const routes = BEHIND_THE_GATEWAY.flatMap((worker) => routesOf(worker, `/${worker}`)).filter(isProtected);
  let fountain: Fountain;
  let token: string;
  let key: string;

  const post = async (path: string, body: unknown): Promise<unknown> => {
    const headers = { ...bearer(token), "content-type": "application/json" };
    const response = await fountain.fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    expect(response.status, await response.clone().text()).toBe(201);
    return response.json();
  };

  /** What every route answers to this key, by the route's name. */
  const answersOfAll = async (headers: Headers): Promise<Record<string, string>> => {
    const answers: Record<string, string> = {};
    for (const route of routes) answers[route.name] = await describeAnswer(await send(fountain, route, headers), route);
    return answers;
  };
  const all = (answerOf: (policy: Policy) => string): Record<string, string> =>
    Object.fromEntries(routes.map(({ name, policy }) => [name, answerOf(policy)]));

  beforeAll(async () => {
    fountain = await startFountain();
    token = await (await openMint(fountain)).sign(everything());
    await post("/kms/services", { name: "auditing", scopes: ["audit:read"] });
    key = String(Object(await post("/kms/keys", { service: "auditing" })).key);
  });
  afterAll(() => fountain.stop());

  test("that nobody issued opens no route", async () => {
    for (const unknown of ["", "x", `${key}x`, key.slice(0, -1), key.toUpperCase(), "k".repeat(5_000)]) {
      expect(await answersOfAll({ "x-api-key": unknown })).toEqual(all(() => REFUSED));
    }
  });

  test("is not taken as a token, but where Typesense's clients call, nor a token as a key", async () => {
    const asToken = ({ dialect }: Policy) => (dialect === "typesense" ? `${FORBIDDEN}, scope="search:read"` : REFUSED);
    expect(await answersOfAll(bearer(key))).toEqual(all(asToken));
    expect(await answersOfAll({ "x-api-key": token })).toEqual(all(() => REFUSED));
  });

  test("beside a token opens no route, however good both are (RFC 6750 §2)", async () => {
    const both = { ...bearer(token), "x-api-key": key };
    expect(await answersOfAll(both)).toEqual(all(() => "400 malformed-request, no challenge"));
  });

  test("of a service without the scope opens no route that wants one, nor one for users", async () => {
    const answers = await answersOfAll({ "x-api-key": key });
    const expected = all(({ scope }) => (scope === undefined ? FORBIDDEN : `${FORBIDDEN}, scope="${scope}"`));
    // Ending one's own credential needs no right, nor does a wrapping token, which is one.
    const free = ["POST /kms/logout", "POST /kms/secrets/unwrap"];
    for (const { name, policy } of routes)
      if (policy.scope === "audit:read" || free.includes(name)) expected[name] = answers[name] ?? "";
    expect(answers).toEqual(expected);
    expect(Object.values(answers).filter((answer) => answer.startsWith("403")).length).toBeGreaterThan(20);
  });

  test("that was revoked opens no route, five seconds later at the most", async () => {
    const revoked = await fountain.fetch("/kms/keys/auditing", { method: "DELETE", headers: bearer(token) });
    expect(revoked.status).toBe(204);
    const probe = () => fountain.fetch("/kms/users", { headers: { "x-api-key": key } });
    await vi.waitFor(async () => expect((await probe()).status).toBe(401), KNOWN_WITHIN);
    expect(await answersOfAll({ "x-api-key": key })).toEqual(all(() => REFUSED));
  });
});
