/** Letting a device in by its code, at the page for it. */
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginDevice, pollDevice, registerApplication } from "../support/gateway/application.ts";
import { openVisitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { type Account, codeOf, enrol, forgetTimeSteps, newPeople } from "../support/twofa.ts";
import { errorOf, watchedClient } from "../support/typed-client/watched.ts";

const PATH = "/oauth/device";

let fountain: Fountain;
let clientId: string;
let administrator: Record<string, string>;
/** Created while the administrator has no second factor. */
let people: Account[];
beforeAll(async () => {
  fountain = await startFountain();
  people = await newPeople(fountain, 12);
  administrator = await logInAndStepUp(fountain);
  clientId = await registerApplication(fountain, administrator);
});
afterAll(() => fountain?.stop());

const someone = (): Account => {
  const person = people.pop();
  if (!person) throw new Error("there is no one left");
  return person;
};

const enter = async (person = someone()) => {
  const visitor = openVisitor(fountain);
  await visitor.logIn(person);
  return visitor;
};

/** Fountain's own, which has full access. */
const OWN = "fountain";

const begin = (more: Record<string, string> = {}) => beginDevice(fountain, clientId, more);
const poll = async (deviceCode: string): Promise<unknown> => {
  const { status, body } = await pollDevice(fountain, clientId, deviceCode);
  return status === 200 ? "tokens" : body["error"];
};

describe("a person", () => {
  test("types the code as they like, sees who asks for what, and lets the device in", async () => {
    const visitor = await enter();
    const { userCode, deviceCode } = await begin({ scope: "openid search:read" });
    await visitor.get(PATH);
    const asked = await visitor.submit(PATH, { userCode: ` ${userCode.toLowerCase().replace("-", " ")} ` });
    const warned = ["If someone sent you the code", "No one here vouches for this application"];
    for (const said of ["Storyboards asks for access", "search:read", userCode, "fountain, laptop", ...warned])
      expect(asked.text).toContain(said);
    expect(await poll(deviceCode)).toBe("authorization_pending");
    const { status, location } = await visitor.submit(PATH, { decision: "allow" }, userCode);
    expect([status, location]).toEqual([303, `${PATH}?done=allowed`]);
    expect((await visitor.get(location ?? "")).text).toContain("The device is connected.");
    expect(await poll(deviceCode)).toBe("tokens");
  });

  test("refuses it, and then it gets nothing", async () => {
    const visitor = await enter();
    const { userCode, deviceCode } = await begin();
    await visitor.get(PATH);
    await visitor.submit(PATH, { userCode });
    const { location } = await visitor.submit(PATH, { decision: "deny" }, userCode);
    expect((await visitor.get(location ?? "")).text).toContain("The device was refused.");
    expect(await poll(deviceCode)).toBe("access_denied");
  });

  test("comes by a link, logs in, passes the second factor, and finds the code filled in, of which nothing has come yet", async () => {
    const person = someone();
    const { secret } = await enrol(person);
    await forgetTimeSteps(fountain, person);
    const { userCode, deviceCode, link } = await begin();
    const visitor = openVisitor(fountain);
    await visitor.get((await visitor.get(link)).location ?? "");
    const { username, password } = person;
    const login = await visitor.submit("/account/login", { username, password }, 'name="password"');
    await visitor.get(login.location ?? "");
    const passed = await visitor.submit("/account/second-factor", { code: codeOf(secret) }, 'name="code"');
    expect(passed.html).toContain(`content="0;url=${link}"`);
    const opened = await visitor.get(link);
    expect(opened.text).toContain("Continue only if your device shows exactly this code.");
    expect(visitor.formOf(PATH)["userCode"]).toBe(userCode);
    expect(opened.text).not.toContain("Storyboards");
    expect(await poll(deviceCode)).toBe("authorization_pending");
  });

  test("is told that no device waits with a code, once it is decided on too, and has to wait after five of them", async () => {
    const visitor = await enter();
    const { userCode } = await begin();
    await visitor.get(PATH);
    const form = visitor.formOf(PATH);
    await visitor.post(PATH, { ...form, userCode, decision: "deny" });
    for (const code of [userCode, "BBBB-BBBB", "", "<b>code</b>", "x".repeat(2_000)]) {
      const { status, text } = await visitor.post(PATH, { ...form, userCode: code });
      expect([status, text]).toEqual([422, expect.stringContaining("No device waits with this code.")]);
    }
    const { userCode: right } = await begin();
    const blocked = await visitor.post(PATH, { ...form, userCode: right });
    expect([blocked.status, blocked.text]).toEqual([429, expect.stringContaining("Try again in")]);
    expect((await visitor.post(PATH, { ...form, userCode: right, decision: "allow" })).status).toBe(429);
  });

  test("decides by a form of their own only", async () => {
    const [visitor, other] = await Promise.all([enter(), enter()]);
    const { userCode, deviceCode } = await begin();
    await other.get(PATH);
    const foreign = { ...other.formOf(PATH), userCode, decision: "allow" };
    expect((await visitor.post(PATH, foreign)).status).toBe(403);
    expect((await other.post(PATH, foreign, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await visitor.get(`${PATH}?user_code=${userCode}&decision=allow`)).status).toBe(200);
    expect(await poll(deviceCode)).toBe("authorization_pending");
  });

  test("reads it in German", async () => {
    const visitor = await enter();
    const { userCode } = await begin();
    expect((await visitor.get(`${PATH}?lang=de`)).text).toContain("Gerät verbinden");
    const { text } = await visitor.submit(PATH, { userCode });
    for (const said of ["Storyboards bittet um Zugriff", "Hat Ihnen jemand den Code"]) expect(text).toContain(said);
  });
});

test("the typed client waits for a person to decide, and calls as them from then on", async () => {
  const person = someone();
  const { client } = watchedClient(fountain);
  const { data } = await client.call("POST /kms/device", { body: new URLSearchParams({ client_id: OWN }) });
  const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
  const logIn = () => client.logIn({ grant_type, device_code: data.device_code, client_id: OWN });
  expect(await errorOf(logIn())).toMatchObject({ code: "authorization_pending", status: 400 });
  const visitor = await enter(person);
  await visitor.get(PATH);
  await visitor.submit(PATH, { userCode: data.user_code });
  await visitor.submit(PATH, { decision: "allow" }, data.user_code);
  await logIn();
  await client.refresh();
  expect((await client.call("GET /kms/me")).data.username).toBe(person.username);
});

test("the audit trail names the application that acts for a person, and holds", async () => {
  const visitor = await enter();
  const { userCode, deviceCode } = await begin({ scope: "openid" });
  await visitor.get(PATH);
  await visitor.submit(PATH, { userCode, decision: "allow" });
  const { body } = await pollDevice(fountain, clientId, deviceCode);
  const actor = String(decodeJwt(String(body["access_token"])).sub);
  const asApplication = { authorization: `Bearer ${body["access_token"]}` };
  expect((await fountain.fetch("/kms/sessions", { headers: asApplication })).status).toBe(403);
  const read = async (path: string): Promise<unknown> =>
    (await fountain.fetch(path, { headers: administrator })).json();
  const listed = () => read(`/kms/audit?${new URLSearchParams({ actor, actingService: clientId })}`);
  await expect.poll(listed).toMatchObject({ items: [{ action: "access.refuse" }, { action: "token.device-code" }] });
  expect(await read("/kms/audit/verify")).toMatchObject({ valid: true });
});

describe("the command line", () => {
  const age = (person: Account) =>
    fountain.databases["kms"]?.execute({
      sql: "UPDATE sessions SET authenticated_at = authenticated_at - 301000 WHERE user_id = ?",
      args: [person.id],
    });
  /** The claims of the token that it got. */
  const claimsOf = async (deviceCode: string) => {
    const { status, body, text } = await pollDevice(fountain, OWN, deviceCode);
    expect(status, text).toBe(200);
    return { claims: decodeJwt(String(body["access_token"])), token: String(body["access_token"]) };
  };

  test("asks for full access, needs a fresh second factor of who has one, and is a session that they see and end", async () => {
    const person = someone();
    const { secret } = await enrol(person);
    const pass = async () => {
      await forgetTimeSteps(fountain, person);
      return visitor.submit("/account/second-factor", { code: codeOf(secret) }, 'name="code"');
    };
    const visitor = await enter(person);
    const { userCode, deviceCode } = await beginDevice(fountain, OWN);
    await visitor.get("/account/second-factor");
    await pass();
    await age(person);
    await visitor.get(PATH);
    const { text } = await visitor.submit(PATH, { userCode });
    for (const said of ["The command line asks for full access", "everything that you may", "fountain, laptop"])
      expect(text).toContain(said);
    const asked = await visitor.submit(PATH, { decision: "allow" }, userCode);
    expect([asked.text, asked.html]).toEqual([
      expect.stringContaining("This needs your second factor."),
      expect.not.stringContaining(userCode),
    ]);
    expect((await pollDevice(fountain, OWN, deviceCode)).body["error"]).toBe("authorization_pending");
    const { status, location } = await pass();
    expect([status, location]).toEqual([303, `${PATH}?done=allowed`]);

    const { claims, token } = await claimsOf(deviceCode);
    expect(claims).toMatchObject({ sub: person.id, client_id: "fountain", acr: "aal2" });
    const me = () => fountain.fetch("/kms/me", { headers: { authorization: `Bearer ${token}` } });
    expect((await me()).status).toBe(200);
    expect((await visitor.get("/account/sessions")).text).toContain("fountain, laptop");
    await visitor.submit("/account/sessions", {}, `value="${claims["sid"]}"`);
    await expect.poll(async () => (await me()).status, { timeout: 15_000 }).toBe(401);
  });

  test("needs a fresh login of who has no second factor", async () => {
    const person = someone();
    const visitor = await enter(person);
    await age(person);
    const { userCode, deviceCode } = await beginDevice(fountain, OWN);
    await visitor.get(PATH);
    await visitor.submit(PATH, { userCode });
    expect((await visitor.submit(PATH, { decision: "allow" }, userCode)).text).toContain("Log in again");
    const { username, password } = person;
    const done = await visitor.submit("/account/login", { username, password }, 'name="password"');
    expect(done.location).toBe(`${PATH}?done=allowed`);
    expect((await claimsOf(deviceCode)).claims).toMatchObject({ sub: person.id, client_id: "fountain", acr: "aal1" });
  });
});
