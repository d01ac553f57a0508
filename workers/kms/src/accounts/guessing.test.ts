/** What a guesser of passwords sees: nothing that depends on whether there is such a user, or where they have been. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { send, signToken } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const logIn = (username: string, password: string, address: string): Promise<Response> =>
  fountain.fetch("/login", {
    method: "POST",
    headers: { "content-type": "application/json", "x-fountain-client-address": address },
    body: JSON.stringify({ username, password }),
  });

/** Everything but what differs from one second, or one request, to the next. */
const seen = async (response: Response): Promise<unknown> => {
  const headers = [...response.headers].filter(([name]) => !["x-request-id", "date", "retry-after"].includes(name));
  const { requestId, ...body } = Object(await response.json());
  expect(requestId).toEqual(expect.any(String));
  return {
    status: response.status,
    hasRetryAfter: response.headers.has("retry-after"),
    headers: headers.map(([name, value]) => [name, value.replace(/;t=\d+/, ";t=")]),
    body,
  };
};

interface Trial {
  username: string;
  /** Where it is tried: an address, and another one. */
  here: string;
  there: string;
}

/** One of each kind, at addresses of their own. */
const trials = async (network: string): Promise<Trial[]> => {
  const kinds = ["known here", "known elsewhere", "locked", "unknown"] as const;
  return Promise.all(
    kinds.map(async (kind, index) => {
      const trial = {
        username: `user-${crypto.randomUUID().slice(0, 8)}`,
        here: `${network}.${index + 1}`,
        there: `${network}.${index + 101}`,
      };
      if (kind === "unknown") return trial;
      const { username } = trial;
      const created = await send(fountain, "POST", "/users", { token, body: { username, password: PASSWORD } });
      const { id } = Object(await created.json());
      expect((await logIn(username, PASSWORD, kind === "known here" ? trial.here : "192.0.2.200")).status).toBe(200);
      if (kind === "locked") await send(fountain, "POST", `/users/${id}/lock`, { token });
      return trial;
    }),
  );
};

const play = async ({ username, here, there }: Trial, addresses: readonly ("here" | "there")[]): Promise<unknown[]> => {
  const responses: unknown[] = [];
  for (const address of addresses)
    responses.push(await seen(await logIn(username, "not the password", address === "here" ? here : there)));
  return responses;
};

const expectAlike = (played: readonly unknown[][]): void => {
  for (const responses of played) expect(responses).toEqual(played[0]);
};

test("one name, tried at an address and then at another", async () => {
  const addresses = [...Array.from({ length: 8 }, () => "here" as const), "there" as const, "there" as const];
  const played = [];
  for (const trial of await trials("198.51.100")) played.push(await play(trial, addresses));
  expectAlike(played);
  const statuses = played[0]?.map((response) => Object(response).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, ...Array.from({ length: 5 }, () => 429)]);
});

test("an address that has failed with other names", async () => {
  const all = await trials("203.0.113");
  for (const { here } of all)
    for (let attempt = 0; attempt < 3; attempt += 1) await logIn(`x-${crypto.randomUUID()}`, "wrong", here);
  const responses: unknown[][] = [];
  for (const trial of all) responses.push(await play(trial, ["here", "here", "here", "here"]));
  expectAlike(responses);
  expect(responses[0]?.map((response) => Object(response).status)).toEqual([401, 401, 429, 429]);
});

test("an address where another user keeps logging in", async () => {
  const all = await trials("192.0.2");
  const own = `user-${crypto.randomUUID().slice(0, 8)}`;
  await send(fountain, "POST", "/users", { token, body: { username: own, password: PASSWORD } });
  const responses: unknown[][] = [];
  for (const { username, here } of all) {
    const row: unknown[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      row.push(await seen(await logIn(username, "not the password", here)));
      await logIn(own, PASSWORD, here);
    }
    responses.push(row);
  }
  expectAlike(responses);
});
