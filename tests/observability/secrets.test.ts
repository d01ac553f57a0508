/** A secret may come in anywhere. It goes out nowhere: in no log line, no number, no error. */
import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WORKERS } from "../../shared/contracts/workers.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";

/** Fit for every place: header, path, query, JSON, form. Whatever is made of it, this much of it would be left. */
const MARK = "s3cr3t-m4rk";
const JWT_WITH_MARK = [{ alg: "EdDSA", kid: MARK }, { sub: MARK, sid: MARK, aud: MARK }, MARK]
  .map((part) => Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url"))
  .join(".");
const BASIC_WITH_MARK = `Basic ${Buffer.from(`${MARK}:${MARK}`).toString("base64")}`;
/** The mark itself, and what encodings turn it into. */
const TRACES = [
  MARK,
  encodeURIComponent(`${MARK}!`),
  Buffer.from(MARK).toString("base64url"),
  JWT_WITH_MARK,
  BASIC_WITH_MARK,
];

interface Call {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

let fountain: Fountain;
let user: Record<string, string>;
let service: Record<string, string>;
/** Real ones, used in the course of the test. */
const secrets: string[] = [];

const jsonType = { "content-type": "application/json" };
const formType = { "content-type": "application/x-www-form-urlencoded" };

const send = ({ method = "POST", path, headers = {}, body }: Call): Promise<Response> =>
  fountain.fetch(path, {
    method,
    headers: { ...(body !== undefined && jsonType), ...headers },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
  });

const answerOf = async (call: Call): Promise<Record<string, unknown>> => ({
  ...Object(await (await send(call)).json()),
});

const enrol = async (): Promise<void> => {
  const { factorId, secret } = await answerOf({ path: "/twofa/factors/totp", headers: user });
  const code = await generate({ secret: String(secret) });
  const confirmed = await answerOf({ path: "/twofa/factors/totp/confirm", headers: user, body: { factorId, code } });
  const [recoveryCode, ...others] = Array.isArray(confirmed["recoveryCodes"]) ? confirmed["recoveryCodes"] : [];
  const raised = await answerOf({ path: "/twofa/auth/verify", headers: user, body: { recoveryCode } });
  user = { authorization: `Bearer ${raised["access_token"]}` };
  secrets.push(String(secret), String(recoveryCode), ...others, String(raised["access_token"]));
};

beforeAll(async () => {
  fountain = await startFountain({ ownSqld: true, settings: { REGISTRATION: "open", LOG_LEVEL: "debug" } });
  user = await logIn(fountain);
  secrets.push(fountain.secretKey, fountain.adminPassword, user["authorization"] ?? "");
  service = await registerService(fountain, user, "observed", ["sequence:read", "sequence:write", "search:read"]);
  secrets.push(service["x-api-key"] ?? "");
  await enrol();
});
afterAll(() => fountain.stop());

const tokenForm = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();

/** By name: where the mark stands, in a call that does not succeed. */
const CALLS: Record<string, () => Call> = {
  "a wrong password": () => ({ path: "/kms/login", body: { username: "admin", password: MARK } }),
  "a password typed as the username": () => ({ path: "/kms/login", body: { username: MARK, password: "x" } }),
  "a password under a wrong name": () => ({ path: "/kms/login", body: { username: "admin", passwort: MARK } }),
  "a password of the wrong type": () => ({ path: "/kms/login", body: { username: "admin", password: [MARK] } }),
  "malformed JSON": () => ({ path: "/kms/login", body: `{"username":"admin","password":"${MARK}` }),
  "JSON sent as a form": () => ({ path: "/kms/login", headers: formType, body: `{"password":"${MARK}"}` }),
  "the password of a name that is taken": () => ({
    path: "/kms/register",
    body: { username: "admin", password: `${MARK}-long-enough` },
  }),
  "a password that is too short": () => ({ path: "/kms/register", body: { username: "new", password: MARK } }),
  "a field that does not exist": () => ({ path: "/kms/users", headers: user, body: { username: "new", secret: MARK } }),
  "a refresh token": () => ({
    path: "/kms/token",
    headers: formType,
    body: tokenForm({ grant_type: "refresh_token", refresh_token: MARK }),
  }),
  "an unknown grant": () => ({ path: "/kms/token", headers: formType, body: tokenForm({ grant_type: MARK }) }),
  "a client secret in the form": () => ({
    path: "/kms/token",
    headers: formType,
    body: tokenForm({ grant_type: "client_credentials", client_id: "observed", client_secret: MARK }),
  }),
  "a client secret in Basic": () => ({
    path: "/kms/token",
    headers: { ...formType, authorization: BASIC_WITH_MARK },
    body: "grant_type=client_credentials",
  }),
  "an API key of no service": () => ({
    method: "GET",
    path: "/service-a/scripts",
    headers: { "x-api-key": `ftn_${MARK}` },
  }),
  "an API key beside a token": () => ({ method: "GET", path: "/kms/me", headers: { ...user, "x-api-key": MARK } }),
  "an API key in Typesense's header": () => ({
    path: "/search/search",
    headers: { "x-typesense-api-key": MARK },
    body: { q: "x", query_by: "text" },
  }),
  "an unreadable token": () => ({
    method: "GET",
    path: "/kms/me",
    headers: { authorization: `Bearer ${MARK} ${MARK}` },
  }),
  "a token signed by nobody, at the kms": () => ({
    method: "GET",
    path: "/kms/me",
    headers: { authorization: `Bearer ${JWT_WITH_MARK}` },
  }),
  "a token signed by nobody, at the others": () => ({
    method: "GET",
    path: "/service-a/elements",
    headers: { authorization: `Bearer ${JWT_WITH_MARK}` },
  }),
  "a Basic credential": () => ({ method: "GET", path: "/search/status", headers: { authorization: BASIC_WITH_MARK } }),
  "X-OTP": () => ({ method: "DELETE", path: "/twofa/factors/none", headers: { "x-otp": MARK } }),
  "X-OTP beside a token": () => ({
    method: "DELETE",
    path: "/kms/keys/observed/none",
    headers: { ...user, "x-otp": MARK },
  }),
  "a one-time code": () => ({ path: "/twofa/auth/verify", headers: user, body: { code: MARK } }),
  "a recovery code": () => ({ path: "/twofa/auth/verify", headers: user, body: { recoveryCode: MARK } }),
  "a code for a factor": () => ({
    path: "/twofa/factors/totp/confirm",
    headers: user,
    body: { factorId: crypto.randomUUID(), code: MARK },
  }),
  "a cookie": () => ({ method: "GET", path: "/kms/me", headers: { cookie: `session=${MARK}` } }),
  "a token in the query": () => ({ method: "GET", path: `/kms/me?access_token=${MARK}` }),
  "a cursor": () => ({ method: "GET", path: `/service-a/elements?after=${MARK}!`, headers: service }),
  "the user agent": () => ({
    method: "GET",
    path: "/kms/me",
    headers: { "user-agent": MARK, referer: `http://${MARK}/` },
  }),
  "what should be a request id": () => ({
    method: "GET",
    path: "/kms/me",
    headers: { "x-request-id": `Bearer ${MARK}` },
  }),
  "what should be a trace": () => ({
    method: "GET",
    path: "/kms/me",
    headers: { traceparent: MARK, tracestate: `vendor=${MARK}` },
  }),
  "the media type": () => ({ path: "/search/search", headers: { ...service, "content-type": MARK }, body: "{}" }),
  "an element that is there already": () => ({
    path: "/service-a/sequence",
    headers: service,
    body: { elementType: "action", elementId: 1, comment: MARK, text: MARK },
  }),
  "a screenplay that is none": () => ({
    path: "/service-a/scripts",
    headers: { ...service, "content-type": "text/plain" },
    body: `\u0000${MARK}`,
  }),
  "a search with a filter that cannot be read": () => ({
    path: "/search/search",
    headers: service,
    body: { q: MARK, query_by: "text", filter_by: "text:=(" },
  }),
};

/** The problem's own `instance` names the path, which the caller knows. */
const PATHS: Record<string, () => Call> = {
  "a path that does not exist": () => ({ method: "GET", path: `/${MARK}` }),
  "a path of a worker that does not exist": () => ({ method: "GET", path: `/kms/${MARK}` }),
  "a path with the key as the service": () => ({ method: "GET", path: `/kms/keys/${MARK}`, headers: service }),
  "a path with the user's secret as the id": () => ({ method: "GET", path: `/kms/users/${MARK}`, headers: user }),
  "an element's id": () => ({ method: "GET", path: `/service-a/elements/action/${MARK}`, headers: service }),
};

const leaksIn = (text: string): string[] =>
  [...TRACES, ...secrets].filter((trace) => trace !== "" && text.includes(trace));

/** Sends one last request through every worker, and waits until its lines are there. */
const allLogged = async (): Promise<void> => {
  const requestId = `canary-${crypto.randomUUID()}`;
  await send({ method: "GET", path: "/ready", headers: { "x-request-id": requestId } });
  const services = (): string[] =>
    WORKERS.filter((worker) =>
      fountain.logs.some((line) => line.includes(`"service":"${worker}"`) && line.includes(requestId)),
    );
  await expect.poll(services, { timeout: 5_000 }).toEqual(WORKERS);
};

const expectNoLeak = async (): Promise<void> => {
  await allLogged();
  expect(fountain.logs.filter((line) => leaksIn(line).length > 0)).toEqual([]);
  expect(leaksIn(await fountain.metrics())).toEqual([]);
};

describe("a secret that comes in", () => {
  beforeAll(async () => {
    const element = { elementType: "action", elementId: 1, comment: "c", text: "t" };
    expect((await send({ path: "/service-a/sequence", headers: service, body: element })).status).toBe(201);
  });

  test.each(Object.entries(CALLS))("as %s is in no answer", async (_place, call) => {
    const response = await send(call());
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(leaksIn(await response.text())).toEqual([]);
    expect(leaksIn([...response.headers.values()].join("\n"))).toEqual([]);
  });

  test.each(Object.entries(PATHS))("as %s is in no answer but as the path that was asked for", async (_place, call) => {
    const response = await send(call());
    expect(response.status).toBeGreaterThanOrEqual(400);
    const { instance, ...problem } = Object(await response.json());
    expect(instance).toContain(MARK);
    expect(leaksIn(JSON.stringify(problem))).toEqual([]);
  });

  test("is in no line and no number, and neither is any that was really used", async () => {
    expect(secrets.length).toBeGreaterThan(10);
    await expectNoLeak();
  });
});

describe("while the database is gone", () => {
  beforeAll(() => fountain.killSqld());
  afterAll(() => fountain.restartSqld());

  test.each(Object.entries({ ...CALLS, ...PATHS }))("%s is in no answer", async (place, call) => {
    const response = await send(call());
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(504);
    const { instance, ...problem } = Object(await response.json());
    expect(leaksIn(JSON.stringify(problem))).toEqual([]);
    if (!(place in PATHS)) expect(leaksIn(String(instance))).toEqual([]);
  });

  test("nothing of it is in any line, though the lines tell of failed queries", async () => {
    expect(fountain.logs.some((line) => line.includes("DatabaseUnavailable"))).toBe(true);
    await allLogged();
    await expectNoLeak();
  });
});
