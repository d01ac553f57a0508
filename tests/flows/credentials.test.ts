/**
 * Every credential that must not do, at every route there is: through the gateway, and at each worker itself, which
 * trusts nothing that the gateway has checked. The routes come from the route table, so that a new one cannot escape.
 */
import { createHash, createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { ANY_TYPE, type Policy, ROUTES, WORKERS, type WorkerName } from "../../shared/http/routes.ts";
import { createTestSigner } from "../../shared/testing/tokens.ts";
import { type Fountain, startFountain } from "../harness.ts";
import { type Mint, openMint } from "../mint.ts";

interface Route {
  name: string;
  method: string;
  path: string;
  /** The path as callers of the gateway know it. */
  called: string;
  policy: Policy;
}

const routesOf = (worker: WorkerName, prefix: string): Route[] =>
  Object.entries(ROUTES[worker]).map(([key, policy]) => {
    const [method = "", template = ""] = key.split(" ");
    const path = template.replaceAll(/\{\w+\+?\}/g, "7");
    return { name: `${method} ${prefix}${template}`, method, path: prefix + path, called: `/${worker}${path}`, policy };
  });

const BEHIND_THE_GATEWAY = WORKERS.filter((worker) => worker !== "gateway");
const isProtected = ({ policy }: Route): boolean => policy.caller !== "anyone";

const BODIES: Record<string, string> = {
  "application/json": "{}",
  "application/x-www-form-urlencoded": "a=b",
  "text/plain": " ",
};

/** The media type a route is called with, where it takes any. */
const typeOf = ({ consumes = "application/json" }: Policy): string => (consumes === ANY_TYPE ? "text/plain" : consumes);

const hasBody = (method: string): boolean => method === "POST" || method === "PUT";

const bodyOf = ({ method, policy }: Pick<Route, "method" | "policy">): { body?: string } =>
  hasBody(method) ? { body: BODIES[typeOf(policy)] ?? "" } : {};

const send = (
  fountain: Fountain,
  { method, path, policy }: Route,
  headers: Record<string, string>,
): Promise<Response> => {
  const typed = hasBody(method) ? { "content-type": typeOf(policy) } : {};
  return fountain.fetch(path, { method, headers: { ...typed, ...headers }, ...bodyOf({ method, policy }) });
};

/** Typesense's clients are told a message and nothing else; what it stands for shows in the status. */
const CODES: Record<number, string> = { 400: "malformed-request", 401: "unauthenticated", 403: "forbidden" };

/** Status, code and challenge of an answer, in one line. */
const describeAnswer = async (response: Response, { policy }: Route): Promise<string> => {
  const body = Object(await response.json().catch(() => undefined));
  const isMessage = typeof body.message === "string" && Object.keys(body).length === 1;
  const code = policy.dialect === "typesense" && isMessage ? CODES[response.status] : body.code;
  const challenge = response.headers.get("www-authenticate") ?? "no challenge";
  return `${response.status} ${code}, ${challenge}`;
};

const ANONYMOUS = "401 unauthenticated, Bearer";
const REFUSED = '401 unauthenticated, Bearer error="invalid_token"';
const FORBIDDEN = '403 forbidden, Bearer error="insufficient_scope"';
const STEP_UP =
  '401 step-up-required, Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"';

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** A revocation is known everywhere within five seconds. */
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };
const REVOKED_SESSION = "a-session-that-has-ended";
const ALL_SCOPES = SCOPES.join(" ");
/** A caller who may do everything, so that a refusal has no other reason than the one thing that is wrong. */
const everything = (claims: Record<string, unknown> = {}): Record<string, unknown> => ({
  sid: crypto.randomUUID(),
  scope: ALL_SCOPES,
  acr: "aal2",
  amr: ["pwd", "otp"],
  ...claims,
});
const service = { client_id: "a-service", sub: "a-service" };
const scopedKey = { scope: ALL_SCOPES, search_filter: "script_id:=1" };

type Headers = Record<string, string>;

/** Credentials that no route takes, each with one thing wrong. */
const brokenCredentials = async (mint: Mint): Promise<Record<string, Headers>> => {
  const stranger = await createTestSigner(mint.kid);
  const good = await mint.sign(everything());
  const [header = "", payload = "", signature = ""] = good.split(".");
  const hs256 = `${segment({ alg: "HS256", typ: "at+jwt", kid: mint.kid })}.${payload}`;
  return {
    "no token": bearer("not-a-token"),
    "another scheme": { authorization: "Basic YWRtaW46YWRtaW4=" },
    "an empty token": { authorization: "Bearer " },
    "two tokens": { authorization: `Bearer ${good}, Bearer ${good}` },
    expired: bearer(await mint.sign(everything({ exp: nowSeconds() - 1 }))),
    "without an end": bearer(await mint.sign(everything({ exp: undefined }))),
    "for another audience": bearer(await mint.sign(everything({ aud: "elsewhere" }))),
    "of another issuer": bearer(await mint.sign(everything({ iss: "https://evil.example" }))),
    "of another type": bearer(await mint.sign(everything(), { typ: "JWT" })),
    "of an unknown key": bearer(await mint.sign(everything(), { kid: "unknown" })),
    "signed by another key": bearer(await stranger.sign(JSON.parse(Buffer.from(payload, "base64url").toString()))),
    "signed by nobody": bearer(`${segment({ alg: "none", typ: "at+jwt", kid: mint.kid })}.${payload}.`),
    "signed with a shared secret": bearer(
      `${hs256}.${createHmac("sha256", mint.kid).update(hs256).digest("base64url")}`,
    ),
    "with another's claims": bearer(`${header}.${segment({ ...everything(), sub: "root" })}.${signature}`),
    "of an ended session": bearer(await mint.sign(everything({ sid: REVOKED_SESSION }))),
  };
};

