/** How the typed client waits: for `Retry-After` of a real limit, and until its caller no longer wants to. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { errorOf, watchedClient } from "../support/typed-client/watched.ts";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain();
  const administrator = await logInAndStepUp(fountain);
  token = administrator["authorization"]?.replace("Bearer ", "") ?? "";
  const { client } = watchedClient(fountain, { credentials: { accessToken: token } });
  for (const [name, match, window] of [
    ["short", "GET /kms/sessions", "1s"],
    ["long", "GET /kms/me", "1h"],
  ] as const)
    await client.call("PUT /gateway/limits/{name}", {
      path: { name },
      body: { match, per: "subject", limit: 1, window },
    });
});
afterAll(() => fountain?.stop());

const client = (longestWaitSeconds?: number) =>
  watchedClient(fountain, { credentials: { accessToken: token }, ...(longestWaitSeconds && { longestWaitSeconds }) });

/** Once the limit is live, this is the call that it refuses. */
const useUp = async (path: string): Promise<void> => {
  await expect
    .poll(async () => (await fountain.fetch(path, { headers: { authorization: `Bearer ${token}` } })).status, {
      timeout: 10_000,
      interval: 10,
    })
    .toBe(429);
};

test("waits as long as Retry-After says, and succeeds", async () => {
  await useUp("/kms/sessions");
  const { client: patient, requests } = client();
  expect((await patient.call("GET /kms/sessions")).status).toBe(200);
  expect(requests).toHaveLength(2);
});

test("fails at once where that would take too long, and says how long", async () => {
  await useUp("/kms/me");
  const { client: impatient, requests } = client();
  const error = await errorOf(impatient.call("GET /kms/me"));
  expect(error).toMatchObject({ code: "too-many-attempts", status: 429 });
  expect(error.retryAfterSeconds).toBeGreaterThan(30);
  expect(requests).toHaveLength(1);
});

test("stops waiting when its signal is aborted, with the reason of the signal", async () => {
  await useUp("/kms/me");
  const { client: patient, responses } = client(7_200);
  const reason = new Error("no longer wanted");
  const controller = new AbortController();
  const call = patient.call("GET /kms/me", { signal: controller.signal });
  await expect.poll(() => responses).toEqual(["429 GET /kms/me"]);
  // By then it waits.
  setTimeout(() => controller.abort(reason), 100);
  await expect(call).rejects.toBe(reason);
  await expect(patient.call("GET /health", { signal: controller.signal })).rejects.toBe(reason);
});
