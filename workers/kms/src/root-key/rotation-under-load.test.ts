import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, send, sendForm, signToken } from "../../../../tests/support/kms.ts";

const ROTATIONS = 4;

let one: Fountain;
let other: Fountain;

beforeAll(async () => {
  one = await startFountain({ front: "kms" });
  other = await startFountain({ front: "kms", beside: one });
});
afterAll(async () => {
  await other?.stop();
  await one?.stop();
});

type Work = (process: Fountain, round: number) => Promise<Response>;

test("no request fails while the root key and the signing keys are rotated, at two processes at once", async () => {
  const token = await signToken(one);
  const made = z.object({ key: z.string() });
  await send(one, "POST", "/services", { token, body: { name: "films", scopes: ["secrets:read", "transit:use"] } });
  const { key } = made.parse(await (await send(one, "POST", "/keys", { token, body: { service: "films" } })).json());
  await send(one, "PUT", "/secrets/loaded", { token, body: { value: "the value" } });
  const plaintext = Buffer.from("the plaintext").toString("base64");
  const encrypted = z.object({ ciphertext: z.string() });
  const old = encrypted.parse(
    await (await send(one, "POST", "/transit/loaded/encrypt", { token, body: { plaintext } })).json(),
  );
  let { refreshToken } = await logIn(one);

  const work: Record<string, Work> = {
    login: (process) =>
      send(process, "POST", "/login", { body: { username: one.adminUsername, password: one.adminPassword } }),
    "client credentials": (process) =>
      sendForm(process, { grant_type: "client_credentials", client_id: "films", client_secret: key }),
    refresh: async (process) => {
      const response = await sendForm(process, { grant_type: "refresh_token", refresh_token: refreshToken });
      refreshToken = Object(await response.clone().json()).refresh_token ?? refreshToken;
      return response;
    },
    "a token issued just now": async (process) => {
      const issued = await sendForm(one, { grant_type: "client_credentials", client_id: "films", client_secret: key });
      return send(process, "GET", "/secrets/loaded", { token: Object(await issued.json()).access_token });
    },
    "key verification": (process) => send(process, "POST", "/keys/verify", { token, body: { key } }),
    "secret read": (process) => send(process, "GET", "/secrets/loaded", { token }),
    "secret write": (process, round) =>
      send(process, "PUT", `/secrets/written/${round % 7}`, { token, body: { value: String(round) } }),
    "old ciphertext": (process) =>
      send(process, "POST", "/transit/loaded/decrypt", { token, body: { ciphertext: old.ciphertext } }),
    encryption: (process) => send(process, "POST", "/transit/loaded/encrypt", { token, body: { plaintext } }),
  };

  let isDone = false;
  const failures: string[] = [];
  const rounds: Record<string, number> = {};
  const repeat = async (name: string, run: Work): Promise<void> => {
    for (let round = 0; !isDone; round += 1) {
      const response = await run(round % 2 === 0 ? one : other, round);
      if (response.status >= 300) failures.push(`${name}: ${response.status} ${await response.text()}`);
      rounds[name] = round + 1;
    }
  };
  const load = Promise.all(Object.entries(work).map(([name, run]) => repeat(name, run)));

  for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
    const process = rotation % 2 === 0 ? one : other;
    expect((await send(process, "POST", "/root-key/rotate", { token })).status).toBe(200);
    expect((await send(process, "POST", "/signing-keys/rotate", { token })).status).toBe(200);
    await other.runScheduled("kms");
  }
  await one.runScheduled("kms");
  isDone = true;
  await load;

  expect(failures).toEqual([]);
  for (const name of Object.keys(work)) expect(rounds[name], name).toBeGreaterThan(1);
  const rootKey = Object(await (await send(one, "GET", "/root-key", { token })).json());
  expect(rootKey).toMatchObject({ version: 1 + ROTATIONS, remaining: 0, older: [] });
});
