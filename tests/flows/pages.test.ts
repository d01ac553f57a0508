/** Logging in by the pages, without a script: as a browser does that has none, and as an attacker does. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FROM_HERE, openVisitor, type Visitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Account, codeOf, enrol, forgetTimeSteps, newPerson } from "../support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain({ settings: { REGISTRATION: "open" } });
});
afterAll(() => fountain?.stop());

/** What is typed at a login. */
const typed = ({ username, password }: Account) => ({ username, password });

const enter = async (): Promise<{ visitor: Visitor; person: Account }> => {
  const person = await newPerson(fountain);
  const visitor = openVisitor(fountain);
  await visitor.logIn(person);
  return { visitor, person };
};

const SESSION = "__Host-fountain";

describe("a login", () => {
  test("leads to the page that it was asked for, and keeps the session in a cookie that no script and no other host sees", async () => {
    const person = await newPerson(fountain);
    const visitor = openVisitor(fountain);
    const sent = await visitor.get("/account?lang=de");
    expect(sent).toMatchObject({ status: 303, location: "/account/login?next=%2Faccount%3Flang%3Dde" });
    await visitor.get(sent.location ?? "");
    const { status, location, headers } = await visitor.submit("/account/login", typed(person), 'name="password"');
    expect([status, location]).toEqual([303, "/account?lang=de"]);
    const [cookie] = headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-fountain=ftb_[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=7776000$/);
    const { status: shown, text, headers: page } = await visitor.get("/account");
    expect([shown, page.get("cache-control"), page.get("referrer-policy")]).toEqual([200, "no-store", "strict-origin"]);
    expect(text).toContain(person.username);
  });

  test("says nothing but that it failed, keeps no one, and never repeats the password", async () => {
    const person = await newPerson(fountain);
    const visitor = openVisitor(fountain);
    const wrong = await visitor.logIn({ username: person.username, password: "not the password" });
    const unknown = await visitor.logIn({ username: `nobody-${crypto.randomUUID()}`, password: "not the password" });
    for (const { status, text, html } of [wrong, unknown]) {
      expect(status).toBe(422);
      expect(text).toContain("The username or the password is wrong.");
      expect(html).not.toContain("not the password");
    }
    expect(visitor.cookies.has(SESSION)).toBe(false);
  });

  test.each([
    ["https://evil.example/", "/account"],
    ["//evil.example", "/account"],
    ["/\\evil.example", "/account"],
    ["/account/..//evil.example", "/account"],
    ["/kms/me", "/account"],
    ["javascript:alert(1)", "/account"],
    ["/account/sessions?x=1", "/account/sessions?x=1"],
  ])("asked to lead to %s leads to %s", async (next, to) => {
    const person = await newPerson(fountain);
    const visitor = openVisitor(fountain);
    await visitor.get(`/account/login?${new URLSearchParams({ next })}`);
    expect((await visitor.submit("/account/login", typed(person), 'name="password"')).location).toBe(to);
  });

  test("ends the session that the browser had before", async () => {
    const { visitor, person } = await enter();
    const former = openVisitor(fountain);
    for (const [name, value] of visitor.cookies) former.cookies.set(name, value);
    await visitor.get("/account");
    const form = visitor.formOf("/account/logout");
    await visitor.post("/account/login", { ...form, ...typed(person) });
    expect((await visitor.get("/account")).status).toBe(200);
    expect((await former.get("/account")).status).toBe(303);
  });
});

describe("a second factor", () => {
  test("is asked for before anything is shown, and gives the browser another cookie", async () => {
    const { person, visitor } = await enter();
    const { secret, recoveryCodes } = await enrol(person);
    await forgetTimeSteps(fountain, person);
    const { status, location } = await visitor.get("/account?x=1");
    expect([status, location]).toEqual([303, "/account/second-factor?next=%2Faccount%3Fx%3D1"]);
    const before = visitor.cookies.get(SESSION);
    await visitor.get(location ?? "");
    const unlike = await visitor.submit("/account/second-factor", { code: "ABCDE-FGHJK" }, 'name="code"');
    expect(unlike.text).toContain("This is not a code. Enter it as it is shown or was sent.");
    const wrong = await visitor.submit("/account/second-factor", { code: "000000" }, 'name="code"');
    expect([wrong.status, visitor.cookies.get(SESSION)]).toEqual([422, before]);
    const passed = await visitor.submit("/account/second-factor", { code: codeOf(secret) }, 'name="code"');
    expect([passed.status, passed.location]).toEqual([303, "/account?x=1"]);
    expect(visitor.cookies.get(SESSION)).not.toBe(before);
    expect((await visitor.get("/account")).status).toBe(200);

    const again = openVisitor(fountain);
    await again.logIn(person);
    await again.get("/account/second-factor");
    const recovered = await again.submit(
      "/account/second-factor",
      { recoveryCode: recoveryCodes[0] ?? "" },
      'name="recoveryCode"',
    );
    expect(recovered.status).toBe(303);
  });

  test("is asked for in the middle of an action, which is done then without being typed again", async () => {
    const { person, visitor } = await enter();
    const { secret } = await enrol(person);
    await forgetTimeSteps(fountain, person);
    await visitor.get("/account/second-factor");
    await visitor.submit("/account/second-factor", { code: codeOf(secret) }, 'name="code"');
    await fountain.databases["kms"]?.execute({
      sql: "UPDATE sessions SET authenticated_at = ? WHERE user_id = ?",
      args: [Date.now() - 301_000, person.id],
    });
    await visitor.get("/account");
    const passwords = { currentPassword: person.password, newPassword: "a password for tests: lantern" };
    const asked = await visitor.submit("/account", passwords, 'name="newPassword"');
    expect(asked.text).toContain("This needs your second factor.");
    expect(asked.html).not.toContain("lantern");
    await forgetTimeSteps(fountain, person);
    const { status, location } = await visitor.submit(
      "/account/second-factor",
      { code: codeOf(secret) },
      'name="code"',
    );
    expect([status, location]).toEqual([303, "/account?done=password"]);
    const fresh = openVisitor(fountain);
    const login = await fresh.logIn({ username: person.username, password: passwords.newPassword });
    expect(login.status).toBe(303);
  });
});

