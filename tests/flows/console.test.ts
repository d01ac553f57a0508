/** The console's paths as its script calls them, and as an attacker does; what it is made of; and how large that is. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../support/call.ts";
import { cookieHeader, FROM_HERE, openVisitor, type Visitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Account, newPerson } from "../support/twofa.ts";

/** Of all that a console loads, compressed. */
const MAX_BYTES = 100_000;

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain({ settings: { REGISTRATION: "open" } });
});
afterAll(() => fountain?.stop());

interface PageData {
  form: string;
  modules: string[];
}

const dataOf = (html: string): PageData => JSON.parse(/id="console-data">([^<]*)</.exec(html)?.[1] ?? "{}");

const enter = async (): Promise<{ visitor: Visitor; person: Account; form: string; html: string }> => {
  const person = await newPerson(fountain);
  const visitor = openVisitor(fountain);
  await visitor.logIn(person);
  const { html } = await visitor.get("/console");
  return { visitor, person, html, form: dataOf(html).form };
};

const post = async (visitor: Visitor, path: string, json: object, headers: Record<string, string> = FROM_HERE) => {
  const response = await fountain.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", cookie: cookieHeader(visitor), ...headers },
    body: JSON.stringify(json),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) };
};
const ME = { method: "GET", path: "/kms/me" };

