/** How often logins and tokens ask the database: counts, and no times. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTripCounter, isCheckpoint } from "../../../../tests/support/fountain/trips.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, send, sendForm, signToken } from "../../../../tests/support/kms.ts";

const ADDRESS = "192.0.2.1";

const trips = createTripCounter();
let fountain: Fountain;
let token: string;

const logInWith = (username: string, password: string, address = ADDRESS): Promise<Response> =>
  fountain.fetch("/login", {
    method: "POST",
    headers: { "content-type": "application/json", "x-fountain-client-address": address },
    body: JSON.stringify({ username, password }),
  });

const asAdministrator = (password = fountain.adminPassword): Promise<Response> =>
  logInWith(fountain.adminUsername, password);

beforeAll(async () => {
  fountain = await startFountain({ front: "kms", trips });
  token = await signToken(fountain);
  // The first failure of all makes the key that the addresses of unknown callers are sealed under.
  await logInWith("unknown", "no password");
  await asAdministrator();
});
afterAll(async () => {
  await fountain?.stop();
  await trips.stop();
});

/** By then keys are read again, and entries linked, as after any pause. */
const KEPT_MS = 1_100;

const counted = async (work: () => Promise<Response>): Promise<{ status: number; before: number; after: number }> => {
  await new Promise((resolve) => setTimeout(resolve, KEPT_MS));
  let status = 0;
  const { before, after } = await trips.during(["kms"], async () => {
    ({ status } = await work());
  });
  const others = after.filter((trip) => !isCheckpoint(trip));
  return { status, before: before.length, after: others.length };
};

// Read, count the attempt, open the session; and the key to sign with. Then read and link the audit entry.
test("a login takes six trips in all, where the user is known or not", async () => {
  const six = { status: 200, before: 4, after: 2 };
  expect(await counted(() => asAdministrator())).toEqual(six);
  expect(await counted(() => logInWith(fountain.adminUsername, fountain.adminPassword, "192.0.2.2"))).toEqual(six);
});

test("a failed login takes as many trips for a name that no one has", async () => {
  const wrong = { status: 401, before: 4, after: 2 };
  expect(await counted(() => asAdministrator("not the password"))).toEqual(wrong);
  expect(await counted(() => logInWith("made-up", "not the password"))).toEqual(wrong);
});

test("a refresh takes one trip to read and one to write", async () => {
  const { refreshToken } = await logIn(fountain);
  const refresh = () => sendForm(fountain, { grant_type: "refresh_token", refresh_token: refreshToken });
  expect(await counted(refresh)).toEqual({ status: 200, before: 3, after: 2 });
});

test("a user's own account takes one trip", async () => {
  const { accessToken } = await logIn(fountain);
  expect(await counted(() => send(fountain, "GET", "/me", { token: accessToken }))).toMatchObject({ before: 2 });
});

test("an API key takes one trip to find, and its token one to record", async () => {
  await send(fountain, "POST", "/services", { token, body: { name: "films", scopes: ["sequence:read"] } });
  const made = await send(fountain, "POST", "/keys", { token, body: { service: "films" } });
  const { key } = await made.json<{ key: string }>();
  const form = { grant_type: "client_credentials", client_id: "films", client_secret: key };
  // When a key was last used is written behind the response, and not each time.
  expect(await counted(() => sendForm(fountain, form))).toMatchObject({ status: 200, before: 3 });
});