describe("a form", () => {
  const expired = "This form is out of date, or came from another site.";

  test.each<[string, Record<string, string>]>([
    ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["a sibling of this host", { "sec-fetch-site": "same-site" }],
    ["an address that was typed", { "sec-fetch-site": "none" }],
    ["another origin, by a browser without Fetch Metadata", { origin: "https://evil.example" }],
    ["a page that hides where it is from", { origin: "null" }],
    ["nowhere", {}],
  ])("from %s is refused, with its token and all", async (_, headers) => {
    const { visitor } = await enter();
    await visitor.get("/account");
    const form = visitor.formOf("/account/logout");
    const { status, text } = await visitor.post("/account/logout", form, headers);
    expect(status).toBe(403);
    expect(text).toContain(expired);
    expect((await visitor.get("/account")).status).toBe(200);
  });

  test("with no token, or another browser's, is refused", async () => {
    const { visitor } = await enter();
    const { visitor: other } = await enter();
    await other.get("/account");
    const foreign = other.formOf("/account/logout");
    for (const form of [{}, { form: "" }, foreign])
      expect((await visitor.post("/account/logout", form, FROM_HERE)).status).toBe(403);
    expect((await visitor.get("/account")).status).toBe(200);
  });

  test("is taken from its own origin by a browser that says that alone", async () => {
    const { visitor } = await enter();
    await visitor.get("/account");
    const { origin } = new URL(fountain.url);
    const out = await visitor.post("/account/logout", visitor.formOf("/account/logout"), { origin });
    expect([out.status, out.location]).toEqual([303, "/account/login?done=logged-out"]);
    expect((await visitor.get("/account")).status).toBe(303);
  });
});

test("a page is opened by people, and read by no script of a service on the same host", async () => {
  const { visitor } = await enter();
  for (const purpose of ["empty", "iframe", "script"])
    expect((await visitor.get("/account", { ...FROM_HERE, "sec-fetch-dest": purpose })).status).toBe(403);
  expect((await visitor.get("/account", { ...FROM_HERE, "sec-fetch-dest": "document" })).status).toBe(200);
});

describe("a cookie", () => {
  test("opens pages, and no operation", async () => {
    const { visitor } = await enter();
    expect((await visitor.get("/account")).status).toBe(200);
    expect((await visitor.get("/kms/me", { accept: "application/json" })).status).toBe(401);
  });

  test("is of no use once its session has ended, or when it was made up", async () => {
    const { visitor, person } = await enter();
    await fountain.databases["kms"]?.execute({
      sql: "UPDATE sessions SET ended_at = ? WHERE user_id = ?",
      args: [Date.now(), person.id],
    });
    expect((await visitor.get("/account")).status).toBe(303);
    for (const made of [`ftb_${"A".repeat(43)}`, "x", ""]) {
      visitor.cookies.set(SESSION, made);
      expect((await visitor.get("/account")).status).toBe(303);
    }
  });
});

test("an account that anyone may create is logged in with at once, and faults are shown at their fields", async () => {
  const visitor = openVisitor(fountain);
  const username = `visitor-${crypto.randomUUID()}`;
  await visitor.get("/account/sign-up");
  const weak = await visitor.submit("/account/sign-up", { username, password: "short" });
  expect(weak.status).toBe(422);
  expect(weak.html).toMatch(/id="password-error"[^>]*>[^<]+</);
  const { status, location } = await visitor.submit("/account/sign-up", {
    username,
    password: "a password for tests: lantern",
  });
  expect([status, location]).toEqual([303, "/account"]);
  expect((await visitor.get("/account")).text).toContain(username);
});

describe("an error", () => {
  test.each([
    ["/account/nowhere", 404, "There is nothing at this address."],
    ["/oauth/nowhere?lang=de", 404, "Unter dieser Adresse gibt es nichts."],
    ["/account/logout", 405, "This address cannot be used like that."],
  ])("at %s is a page for people, and a problem for programs", async (path, status, text) => {
    const visitor = openVisitor(fountain);
    const page = await visitor.get(path);
    expect([page.status, page.headers.get("content-type")]).toEqual([status, "text/html; charset=utf-8"]);
    expect(page.text).toContain(text);
    expect(page.text).toContain(page.headers.get("x-request-id"));
    const program = await visitor.get(path, { accept: "*/*" });
    expect([program.status, program.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
  });
});

test("a page runs and loads nothing but its own style and script, and is framed by no one", async () => {
  const { headers, html } = await openVisitor(fountain).get("/account/login");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("form-action 'self'");
  expect(html).not.toMatch(/\son\w+=|style=|https?:\/\/(?!www\.w3\.org)/);
});
