import { afterAll, beforeAll, expect, test } from "vitest";
import { CLIENT_ADDRESS_HEADER } from "#shared/http/app.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { PASSWORD, unique } from "../../../../tests/support/kms/arrangements.ts";
import { verifyAddress } from "../../../../tests/support/kms/links.ts";
import { send, signToken } from "../../../../tests/support/kms.ts";

let fountain: Fountain;
let token: string;
beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const newUser = async (): Promise<{ id: string; username: string }> => {
  const username = unique();
  const body = { username, password: PASSWORD, email: `${username}@example.org` };
  const { id } = await (await send(fountain, "POST", "/users", { token, body })).json<{ id: string }>();
  return { id, username };
};

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

const logIn = async (username: string, address: string, userAgent: string): Promise<void> => {
  const headers = { "content-type": "application/json", "user-agent": userAgent, [CLIENT_ADDRESS_HEADER]: address };
  const body = JSON.stringify({ username, password: PASSWORD });
  expect((await fountain.fetch("/login", { method: "POST", headers, body })).status).toBe(200);
};

const noticesOf = async (userId: string): Promise<number> => {
  const sql = "SELECT count(*) AS found FROM mails WHERE user_id = ? AND kind = 'new-device'";
  return Number((await fountain.databases["kms"]?.execute({ sql, args: [userId] }))?.rows[0]?.["found"]);
};

test("a login with other software, or from another network, is told to a user who was seen before, once", async () => {
  const { id, username } = await newUser();
  await verifyAddress(fountain, id);
  const steps: [address: string, userAgent: string, told: number][] = [
    ["192.0.2.7", FIREFOX, 0],
    ["192.0.2.7", FIREFOX.replaceAll("140", "141"), 0],
    ["192.0.2.200", FIREFOX, 0],
    ["192.0.2.7", "curl/8.1", 1],
    ["192.0.2.7", "curl/8.2", 1],
    ["198.51.100.7", FIREFOX, 2],
    ["198.51.100.7", FIREFOX, 2],
    ["2001:db8:1:2::7", FIREFOX, 3],
    ["2001:db8:1:9::7", FIREFOX, 3],
  ];
  const seen = [];
  for (const [address, userAgent] of steps) {
    await logIn(username, address, userAgent);
    seen.push(await noticesOf(id));
  }
  expect(seen).toEqual(steps.map(([, , told]) => told));
});

test("of many logins at once with one new device, one is told", async () => {
  const { id, username } = await newUser();
  await verifyAddress(fountain, id);
  await logIn(username, "192.0.2.7", FIREFOX);
  await Promise.all(Array.from({ length: 8 }, () => logIn(username, "203.0.113.7", "curl/8.1")));
  expect(await noticesOf(id)).toBe(1);
});

test("nothing is told to an address that is not verified", async () => {
  const { id, username } = await newUser();
  await logIn(username, "192.0.2.7", FIREFOX);
  await logIn(username, "198.51.100.7", FIREFOX);
  expect(await noticesOf(id)).toBe(0);
});
