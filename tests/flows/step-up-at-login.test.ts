/** Roles that demand a second factor at login, through all workers. */
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, send } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { codeOf, enrol, forgetTimeSteps, logIn, personWith, STEP_UP_CHALLENGE } from "../support/twofa.ts";

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
  /** Of the administrator, once they have passed a factor. */
  let raisedRefreshToken = "";
  const listUsers = (token: string): Promise<Answer> => send(fountain, "GET", "/kms/users", { token });

  test("keeps its rights back until the factor is passed, and lets nobody lock himself out", async () => {
    const { token, refreshToken, scope } = await logIn(fountain);
    expect(scope).toBe("");
    expect(decodeJwt(token)).toMatchObject({ roles: [], scope: "", withheld_roles: ["admin"], acr: "aal1" });
    const refused = await listUsers(token);
    expect(refused).toMatchObject({ status: 401, body: { code: "step-up-required" } });
    expect(refused.body["detail"]).toContain("admin");
    expect(refused.headers.get("www-authenticate")).toBe(STEP_UP_CHALLENGE);
    expect((await refresh(refreshToken, { scope: "users:admin" })).error).toBe("invalid_scope");
    const refreshed = await refresh(refreshToken);
    expect(refreshed.scope).toBe("");

    const admin = personWith(fountain, token);
    const { secret } = await enrol(admin);
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

    const { secret } = await enrol(ada);
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
