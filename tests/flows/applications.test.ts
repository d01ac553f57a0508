/** What people do with the applications that they log in to, by the pages. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, GOODBYE, onwardOf, registerApplication } from "../support/gateway/application.ts";
import { openVisitor, type Visitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { type Account, newPeople } from "../support/twofa.ts";

let fountain: Fountain;
let clientId: string;
/** Created while the administrator has no second factor. */
let people: Account[];
beforeAll(async () => {
  fountain = await startFountain();
  people = await newPeople(fountain, 12);
  clientId = await registerApplication(fountain, await logInAndStepUp(fountain));
});
afterAll(() => fountain?.stop());

const enter = async () => {
  const [visitor, person] = [openVisitor(fountain), people.pop()];
  if (!person) throw new Error("there is no one left");
  await visitor.logIn(person);
  return visitor;
};

describe("the applications of a user", () => {
  const PATH = "/account/applications";

  test("are listed with what they may do, and get nothing more once they are disconnected", async () => {
    const visitor = await enter();
    expect((await visitor.get(PATH)).text).toContain("You have not logged in to any application.");
    const { access_token: token } = await connect(fountain, visitor, clientId);
    const userinfo = () => fountain.fetch("/kms/userinfo", { headers: { authorization: `Bearer ${token}` } });
    expect((await userinfo()).status).toBe(200);
    const { text } = await visitor.get(PATH);
    expect(text).toContain("Storyboards");
    expect(text).toContain("May: recognise you when you log in, search");
    const { status, location } = await visitor.submit(PATH, {});
    expect([status, location]).toEqual([303, `${PATH}?done=disconnected`]);
    expect((await visitor.get(location ?? "")).text).toContain("You have not logged in to any application.");
    await expect.poll(async () => (await userinfo()).status, { timeout: 15_000 }).toBe(401);
  });

  test("are not those of others, and are disconnected once", async () => {
    const [visitor, other] = await Promise.all([enter(), enter()]);
    await connect(fountain, visitor, clientId);
    await visitor.get(PATH);
    const form = visitor.formOf(PATH);
    await other.get(PATH);
    const { form: token = "" } = other.formOf("/account/logout");
    const refused = await other.post(PATH, { ...form, form: token });
    expect([refused.status, refused.text]).toEqual([404, expect.stringContaining("It is not connected any more.")]);
    expect((await visitor.get(PATH)).text).toContain("Storyboards");
    await visitor.post(PATH, form);
    expect((await visitor.post(PATH, form)).status).toBe(404);
  });
});

describe("a request to log out", () => {
  const request = (parameters: Record<string, string>): string => `/oauth/logout?${new URLSearchParams(parameters)}`;
  const back = { post_logout_redirect_uri: GOODBYE, state: "a b" };
  const location = `${GOODBYE}&state=a+b`;
  const isIn = async (visitor: Visitor) => (await visitor.get("/account")).status === 200;
  const hintOf = async (visitor: Visitor) => ({
    id_token_hint: String((await connect(fountain, visitor, clientId))["id_token"]),
  });

  test("is done at once where an ID token proves whose session it is, and sends the person back", async () => {
    const visitor = await enter();
    const hint = await hintOf(visitor);
    const done = await visitor.get(request({ ...hint, ...back }));
    expect([done.status, done.location]).toEqual([303, location]);
    expect(await isIn(visitor)).toBe(false);
    // The session is over, and the application means what it says.
    const again = await visitor.get(request({ ...hint, ...back }));
    expect([again.status, again.location]).toEqual([303, location]);
    expect((await visitor.get(request(hint))).location).toBe("/account/login?done=logged-out");
  });

  test("is asked about where nothing proves it, and changes nothing before the person agrees", async () => {
    const [visitor, other] = await Promise.all([enter(), enter()]);
    const hint = await hintOf(other);
    for (const parameters of [
      {},
      { client_id: clientId, ...back },
      { ...hint, ...back },
      { id_token_hint: "forged" },
    ]) {
      expect((await visitor.get(request(parameters))).text).toContain("Log out?");
      expect(await isIn(visitor)).toBe(true);
    }
    expect((await visitor.get(request({ client_id: clientId, ...back }))).text).toContain("Storyboards asks you");
    const done = await visitor.submit("/oauth/logout", {});
    expect(onwardOf(done).href).toBe(location);
    expect([await isIn(visitor), await isIn(other)]).toEqual([false, true]);
  });

  test("leads no one on by itself who is not logged in, and without an ID token", async () => {
    const { status, html } = await openVisitor(fountain).get(request({ client_id: clientId, ...back }));
    expect([status, html]).toEqual([200, expect.not.stringContaining("http-equiv")]);
    expect(html).toContain("Continue to Storyboards");
  });

  test.each([
    ["an address that is not registered", { post_logout_redirect_uri: `${GOODBYE}#`, state: "x" }],
    ["another address", { post_logout_redirect_uri: "https://evil.example/" }],
    ["an application that is not known", { client_id: "client_unknown" }],
  ])("with %s leads nowhere, and logs no one out", async (_, parameters) => {
    const visitor = await enter();
    const refused = await visitor.get(request({ client_id: clientId, ...parameters }));
    expect([refused.status, refused.location]).toEqual([400, null]);
    await visitor.get(request({}));
    const form = visitor.formOf("/oauth/logout");
    const changed = String(new URLSearchParams({ client_id: clientId, ...parameters }));
    expect((await visitor.post("/oauth/logout", { ...form, request: changed })).status).toBe(400);
    expect(await isIn(visitor)).toBe(true);
  });

  test("by a form of the application is the same request by a link, and does nothing by itself", async () => {
    const visitor = await enter();
    const sent = { client_id: clientId, state: "a b" };
    const { status, location: to } = await visitor.post("/oauth/logout", sent, { "sec-fetch-site": "cross-site" });
    expect([status, to]).toEqual([303, request(sent)]);
    await visitor.get(to ?? "");
    const { form: _, ...tokenless } = visitor.formOf("/oauth/logout");
    expect((await visitor.post("/oauth/logout", tokenless)).status).toBe(303);
    const forged = { ...tokenless, form: "x" };
    expect((await visitor.post("/oauth/logout", forged)).status).toBe(403);
    expect(await isIn(visitor)).toBe(true);
  });
});
