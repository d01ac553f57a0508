/**
 * The bound on revocations: five seconds at the gateway and in every worker, each of which is asked directly here. When
 * nobody can tell what has been revoked, tokens work on for a while that the operator sets, and then no more.
 */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { WorkerName } from "../../shared/contracts/workers.ts";
import { type OpenFountain, startFountain } from "../support/harness.ts";
import { type Mint, openMint } from "../support/mint.ts";

/** One call of each worker that a good token suffices for. */
const CALLS: [WorkerName, string][] = [
  ["gateway", "/search/status"],
  ["kms", "/services"],
  ["twofa", "/factors"],
  ["search", "/status"],
  ["service-a", "/elements"],
];
const STALENESS_SECONDS = 5;
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };
const RIGHTS = { scope: "keys:read sequence:read search:read" };
const API_KEY = { client_id: "films", sub: "service:films", roles: [], sid: "AAAAAAAA" };

let fountain: OpenFountain;
let mint: Mint;

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** What each worker answers to the token. */
const statusesWith = (token: string): Promise<number[]> =>
  Promise.all(CALLS.map(async ([worker, path]) => (await fountain.fetchFrom(worker, path, bearer(token))).status));

const all = (status: number): number[] => CALLS.map(() => status);

const kms = (sql: string, ...args: (string | number)[]) => fountain.databases["kms"]?.execute({ sql, args });

beforeAll(async () => {
  const settings = { REVOCATION_MAX_STALENESS_SECONDS: String(STALENESS_SECONDS) };
  fountain = await startFountain({ ownSqld: true, settings });
  mint = await openMint(fountain);
});
afterAll(() => fountain?.stop());

test("every worker refuses within five seconds the tokens of what was revoked: a session, an API key, a signing key", async () => {
  const session = await mint.sign({ ...RIGHTS, sid: "a-session" });
  const ofKey = await mint.sign({ ...RIGHTS, ...API_KEY });
  const other = await mint.sign({ ...RIGHTS, sid: "another-session" });
  expect(await statusesWith(session)).toEqual(all(200));
  expect(await statusesWith(other)).toEqual(all(200));
  // twofa knows who that is, and that a service has no factors.
  expect(await statusesWith(ofKey)).toEqual(CALLS.map(([worker]) => (worker === "twofa" ? 403 : 200)));

  const revoke = "INSERT INTO revocations (revoked_id, revoked_at) VALUES ('a-session', ?), (?, ?)";
  await kms(revoke, Date.now(), API_KEY.sid, Date.now());
  await vi.waitFor(async () => {
    expect(await statusesWith(session)).toEqual(all(401));
    expect(await statusesWith(ofKey)).toEqual(all(401));
  }, KNOWN_WITHIN);
  expect(await statusesWith(other)).toEqual(all(200));

  await kms("UPDATE signing_keys SET state = 'revoked', ended_at = ? WHERE kid = ?", Date.now(), mint.kid);
  await vi.waitFor(async () => expect(await statusesWith(other)).toEqual(all(401)), KNOWN_WITHIN);
});

test("tokens work without news for as long as REVOCATION_MAX_STALENESS_SECONDS says, and then fail closed", {
  timeout: 40_000,
}, async () => {
  const headers = bearer(await (await openMint(fountain)).sign({ ...RIGHTS, sid: "a-third-session" }));
  /** Why the gateway lets the token go no further, as it says in its log. */
  const refusal = async (): Promise<unknown> => {
    const response = await fountain.fetch("/kms/services", { headers });
    const id = response.headers.get("x-request-id") ?? "none";
    const lines = fountain.logs.filter((line) => line.includes(id)).map((line) => JSON.parse(line));
    return lines.find(({ service, event }) => service === "gateway" && event === "request")?.reason;
  };
  const status = async (): Promise<number> => (await fountain.fetch("/kms/services", { headers })).status;
  await vi.waitFor(async () => expect(await status()).toBe(200), KNOWN_WITHIN);
  await fountain.killSqld();
  const killedAtMs = Date.now();
  expect(await refusal()).not.toBe("trust-unavailable");
  await vi.waitFor(async () => expect(await refusal()).toBe("trust-unavailable"), { timeout: 15_000, interval: 200 });
  // What was known was at most two seconds old.
  expect(Date.now() - killedAtMs).toBeGreaterThan((STALENESS_SECONDS - 2) * 1000);
  await fountain.restartSqld();
  await vi.waitFor(async () => expect(await status()).toBe(200), { timeout: 10_000, interval: 200 });
});