describe("a call", () => {
  test("is the operation's own, in the name of the session, and no token is in its response", async () => {
    const { visitor, form, person } = await enter();
    const me = await post(visitor, "/console/call", { form, ...ME });
    expect(me).toMatchObject({ status: 200, body: { username: person.username } });
    const refused = await post(visitor, "/console/call", { form, method: "GET", path: "/kms/users" });
    expect(refused).toMatchObject({ status: 403, body: { code: "forbidden", instance: "/kms/users" } });
    const unknown = await post(visitor, "/console/call", { form, method: "PUT", path: "/kms/nothing", body: "{}" });
    expect(unknown.status).toBe(404);
  });

  test("is counted once, and listed once where it is refused", async () => {
    const { visitor, form, person } = await enter();
    await post(visitor, "/console/call", { form, method: "GET", path: "/kms/users" });
    const administrator = { username: fountain.adminUsername, password: fountain.adminPassword };
    const login = await send(fountain, "POST", "/kms/login", { json: administrator });
    const listed = await send(fountain, "GET", "/gateway/refusals?status=403", {
      token: String(login.body["access_token"]),
    });
    const theirs = Object.values(Object(listed.body["items"])).filter(
      (item) => Object(item).caller.subject === person.id,
    );
    expect(theirs).toMatchObject([{ route: "/kms/users" }]);
    expect(listed.text).not.toContain("/console/call");
  });

  test("counts with the token of its own session's page only, from this origin", async () => {
    const [mine, other] = [await enter(), await enter()];
    const call = { form: mine.form, ...ME };
    expect((await post(mine.visitor, "/console/call", { ...call, form: other.form })).status).toBe(403);
    expect((await post(other.visitor, "/console/call", call)).status).toBe(403);
    expect((await post(mine.visitor, "/console/call", call, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await post(mine.visitor, "/console/call", call, {})).status).toBe(403);
    expect((await post(mine.visitor, "/console/call", call)).status).toBe(200);
    await mine.visitor.get("/account");
    await mine.visitor.submit("/account/logout", {});
    mine.visitor.cookies.set("__Host-fountain-form", "A".repeat(43));
    expect((await post(mine.visitor, "/console/call", call)).status).toBe(403);
  });

  test("after the session has ended elsewhere says so", async () => {
    const { visitor, form, person } = await enter();
    const { body } = await post(visitor, "/console/call", { form, ...ME });
    const ended = await send(fountain, "DELETE", `/kms/sessions/${body.session.id}`, { token: person.token });
    expect(ended.status).toBe(204);
    const late = await post(visitor, "/console/call", { form, ...ME });
    expect(late).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
  });

  test.each([
    ["POST", "/kms/login"],
    ["POST", "/kms/./login"],
    ["POST", "/kms/%6Cogin"],
    ["POST", "/kms/login/passkey"],
    ["POST", "/kms/token"],
    ["POST", "/twofa/auth/verify?x=1"],
  ])("of what responds with tokens is refused: %s %s", async (method, path) => {
    const { visitor, form } = await enter();
    const { status, body } = await post(visitor, "/console/call", { form, method, path, body: "{}" });
    expect([status, body.code]).toEqual([403, "forbidden"]);
  });

  test.each([
    ["another host's path", { method: "GET", path: "//evil.example/kms/me" }],
    [
      "another host's path that begins with a backslash",
      { method: "POST", path: "/\\evil.example/kms/login", body: "{}" },
    ],
    ["a URL", { method: "GET", path: "https://evil.example/" }],
    ["a field that is not for it", { ...ME, headers: { authorization: "Bearer x" } }],
    ["a field of two lines", { ...ME, headers: { "if-match": '"1"\nx: y' } }],
    ["a field that is no text of HTTP", { ...ME, headers: { "idempotency-key": "✓" } }],
    ["a body that its method does not have", { ...ME, body: "{}" }],
    ["an unknown method", { method: "TRACE", path: "/kms/me" }],
  ])("with %s is invalid", async (_, call) => {
    const { visitor, form } = await enter();
    expect(await post(visitor, "/console/call", { form, ...call })).toMatchObject({
      status: 422,
      body: { code: "invalid-input" },
    });
  });
});

describe("a proof", () => {
  test("is the person's own password, which opens a new session in the place of the old one", async () => {
    const { visitor, person, form } = await enter();
    const other = await newPerson(fountain);
    const account = ({ username, password }: Account) => ({ username, password });
    const foreign = await post(visitor, "/console/verify", { form, proof: account(other) });
    expect(foreign).toMatchObject({ status: 403, body: { code: "forbidden" } });
    const wrong = await post(visitor, "/console/verify", { form, proof: { ...account(person), password: "wrong" } });
    expect(wrong.status).toBe(401);
    expect((await post(visitor, "/console/call", { form, ...ME })).status).toBe(200);

    const before = await post(visitor, "/console/call", { form, ...ME });
    const proven = await post(visitor, "/console/verify", { form, proof: account(person) });
    expect(proven.status).toBe(200);
    const [cookie = ""] = proven.headers.getSetCookie();
    visitor.cookies.set("__Host-fountain", /^__Host-fountain=([^;]*)/.exec(cookie)?.[1] ?? "");
    const after = await post(visitor, "/console/call", { form: proven.body.form, ...ME });
    expect(after.body.session.id).not.toBe(before.body.session.id);
    expect((await post(visitor, "/console/call", { form, ...ME })).status).toBe(403);
  });
});

describe("the page", () => {
  test("is for those who are logged in, and leads others to the login and back", async () => {
    const visitor = openVisitor(fountain);
    const { status, location } = await visitor.get("/console/people?q=mara");
    expect([status, location]).toEqual([303, "/account/login?next=%2Fconsole%2Fpeople%3Fq%3Dmara"]);
  });

  test("lets its own modules run and nothing else, and is small", async () => {
    const { visitor, html } = await enter();
    const { headers } = await visitor.get("/console");
    const policy = headers.get("content-security-policy") ?? "";
    const { modules } = dataOf(html);
    const scripts = ["/console/console.js", ...modules];
    expect(modules).toEqual(expect.arrayContaining(["/gateway/panel.js", "/kms/panel.js"]));
    for (const path of scripts) expect(policy).toMatch(new RegExp(`script-src [^;]*//[^ ;]+${path}[ ;]`));
    expect(policy).not.toMatch(/unsafe|script-src[^;]*'self'|connect-src[^;]*'self'|\*/);
    expect(policy).toContain("require-trusted-types-for 'script'");

    let bytes = gzipSync(html).length;
    for (const path of scripts) {
      const response = await fountain.fetch(path);
      const { status, headers: fields } = response;
      expect([status, fields.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
      bytes += gzipSync(await response.text()).length;
      const known = await fountain.fetch(path, { headers: { "if-none-match": fields.get("etag") ?? "" } });
      expect(known.status).toBe(304);
    }
    expect(bytes).toBeLessThan(MAX_BYTES);
  });
});
