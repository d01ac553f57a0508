/**
 * The main job, asserted step by step through the gateway. One suite for every place Fountain runs in: it knows
 * nothing but a base URL and the administrator.
 */
import { generate } from "otplib";
import { expect, test } from "vitest";
import { caller, expectProblem, type Headers, type Target } from "../support/call.ts";

const SCREENPLAY = `Title: The Last Bus
Author: Nobody

INT. BUS STATION - NIGHT

A clock without hands. MARTA waits on a bench.

MARTA
Does the last bus stop here?

OLD MAN
(not looking up)
It stopped here once.

EXT. ROAD - NIGHT

Headlights, far away.

MARTA
Then I shall walk towards it.

INT. BUS - DAWN

Empty seats. The driver hums.

DRIVER
End of the line, everybody.
`;

const MARK = crypto.randomUUID().slice(0, 8);
const SERVICE = `journey-${MARK}`;
const PATIENCE_MS = 10_000;

/** Declares the tests; they share one story and run in order. */
export const journey = (target: () => Target): void => {
  const call = caller(target);
  const bearer = (token: unknown): Headers => ({ authorization: `Bearer ${token}` });
  const story: Record<string, string> = {};
  const codeAt = (stepsFromNow: number): Promise<string> =>
    generate({ secret: story["secret"] ?? "", epoch: Math.floor(Date.now() / 1000) + stepsFromNow * 30 });
  /** Waits out the last moments of a time step, so that a code computed now is still of the step before. */
  const settled = async (): Promise<void> => {
    const leftMs = 30_000 - (Date.now() % 30_000);
    if (leftMs < 2_000) await new Promise((resolve) => setTimeout(resolve, leftMs));
  };
  const user = (): Headers => bearer(story["token"]);
  const service = (): Headers => ({ "x-api-key": story["key"] ?? "" });
  const sections: number[] = [];

  test("everything answers", async () => {
    expect(await call("GET", "/health")).toMatchObject({ status: 200, body: { status: "ok" } });
    expect((await call("GET", "/ready")).status).toBe(200);
    expect((await call("GET", "/")).headers.get("content-type")).toContain("text/html");
    const { body } = await call("GET", "/openapi.json");
    expect(body).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
    expect(Object.keys(body["paths"] ?? {})).toEqual(
      expect.arrayContaining(["/kms/login", "/twofa/auth/verify", "/search/search", "/service-a/sequence"]),
    );
  });

  test("logs in, and refuses a wrong password", async () => {
    const { adminUsername: username, adminPassword: password } = target();
    expectProblem(await call("POST", "/kms/login", {}, { username, password: `${password}x` }), 401);
    const { status, body } = await call("POST", "/kms/login", {}, { username, password });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 900, scope: expect.any(String) });
    story["token"] = String(body["access_token"]);
    story["refresh"] = String(body["refresh_token"]);
    const me = await call("GET", "/kms/me", user());
    expect(me.body).toMatchObject({ username, roles: ["admin"] });
  });

  test("refreshes, answers a repeated refresh alike, and ends the session when an old token comes back", async () => {
    const form = (token: string) =>
      new URLSearchParams({ grant_type: "refresh_token", refresh_token: token }).toString();
    const asForm = { "content-type": "application/x-www-form-urlencoded" };
    const first = await call("POST", "/kms/token", asForm, form(story["refresh"] ?? ""));
    expect(first.status).toBe(200);
    const repeated = await call("POST", "/kms/token", asForm, form(story["refresh"] ?? ""));
    expect(repeated.body["refresh_token"]).toBe(first.body["refresh_token"]);
    const second = await call("POST", "/kms/token", asForm, form(String(first.body["refresh_token"])));
    expect(second.status).toBe(200);
    const reused = await call("POST", "/kms/token", asForm, form(story["refresh"] ?? ""));
    expect(reused).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    const after = await call("POST", "/kms/token", asForm, form(String(second.body["refresh_token"])));
    expect(after).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    await expect.poll(async () => (await call("GET", "/kms/me", user())).status, { timeout: 6_000 }).toBe(401);
    const { adminUsername: username, adminPassword: password } = target();
    const again = await call("POST", "/kms/login", {}, { username, password });
    story["token"] = String(again.body["access_token"]);
  });

  test("enrols TOTP", async () => {
    const begun = await call("POST", "/twofa/factors/totp", user());
    expect(begun.status).toBe(201);
    expect(begun.body).toMatchObject({
      uri: expect.stringContaining(`otpauth://totp/Fountain:${target().adminUsername}?`),
      qrSvg: expect.stringContaining("<svg"),
    });
    story["secret"] = String(begun.body["secret"]);
    story["factor"] = String(begun.body["factorId"]);
    await settled();
    const code = await codeAt(-1);
    const confirmed = await call("POST", "/twofa/factors/totp/confirm", user(), { factorId: story["factor"], code });
    expect(confirmed.status).toBe(200);
    expect(confirmed.body["recoveryCodes"]).toHaveLength(10);
    expectProblem(await call("POST", "/twofa/auth/verify", user(), { code }), 401);
  });

  test("refuses what needs a second factor, steps up, and takes a code once", async () => {
    const path = `/kms/keys/${SERVICE}/rotate`;
    const refused = await call("POST", path, user(), {});
    expectProblem(refused, 401);
    expect(refused.headers.get("www-authenticate")).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"',
    );
    const code = await codeAt(0);
    const raised = await call("POST", "/twofa/auth/verify", user(), { code });
    expect(raised.status).toBe(200);
    expect(raised.body).toMatchObject({ token_type: "Bearer", expires_in: expect.any(Number) });
    expectProblem(await call("POST", "/twofa/auth/verify", user(), { code }), 401);
    story["token"] = String(raised.body["access_token"]);
    expect((await call("GET", "/kms/me", user())).status).toBe(200);
  });

  test("takes a code along with the one request", async () => {
    const { adminUsername: username, adminPassword: password } = target();
    const plain = await call("POST", "/kms/login", {}, { username, password });
    const token = bearer(plain.body["access_token"]);
    await call("POST", "/kms/services", user(), { name: `${SERVICE}-x`, scopes: ["search:read"] });
    const path = `/kms/services/${SERVICE}-x`;
    expectProblem(await call("DELETE", path, token), 401);
    const code = await codeAt(1);
    expect((await call("DELETE", path, { ...token, "x-otp": code })).status).toBe(204);
    expectProblem(await call("DELETE", path, { ...token, "x-otp": code }), 401);
  });

  test("registers a service and gives it a key", async () => {
    const scopes = ["sequence:read", "sequence:write", "search:read"];
    const registered = await call("POST", "/kms/services", user(), { name: SERVICE, scopes });
    expect(registered.status).toBe(201);
    expectProblem(await call("POST", "/kms/services", user(), { name: SERVICE, scopes }), 409);
    const issued = await call("POST", "/kms/keys", user(), { service: SERVICE, name: "first" });
    expect(issued.status).toBe(201);
    expect(issued.body).toMatchObject({ service: SERVICE, key: expect.stringMatching(/^ftn_/), scopes });
    story["key"] = String(issued.body["key"]);
    const listed = await call("GET", `/kms/keys/${SERVICE}`, user());
    expect(listed.text).not.toContain(story["key"]);
    const verified = await call("POST", "/kms/keys/verify", user(), { key: story["key"] });
    expect(verified.body).toMatchObject({ valid: true, service: SERVICE, scopes });
    expectProblem(await call("GET", "/kms/users", service()), 403);
  });

  test("imports a screenplay with the key", async () => {
    const imported = await call(
      "POST",
      "/service-a/scripts",
      { ...service(), "content-type": "text/plain" },
      SCREENPLAY,
    );
    expect(imported.status).toBe(201);
    expect(imported.body).toMatchObject({
      title: "The Last Bus",
      counts: { section: 3, character: 4, spokenWord: expect.any(Number), action: 3 },
    });
    story["script"] = String(imported.body["scriptId"]);
  });

  test("reads the elements back in sequence", async () => {
    const query = `scriptId=${story["script"]}&elementType=section`;
    const { body } = await call("GET", `/service-a/elements?${query}`, service());
    const items = Array.isArray(body["items"]) ? body["items"] : [];
    expect(items.map((item) => item.text)).toEqual([
      expect.stringContaining("BUS STATION"),
      expect.stringContaining("ROAD"),
      expect.stringContaining("BUS - DAWN"),
    ]);
    sections.push(...items.map((item) => item.elementId));
    const one = await call("GET", `/service-a/elements/section/${sections[0]}`, service());
    expect(one.body).toMatchObject({ elementType: "section", elementId: sections[0], versionNumber: 1 });
  });

  test("makes a version, refuses a stale one, and keeps the first", async () => {
    const spoken = await call(
      "GET",
      `/service-a/elements?scriptId=${story["script"]}&elementType=spokenWord`,
      service(),
    );
    const [line] = Array.isArray(spoken.body["items"]) ? spoken.body["items"] : [];
    const { elementId } = line;
    const json = {
      elementType: "spokenWord",
      elementId,
      newVersionData: `Does the ${MARK} bus stop here?`,
      comment: "why",
    };
    const made = await call("POST", "/service-a/sequence/version", { ...service(), "if-match": '"1"' }, json);
    expect(made).toMatchObject({ status: 201, body: { versionNumber: 2, comment: "why" } });
    expect(made.headers.get("etag")).toBe('"2"');
    expectProblem(await call("POST", "/service-a/sequence/version", { ...service(), "if-match": '"1"' }, json), 412);
    const first = await call("GET", `/service-a/elements/spokenWord/${elementId}/versions/1`, service());
    expect(first.text).toContain("last bus stop here");
  });

  test("reorders the sections, and changes nothing on bad input", async () => {
    const path = "/service-a/sequence/reorder";
    const order = (newOrder: number[]) => ({ elementType: "section", elementIds: sections, newOrder });
    const [one = 0, two = 0, three = 0] = sections;
    for (const bad of [[one, two], [one, two, two], [one, two, 999_999_999], []]) {
      expectProblem(await call("POST", path, user(), order(bad)), 422);
    }
    expectProblem(await call("POST", path, service(), order([three, two, one])), 401);
    const reordered = await call("POST", path, user(), order([three, one, two]));
    expect(reordered.status).toBe(200);
    const { body } = await call(
      "GET",
      `/service-a/elements?scriptId=${story["script"]}&elementType=section`,
      service(),
    );
    const items = Array.isArray(body["items"]) ? body["items"] : [];
    expect(items.map((item) => item.elementId)).toEqual([three, one, two]);
  });

  test("finds a line of dialogue", async () => {
    const hits = async (): Promise<unknown> => {
      const json = { q: "walk towards it", query_by: "text", filter_by: `script_id:=${story["script"]}` };
      return (await call("POST", "/search/search", service(), json)).body["found"];
    };
    await expect.poll(hits, { timeout: PATIENCE_MS }).toBe(1);
    const fresh = async (): Promise<unknown> =>
      (await call("POST", "/search/search", service(), { q: MARK, query_by: "text" })).body["found"];
    await expect.poll(fresh, { timeout: PATIENCE_MS }).toBe(1);
  });

  test("rotates the key, and the old one dies", async () => {
    const old = service();
    const rotated = await call("POST", `/kms/keys/${SERVICE}/rotate`, user(), { graceSeconds: 0 });
    expect(rotated.status).toBe(200);
    story["key"] = String(rotated.body["key"]);
    expect((await call("GET", "/service-a/scripts", service())).status).toBe(200);
    await expect
      .poll(async () => (await call("GET", "/service-a/scripts", old)).status, { timeout: 5_000, interval: 100 })
      .toBe(401);
  });

  test("exports the screenplay in its new order and words", async () => {
    const exported = await call("GET", `/service-a/scripts/${story["script"]}.fountain`, service());
    expect(exported.status).toBe(200);
    expect(exported.headers.get("content-type")).toContain("text/plain");
    expect(exported.text).toContain(`Does the ${MARK} bus stop here?`);
    const positions = ["BUS - DAWN", "BUS STATION", "ROAD"].map((heading) => exported.text.indexOf(heading));
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(Math.min(...positions)).toBeGreaterThan(0);
    const again = await call(
      "POST",
      "/service-a/scripts",
      { ...service(), "content-type": "text/plain" },
      exported.text,
    );
    expect(again.body["counts"]).toMatchObject({ section: 3, character: 4, action: 3 });
  });

  test("logs out, and the token dies", async () => {
    expect((await call("DELETE", `/kms/services/${SERVICE}`, user())).status).toBe(204);
    expect((await call("DELETE", `/twofa/factors/${story["factor"]}`, user())).status).toBe(204);
    expect((await call("POST", "/kms/logout", user())).status).toBe(204);
    await expect
      .poll(async () => (await call("GET", "/kms/me", user())).status, { timeout: 5_000, interval: 100 })
      .toBe(401);
  });
};
