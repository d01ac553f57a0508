/** Second factors passed for one request only, and roles that demand one at login, through all workers. */
import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { openMint } from "../support/mint.ts";
import {
  type Answer,
  atOnce,
  type Call,
  codeOf,
  type Enrolled,
  forgetTimeSteps,
  type Person,
  send,
  tally,
} from "../support/twofa.ts";

interface Purpose {
  method: string;
  path: string;
  bodySha256?: string;
}

const CHALLENGE = 'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"';
const HOME = { method: "DELETE", path: "/kms/services/films" };

/** What a session begins with. */
const logIn = async (fountain: Fountain): Promise<{ token: string; refreshToken: string; scope: string }> => {
  const json = { username: fountain.adminUsername, password: fountain.adminPassword };
  const { body } = await send(fountain, "POST", "/kms/login", { json });
  return {
    token: String(body["access_token"]),
    refreshToken: String(body["refresh_token"]),
    scope: String(body["scope"]),
  };
};

const personWith = (fountain: Fountain, token: string): Person => ({
  id: String(decodeJwt(token).sub),
  token,
  call: (method, path, call) => send(fountain, method, `/twofa${path}`, { token, ...call }),
});

/** Gives the person a factor. */
const enrolApp = async ({ call }: Person): Promise<Enrolled> => {
  const { body } = await call("POST", "/factors/totp");
  const secret = String(body["secret"]);
  const json = { factorId: body["factorId"], code: codeOf(secret) };
  const confirmed = await call("POST", "/factors/totp/confirm", { json });
  expect(confirmed.status).toBe(200);
  return { factorId: String(body["factorId"]), secret, recoveryCodes: [] };
};

