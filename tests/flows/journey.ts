/**
 * The main job, asserted step by step through the gateway. One suite for every place Fountain runs in: it knows
 * nothing but a base URL and the administrator.
 */
import { generate } from "otplib";
import { expect, test } from "vitest";
import { type Client, createClient } from "../../clients/typescript/src/index.ts";
import { caller, expectProblem, type Target } from "../support/call.ts";
import { errorOf } from "../support/typed-client/watched.ts";

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

/** The status that a call is refused with. */
const refusal = async (call: Promise<unknown>): Promise<number> => (await errorOf(call)).status;

/** Declares the tests; they share one story and run in order. */
export const journey = (target: () => Target): void => {
  const call = caller(target);
  const story: Record<string, string> = {};
  let user: Client;
  let service: Client;
  let scriptId: number;
  let sections: number[] = [];

  /** Another client of the user, or with an API key. */
  const clientOf = (apiKey?: string): Client =>
    createClient({ url: target().url, ...(apiKey !== undefined && { credentials: { apiKey } }) });
  const login = () => ({ username: target().adminUsername, password: target().adminPassword });
  const codeAt = (stepsFromNow: number): Promise<string> =>
    generate({ secret: story["secret"] ?? "", epoch: Math.floor(Date.now() / 1000) + stepsFromNow * 30 });
  /** Waits out the last moments of a time step, so that a code computed now is still of the step before. */
  const settled = async (): Promise<void> => {
    const leftMs = 30_000 - (Date.now() % 30_000);
    if (leftMs < 2_000) await new Promise((resolve) => setTimeout(resolve, leftMs));
  };
  const elementsOf = async (elementType: "section" | "spokenWord") => {
    const { data } = await service.call("GET /service-a/elements", { query: { scriptId, elementType } });
    return data.items;
  };

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
    const { username, password } = login();
    expectProblem(await call("POST", "/kms/login", {}, { username, password: `${password}x` }), 401);
    user = clientOf();
    await user.logIn({ username, password });
    const me = await user.call("GET /kms/me");
    expect(me.data).toMatchObject({ username, roles: ["admin"] });
  });

  test("refreshes, answers a repeated refresh alike, and ends the session when an old token comes back", async () => {
    const anyone = clientOf();
    const refresh = async (token = "") => {
      const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token });
      return (await anyone.call("POST /kms/token", { body })).data;
    };
    const { data } = await anyone.call("POST /kms/login", { body: login() });
    expect(data).toMatchObject({ token_type: "Bearer", expires_in: 900, scope: expect.any(String) });
    const first = await refresh(data.refresh_token);
    const repeated = await refresh(data.refresh_token);
    expect(repeated.refresh_token).toBe(first.refresh_token);
    const second = await refresh(first.refresh_token);
    expect(await errorOf(refresh(data.refresh_token))).toMatchObject({ status: 400, code: "invalid_grant" });
    expect(await errorOf(refresh(second.refresh_token))).toMatchObject({ status: 400, code: "invalid_grant" });
    const ended = { authorization: `Bearer ${second.access_token}` };
    await expect.poll(async () => (await call("GET", "/kms/me", ended)).status, { timeout: 6_000 }).toBe(401);
  });

  test("enrols TOTP", async () => {
    const { data: begun, status } = await user.call("POST /twofa/factors/totp");
    expect(status).toBe(201);
    expect(begun).toMatchObject({
      uri: expect.stringContaining(`otpauth://totp/Fountain:${target().adminUsername}?`),
      qrSvg: expect.stringContaining("<svg"),
    });
    story["secret"] = begun.secret;
    story["factor"] = begun.factorId;
    await settled();
    const code = await codeAt(-1);
    const body = { factorId: begun.factorId, code };
    const { data: confirmed } = await user.call("POST /twofa/factors/totp/confirm", { body });
    expect(confirmed.recoveryCodes).toHaveLength(10);
    expect(await refusal(user.verify({ code }))).toBe(401);
  });

  test("refuses what needs a second factor, steps up, and takes a code once", async () => {
    const refused = await user.fetch(`/kms/keys/${SERVICE}/rotate`, { method: "POST" });
    expect(refused.headers.get("www-authenticate")).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"',
    );
    const code = await codeAt(0);
    await user.verify({ code });
    expect(await refusal(user.verify({ code }))).toBe(401);
    expect((await user.call("GET /kms/me")).status).toBe(200);
  });

  test("takes a code along with the one request", async () => {
    const name = `${SERVICE}-x`;
    await user.call("POST /kms/services", { body: { name, scopes: ["search:read"] } });
    const plain = clientOf();
    await plain.logIn(login());
    const remove = (headers = {}) => plain.call("DELETE /kms/services/{name}", { path: { name }, headers });
    expect(await refusal(remove())).toBe(401);
    const code = await codeAt(1);
    expect((await remove({ "x-otp": code })).status).toBe(204);
    expect(await refusal(remove({ "x-otp": code }))).toBe(401);
  });

  test("registers a service and gives it a key", async () => {
    const body = { name: SERVICE, scopes: ["sequence:read", "sequence:write", "search:read"] };
    await user.call("POST /kms/services", { body });
    expect(await refusal(user.call("POST /kms/services", { body }))).toBe(409);
    const issued = await user.call("POST /kms/keys", { body: { service: SERVICE, name: "first" } });
    const { key } = issued.data;
    expect(issued.status).toBe(201);
    expect(issued.data).toMatchObject({ service: SERVICE, key: expect.stringMatching(/^ftn_/), scopes: body.scopes });
    const listed = await user.call("GET /kms/keys/{service}", { path: { service: SERVICE } });
    expect(JSON.stringify(listed.data)).not.toContain(key);
    const verified = await user.call("POST /kms/keys/verify", { body: { key } });
    expect(verified.data).toMatchObject({ valid: true, service: SERVICE, scopes: body.scopes });
    service = clientOf(key);
    expect(await refusal(service.call("GET /kms/users"))).toBe(403);
  });

  test("imports a screenplay with the key", async () => {
    const { data, status } = await service.call("POST /service-a/scripts", { body: SCREENPLAY });
    expect(status).toBe(201);
    expect(data).toMatchObject({
      title: "The Last Bus",
      counts: { section: 3, character: 4, spokenWord: expect.any(Number), action: 3 },
    });
    scriptId = data.scriptId;
  });

  test("reads the elements back in sequence", async () => {
    const items = await elementsOf("section");
    expect(items.map(({ text }) => text)).toEqual([
      expect.stringContaining("BUS STATION"),
      expect.stringContaining("ROAD"),
      expect.stringContaining("BUS - DAWN"),
    ]);
    sections = items.map(({ elementId }) => elementId);
    const path = { type: "section" as const, id: sections[0] ?? 0 };
    const one = await service.call("GET /service-a/elements/{type}/{id}", { path });
    expect(one.data).toMatchObject({ elementType: "section", elementId: sections[0], versionNumber: 1 });
  });

  test("makes a version, refuses a stale one, and keeps the first", async () => {
    const [line] = await elementsOf("spokenWord");
    const elementId = line?.elementId ?? 0;
    const newVersionData = `Does the ${MARK} bus stop here?`;
    const body = { elementType: "spokenWord" as const, elementId, newVersionData, comment: "why" };
    const change = () => service.call("POST /service-a/sequence/version", { body, headers: { "if-match": '"1"' } });
    const made = await change();
    expect(made).toMatchObject({ status: 201, data: { versionNumber: 2, comment: "why" } });
    expect(made.headers.get("etag")).toBe('"2"');
    expect(await refusal(change())).toBe(412);
    const path = { type: "spokenWord" as const, id: elementId, n: 1 };
    const first = await service.call("GET /service-a/elements/{type}/{id}/versions/{n}", { path });
    expect(first.data.text).toContain("last bus stop here");
  });

  test("reorders the sections, and changes nothing on bad input", async () => {
    const reorder = (as: Client, newOrder: number[]) =>
      as.call("POST /service-a/sequence/reorder", {
        body: { elementType: "section", elementIds: sections, newOrder },
      });
    const [one = 0, two = 0, three = 0] = sections;
    for (const bad of [[one, two], [one, two, two], [one, two, 999_999_999], []])
      expect(await refusal(reorder(user, bad))).toBe(422);
    expect(await refusal(reorder(service, [three, two, one]))).toBe(401);
    expect((await reorder(user, [three, one, two])).status).toBe(200);
    expect((await elementsOf("section")).map(({ elementId }) => elementId)).toEqual([three, one, two]);
  });

  test("finds a line of dialogue", async () => {
    const found = (body: { q: string; filter_by?: string }) => async () =>
      (await service.call("POST /search/search", { body: { ...body, query_by: "text" } })).data.found;
    const known = found({ q: "walk towards it", filter_by: `script_id:=${scriptId}` });
    await expect.poll(known, { timeout: PATIENCE_MS }).toBe(1);
    await expect.poll(found({ q: MARK }), { timeout: PATIENCE_MS }).toBe(1);
  });

  test("rotates the key, and the old one dies", async () => {
    const old = service;
    const rotated = await user.call("POST /kms/keys/{service}/rotate", {
      path: { service: SERVICE },
      body: { graceSeconds: 0 },
    });
    service = clientOf(rotated.data.key);
    expect((await service.call("GET /service-a/scripts")).status).toBe(200);
    const status = async () => (await old.fetch("/service-a/scripts")).status;
    await expect.poll(status, { timeout: 5_000, interval: 100 }).toBe(401);
  });

  test("exports the screenplay in its new order and words", async () => {
    const exported = await service.call("GET /service-a/scripts/{id}.fountain", { path: { id: scriptId } });
    expect(exported.headers.get("content-type")).toContain("text/plain");
    expect(exported.data).toContain(`Does the ${MARK} bus stop here?`);
    const positions = ["BUS - DAWN", "BUS STATION", "ROAD"].map((heading) => exported.data.indexOf(heading));
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(Math.min(...positions)).toBeGreaterThan(0);
    const again = await service.call("POST /service-a/scripts", { body: exported.data });
    expect(again.data.counts).toMatchObject({ section: 3, character: 4, action: 3 });
  });

  test("logs out, and the token dies", async () => {
    await user.call("DELETE /kms/services/{name}", { path: { name: SERVICE } });
    await user.call("DELETE /twofa/factors/{id}", { path: { id: story["factor"] ?? "" } });
    expect((await user.call("POST /kms/logout")).status).toBe(204);
    const end = () => errorOf(user.call("GET /kms/me")).then(({ code }) => code);
    await expect.poll(end, { timeout: 5_000, interval: 100 }).toBe("session-ended");
  });
};
