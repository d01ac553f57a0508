/** What people do with the applications that they log in to, by the pages. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, registerApplication } from "../support/gateway/application.ts";
import { openVisitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { type Account, newPerson } from "../support/twofa.ts";

let fountain: Fountain;
let clientId: string;
/** Created while the administrator has no second factor. */
let people: Account[];
beforeAll(async () => {
  fountain = await startFountain();
  people = await Promise.all(Array.from({ length: 8 }, () => newPerson(fountain)));
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
