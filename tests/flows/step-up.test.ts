/** Second factors passed for one request only, through all workers. */
import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { type Answer, type Call, send } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { openMint } from "../support/mint.ts";
import {
  atOnce,
  codeOf,
  type Enrolled,
  enrol,
  forgetTimeSteps,
  logIn,
  type Person,
  personWith,
  STEP_UP_CHALLENGE,
  tally,
} from "../support/twofa.ts";

interface Purpose {
  method: string;
  path: string;
  bodySha256?: string;
}

const HOME = { method: "DELETE", path: "/kms/services/films" };

describe("a second factor passed for one request", () => {
  let fountain: Fountain;
  let admin: Person;
  let app: Enrolled;

  beforeAll(async () => {
    fountain = await startFountain();
    admin = personWith(fountain, (await logIn(fountain)).token);
    app = await enrol(admin);
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
    expect(again.headers.get("www-authenticate")).toBe(STEP_UP_CHALLENGE);
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