/** A second factor that was passed for one request, and for nothing else. */
const grantFor = (method: string, path: string, bodySha256?: string): Record<string, unknown> => ({
  authorization_details: [
    { type: "fountain_request", actions: [method], locations: [path], ...(bodySha256 && { bodySha256 }) },
  ],
});

/** Second factors that were passed for this request but for one thing; `called`: the path at the gateway. */
const grantsForOthers = (method: string, called: string): Record<string, Record<string, unknown>> => ({
  "a grant for another method": grantFor(method === "POST" ? "PUT" : "POST", called),
  "a grant for another path": grantFor(method, `${called}/7`),
  "a grant for another worker": grantFor(method, called.replace(/^\/[^/]+/, "/elsewhere")),
  "a grant for the path past the gateway": grantFor(method, called.replace(/^\/[^/]+/, "")),
  "a grant for another query": grantFor(method, `${called}?really=1`),
  "a grant for another body": grantFor(method, called, "A".repeat(43)),
});

/** How a route must answer callers who are who they say, but may not do this. */
const insufficientCredentials = async (
  mint: Mint,
  { policy, method, called }: Route,
): Promise<Record<string, [Headers, string]>> => {
  const scopes = SCOPES.filter((scope) => scope !== policy.scope).join(" ");
  const longAgo = { auth_time: nowSeconds() - 301 };
  const signed = async (claims: Record<string, unknown>): Promise<Headers> =>
    bearer(await mint.sign(everything(claims)));
  const refused = async (
    claims: Record<string, Record<string, unknown>>,
    answer: string,
  ): Promise<Record<string, [Headers, string]>> =>
    Object.fromEntries(
      await Promise.all(Object.entries(claims).map(async ([name, claim]) => [name, [await signed(claim), answer]])),
    );
  return {
    ...(policy.scope !== undefined && {
      "every scope but the one": [await signed({ scope: scopes }), `${FORBIDDEN}, scope="${policy.scope}"`],
      "no scope": [await signed({ scope: "" }), `${FORBIDDEN}, scope="${policy.scope}"`],
    }),
    ...(policy.scopedKeys !== true && { "a scoped key": [await signed(scopedKey), FORBIDDEN] }),
    ...(policy.caller === "user" && { "a service": [await signed(service), FORBIDDEN] }),
    ...(policy.stepUp?.when === "always" && {
      "one factor": [await signed({ acr: "aal1", amr: ["pwd"] }), STEP_UP],
      "a second factor of long ago": [await signed(longAgo), STEP_UP],
    }),
    ...(policy.stepUp === undefined && {
      "a grant for one request": [await signed(grantFor(method, called)), FORBIDDEN],
    }),
    ...(policy.stepUp !== undefined && (await refused(grantsForOthers(method, called), STEP_UP))),
    ...(policy.stepUp?.when === "always" &&
      policy.caller === "authenticated" && {
        "a service of one factor": [await signed({ ...service, acr: "aal1" }), STEP_UP],
      }),
  };
};

/** Answers of one route to each of these credentials, by the credential's name. */
const answersTo = async (fountain: Fountain, route: Route, credentials: Record<string, Headers>) => {
  const answers = Object.entries(credentials).map(
    async ([name, headers]) => [name, await describeAnswer(await send(fountain, route, headers), route)] as const,
  );
  return Object.fromEntries(await Promise.all(answers));
};

const surfaces: [string, WorkerName, Route[]][] = [
  ["through the gateway", "gateway", BEHIND_THE_GATEWAY.flatMap((worker) => routesOf(worker, `/${worker}`))],
  ...BEHIND_THE_GATEWAY.map((worker): [string, WorkerName, Route[]] => [
    `at ${worker} itself`,
    worker,
    routesOf(worker, ""),
  ]),
];

/** Any session will do: whose it is stands in the token. */
const ADD_GRANT = "INSERT INTO request_grants (token_id, session_id, expires_at) SELECT ?, id, ? FROM sessions LIMIT 1";

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
      sql: "INSERT INTO revocations (session_id, revoked_at) VALUES (?, ?)",
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