describe("a second factor passed for one request", () => {
  let fountain: Fountain;
  let admin: Person;
  let app: Enrolled;

  beforeAll(async () => {
    fountain = await startFountain();
    admin = personWith(fountain, (await logIn(fountain)).token);
    app = await enrolApp(admin);
  });
  afterAll(() => fountain.stop());

  const call = (method: string, path: string, options: Call = {}): Promise<Answer> =>
    send(fountain, method, path, { token: admin.token, ...options });
  /** As the administrator who has passed a factor. */
  const arrange = async (path: string, json: unknown): Promise<Answer> =>
    call("POST", path, {
      token: await (await openMint(fountain)).sign({ scope: SCOPES.join(" "), acr: "aal2" }),
      json,
    });
  const createService = (): Promise<Answer> => arrange("/kms/services", { name: "films", scopes: ["sequence:read"] });

  const verify = async (purpose: unknown): Promise<Answer> => {
    await forgetTimeSteps(fountain, admin);
    return admin.call("POST", "/auth/verify", { json: { code: codeOf(app.secret), purpose } });
  };
  const grantFor = async (purpose: Purpose): Promise<string> => {
    const { status, body } = await verify(purpose);
    expect(status, JSON.stringify(body)).toBe(200);
    return String(body["access_token"]);
  };

  test("gives a token that names it, for a minute", async () => {
    const { body } = await verify({ ...HOME, bodySha256: "00".repeat(32) });
    const details = [
      { type: "fountain_request", actions: ["DELETE"], locations: [HOME.path], bodySha256: "A".repeat(43) },
    ];
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 60, authorization_details: details });
    const claims = decodeJwt(String(body["access_token"]));
    expect(claims).toMatchObject({ acr: "aal2", amr: ["pwd", "otp", "mfa"], authorization_details: details });
    // It is issued as of when the rights were read, which may be in the second before.
    expect([60, 61]).toContain(Number(claims.exp) - Number(claims.iat));
  });

  test("is good for that request, once", async () => {
    await createService();
    const token = await grantFor(HOME);
    expect((await call("DELETE", HOME.path, { token })).status).toBe(204);
    await createService();
    const again = await call("DELETE", HOME.path, { token });
    expect(again).toMatchObject({ status: 401, body: { code: "step-up-required" } });
    expect(again.headers.get("www-authenticate")).toBe(CHALLENGE);
    expect((await call("GET", HOME.path)).status).toBe(200);
  });

  test("passes one of twenty requests at once", async () => {
    await createService();
    const token = await grantFor({ method: "POST", path: "/kms/keys/films/rotate" });
    await arrange("/kms/keys", { service: "films" });
    const answers = await atOnce(20, () => call("POST", "/kms/keys/films/rotate", { token, json: {} }));
    expect(tally(answers)).toEqual({ 200: 1, 401: 19 });
  });

  test("is not used up by requests that it is not good for", async () => {
    await createService();
    const token = await grantFor(HOME);
    const others: [string, string][] = [
      ["DELETE", "/kms/services/other"],
      ["DELETE", `${HOME.path}?force=1`],
      ["DELETE", "/kms/keys/films"],
      ["DELETE", "/kms/me"],
      ["PUT", `${HOME.path}/webhook`],
    ];
    for (const [method, path] of others) {
      const refused = await call(method, path, { token });
      expect(refused, path).toMatchObject({ status: 401, body: { code: "step-up-required" } });
    }
    expect((await call("DELETE", HOME.path, { token })).status).toBe(204);
  });

  test("opens nothing else, not even what needs no second factor", async () => {
    const token = await grantFor(HOME);
    for (const [method, path] of [
      ["GET", "/kms/me"],
      ["GET", "/kms/services"],
      ["GET", HOME.path],
      ["POST", "/kms/logout"],
      ["POST", "/twofa/auth/verify"],
    ] as const)
      expect(await call(method, path, { token }), path).toMatchObject({ status: 403, body: { code: "forbidden" } });
    const form = (fields: Record<string, string>, path: string) =>
      fountain.fetch(path, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await form({ token: admin.token }, "/kms/introspect")).status).toBe(403);
  });

  test("cannot be exchanged for a token that does more", async () => {
    await createService();
    const key = await arrange("/kms/keys", { service: "films" });
    const exchange = async (subject_token: string): Promise<number> => {
      const { status } = await fountain.fetch("/kms/token", {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
          subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
          subject_token,
          client_id: "films",
          client_secret: String(key.body["key"]),
          audience: "service-a",
        }),
      });
      return status;
    };
    expect(await exchange(await grantFor(HOME))).toBe(400);
    expect(await exchange(admin.token)).toBe(200);
  });

  test("does not raise the session", async () => {
    await grantFor(HOME);
    const profile = await call("GET", "/kms/me");
    expect(profile.body["session"]).toMatchObject({ acr: "aal1", amr: ["pwd"] });
    expect((await call("DELETE", HOME.path)).status).toBe(401);
  });

  test("ends with the session, at once", async () => {
    const { token: other } = await logIn(fountain);
    await forgetTimeSteps(fountain, admin);
    const json = { code: codeOf(app.secret), purpose: HOME };
    const granted = await admin.call("POST", "/auth/verify", { token: other, json });
    expect(granted.status).toBe(200);
    await call("POST", "/kms/logout", { token: other });
    const refused = await call("DELETE", HOME.path, { token: String(granted.body["access_token"]) });
    expect(refused.status).toBe(401);
  });

  test("takes the body that was named, to the byte, in either spelling of its hash", async () => {
    const path = "/service-a/sequence/reorder";
    const body = JSON.stringify({ elementType: "script", elementIds: [1], newOrder: [1] });
    const hash = createHash("sha256").update(body).digest();
    for (const bodySha256 of [hash.toString("hex"), hash.toString("base64url")]) {
      const token = await grantFor({ method: "POST", path, bodySha256 });
      const post = (sent: string) =>
        fountain.fetch(path, {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: sent,
        });
      expect((await post(`${body} `)).status).toBe(401);
      expect((await post("")).status).toBe(401);
      // 422: there is no such element, which service-a says, past every check.
      expect((await post(body)).status).toBe(422);
      expect((await post(body)).status).toBe(401);
    }
  });

  test("can be had for any spelling of the path that the gateway takes for the same", async () => {
    await createService();
    const token = await grantFor({ method: "DELETE", path: "/kms/./x/../services/f%69lms" });
    expect((await call("DELETE", HOME.path, { token })).status).toBe(204);
  });

  test("can be had by a recovery code too", async () => {
    const codes = await admin.call("POST", "/recovery-codes", {
      token: await grantFor({ method: "POST", path: "/twofa/recovery-codes" }),
    });
    const [recoveryCode] = Array.isArray(codes.body["recoveryCodes"]) ? codes.body["recoveryCodes"] : [];
    const granted = await admin.call("POST", "/auth/verify", { json: { recoveryCode, purpose: HOME } });
    expect(granted.body["authorization_details"]).toMatchObject([{ locations: [HOME.path] }]);
  });

  test.each([
    [{ method: "GET", path: "/kms/me" }, "#/purpose/path"],
    [{ method: "DELETE", path: "/kms/nothing" }, "#/purpose/path"],
    [{ method: "DELETE", path: "//kms/services/films" }, "#/purpose/path"],
    [{ method: "DELETE", path: "kms/services/films" }, "#/purpose/path"],
    [{ method: "BREW", path: HOME.path }, "#/purpose/method"],
    [{ ...HOME, bodySha256: "00" }, "#/purpose/bodySha256"],
    [{ ...HOME, bodySha256: `${"A".repeat(42)}B` }, "#/purpose/bodySha256"],
    [{ ...HOME, more: 1 }, "#/purpose/more"],
  ])("cannot be asked for as %o, and no code is used up for that", async (purpose, pointer) => {
    const refused = await verify(purpose);
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
    await grantFor(HOME);
  });

  test("is what a code in X-OTP comes to", async () => {
    await createService();
    await forgetTimeSteps(fountain, admin);
    // As it is pasted out of an app, with the no-break space that apps show in the middle.
    const otp = { "x-otp": codeOf(app.secret).replace(/^\d{3}/, "$&\u00a0") };
    expect((await call("DELETE", HOME.path, { headers: otp })).status).toBe(204);
    expect(await call("DELETE", HOME.path, { headers: otp })).toMatchObject({ body: { code: "code-refused" } });
  });
});

