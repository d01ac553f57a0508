/** The typed client's step-up against a running Fountain: asked once, passed, and the call repeated. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Client, StepUp, StepUpChallenge } from "../../clients/typescript/src/index.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { codeOf, forgetTimeSteps, logIn, type Person, personWith, wrongCodeOf } from "../support/twofa.ts";
import { errorOf, logInAsAdministrator, type Watched, watchedClient } from "../support/typed-client/watched.ts";

let fountain: Fountain;
let administrator: Person;
let secret = "";
let recoveryCodes: string[] = [];

beforeAll(async () => {
  fountain = await startFountain();
  administrator = personWith(fountain, (await logIn(fountain)).token);
});
afterAll(() => fountain?.stop());

const asked: StepUpChallenge[] = [];
beforeEach(async () => {
  asked.length = 0;
  await forgetTimeSteps(fountain, administrator);
});

const loggedIn = async (pass: (client: Client) => Promise<void>, send?: typeof fetch): Promise<Watched> => {
  const stepUp: StepUp = (challenge, client) => {
    asked.push(challenge);
    return pass(client);
  };
  const watched = watchedClient(fountain, { stepUp, ...(send && { fetch: send }) });
  await logInAsAdministrator(watched, fountain);
  watched.requests.length = 0;
  return watched;
};

const passCode = (client: Client): Promise<void> => client.verify({ code: codeOf(secret) });

const rotate = ({ client }: Watched) => client.call("POST /kms/root-key/rotate");

test("someone without a factor is not asked for one", async () => {
  const watched = await loggedIn(async () => {});
  expect(await errorOf(rotate(watched))).toMatchObject({ code: "factor-required", status: 401 });
  expect(asked).toEqual([]);

  const { data: begun } = await watched.client.call("POST /twofa/factors/totp");
  secret = begun.secret;
  const body = { factorId: begun.factorId, code: codeOf(secret) };
  ({ recoveryCodes } = (await watched.client.call("POST /twofa/factors/totp/confirm", { body })).data);
});

test("a refused call is asked about with its challenge, and repeated once the factor is passed", async () => {
  const watched = await loggedIn(passCode);
  const { refreshToken } = await watched.tokens();
  expect((await rotate(watched)).status).toBe(200);
  expect(asked).toEqual([
    { call: "POST /kms/root-key/rotate", acrValues: ["aal2"], maxAgeSeconds: 300, detail: expect.any(String) },
  ]);
  expect(watched.requests).toEqual([
    "POST /kms/root-key/rotate",
    "POST /twofa/auth/verify",
    "POST /kms/root-key/rotate",
  ]);
  expect((await watched.tokens()).refreshToken).toBe(refreshToken);
  await rotate(watched);
  await watched.client.refresh();
  await rotate(watched);
  expect(asked).toHaveLength(1);
});

test("calls that are refused at the same time are asked about once", async () => {
  const watched = await loggedIn((client) => client.verify({ recoveryCode: recoveryCodes.pop() }));
  const name = "steps";
  await watched.client.call("GET /kms/services");
  const replies = await Promise.all(
    Array.from({ length: 5 }, (_, index) =>
      watched.client.call("PUT /kms/roles/{name}", { path: { name: `${name}-${index}` }, body: { permissions: [] } }),
    ),
  );
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(asked).toHaveLength(1);
});

test("a call whose refusal arrives after another one has stepped up is not asked about", async () => {
  const passed = Promise.withResolvers<void>();
  let isHeld = true;
  const holding: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith("/late") || !isHeld) return response;
    isHeld = false;
    await passed.promise;
    return response;
  };
  const watched = await loggedIn(passCode, holding);
  const put = (name: string) =>
    watched.client.call("PUT /kms/roles/{name}", { path: { name }, body: { permissions: [] } });
  const late = put("late");
  await put("early");
  passed.resolve();
  expect((await late).status).toBe(200);
  expect(asked).toHaveLength(1);
});

test("a wrong code can be typed again, with the client that is passed along", async () => {
  const watched = await loggedIn(async (client) => {
    const { data } = await client.call("GET /twofa/factors");
    expect(data.items).toHaveLength(1);
    expect(await errorOf(client.verify({ code: wrongCodeOf(secret) }))).toMatchObject({ code: "code-refused" });
    // It is not asked itself: it would wait for its own end.
    expect(await errorOf(client.call("POST /kms/root-key/rotate"))).toMatchObject({ code: "step-up-required" });
    await passCode(client);
  });
  expect((await rotate(watched)).status).toBe(200);
});

test("where nothing is passed, the refusal stands", async () => {
  const watched = await loggedIn(async () => {});
  expect(await errorOf(rotate(watched))).toMatchObject({ code: "step-up-required", status: 401 });
  expect(watched.requests).toEqual(["POST /kms/root-key/rotate"]);

  const reason = new Error("the prompt was closed");
  const closing = await loggedIn(async () => {
    throw reason;
  });
  await expect(rotate(closing)).rejects.toBe(reason);
});

test("a path that is fetched is stepped up for as well, and its refusal can be read", async () => {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
  const watched = await loggedIn(passCode);
  expect((await watched.client.fetch("/kms/root-key/rotate", init)).status).toBe(200);
  expect(asked).toMatchObject([{ call: "POST /kms/root-key/rotate" }]);

  const refusing = await loggedIn(async () => {});
  const refused = await refusing.client.fetch("/kms/root-key/rotate", init);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ code: "step-up-required" });
});