describe("a role that demands a second factor at login", () => {
  let fountain: Fountain;

  beforeAll(async () => {
    fountain = await startFountain({ settings: { STEP_UP_FOR_ROLES: "admin, auditor" } });
  });
  afterAll(() => fountain.stop());

  const refresh = async (refreshToken: string, more: Record<string, string> = {}) => {
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken, ...more });
    const response = await fountain.fetch("/kms/token", { method: "POST", body });
    return Object(await response.json());
  };
  /** Of the administrator, once he has passed a factor. */
  let raisedRefreshToken = "";
  const listUsers = (token: string): Promise<Answer> => send(fountain, "GET", "/kms/users", { token });

  test("keeps its rights back until the factor is passed, and lets nobody lock himself out", async () => {
    const { token, refreshToken, scope } = await logIn(fountain);
    expect(scope).toBe("");
    expect(decodeJwt(token)).toMatchObject({ roles: [], scope: "", withheld_roles: ["admin"], acr: "aal1" });
    const refused = await listUsers(token);
    expect(refused).toMatchObject({ status: 401, body: { code: "step-up-required" } });
    expect(refused.body["detail"]).toContain("admin");
    expect(refused.headers.get("www-authenticate")).toBe(CHALLENGE);
    expect((await refresh(refreshToken, { scope: "users:admin" })).error).toBe("invalid_scope");
    const refreshed = await refresh(refreshToken);
    expect(refreshed.scope).toBe("");

    const admin = personWith(fountain, token);
    const { secret } = await enrolApp(admin);
    expect((await listUsers(token)).status).toBe(401);
    await forgetTimeSteps(fountain, admin);
    const purpose = { method: "DELETE", path: "/kms/services/none" };
    const granted = await admin.call("POST", "/auth/verify", { json: { code: codeOf(secret), purpose } });
    const once = await send(fountain, "DELETE", purpose.path, { token: String(granted.body["access_token"]) });
    expect(once.status).toBe(404);
    expect((await listUsers(token)).status).toBe(401);

    await forgetTimeSteps(fountain, admin);
    const raised = await admin.call("POST", "/auth/verify", { json: { code: codeOf(secret) } });
    expect((await listUsers(String(raised.body["access_token"]))).status).toBe(200);

    const kept = await refresh(refreshed.refresh_token);
    expect(kept.scope).toContain("users:admin");
    expect(decodeJwt(kept.access_token)).toMatchObject({ roles: ["admin"], acr: "aal2" });
    expect((await listUsers(kept.access_token)).status).toBe(200);
    raisedRefreshToken = kept.refresh_token;
  });

  test("keeps nothing back of the roles that demand none", async () => {
    const { access_token: token } = await refresh(raisedRefreshToken);
    const person = { username: "ada", password: "a password for tests" };
    const json = { ...person, roles: ["auditor", "user"] };
    expect((await send(fountain, "POST", "/kms/users", { token, json })).status).toBe(201);
    const { body } = await send(fountain, "POST", "/kms/login", { json: person });
    expect(body["scope"]).toBe("sequence:read search:read");
    const ada = personWith(fountain, String(body["access_token"]));
    const read = (path: string, as: string) => send(fountain, "GET", path, { token: as });
    expect((await read("/service-a/scripts", ada.token)).status).toBe(200);
    expect((await read("/kms/audit", ada.token)).status).toBe(401);
    // A scope that was left out on purpose does not come with the factor.
    const narrow = await refresh(String(body["refresh_token"]), { scope: "search:read" });

    const { secret } = await enrolApp(ada);
    const raise = async (as: string): Promise<string> => {
      await forgetTimeSteps(fountain, ada);
      const raised = await ada.call("POST", "/auth/verify", { token: as, json: { code: codeOf(secret) } });
      return String(raised.body["access_token"]);
    };
    expect((await read("/kms/audit", await raise(ada.token))).status).toBe(200);
    expect(decodeJwt(await raise(narrow.access_token))["scope"]).toBe("search:read");
  });

  test("still lets the session be ended", async () => {
    const { token } = await logIn(fountain);
    expect((await send(fountain, "POST", "/kms/logout", { token })).status).toBe(204);
  });
});
