import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, send, signToken } from "../../../../tests/support/kms.ts";

interface Feed {
  revocations: { id: string; revokedAt: string }[];
  rightsChanges: { holder: string; issuedBefore: string }[];
  position: number;
  isWhole: boolean;
  hasMore: boolean;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/;
/** What is read is used again for a second. */
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  const service = { subject: "service:notes", clientId: "notes", roles: [], acr: "aal1" } as const;
  token = await signToken(fountain, { ...service, scopes: ["tokens:verify"] });
});
afterAll(() => fountain?.stop());

const feed = async (position?: number): Promise<Feed> => {
  const query = position === undefined ? "" : `?position=${position}`;
  const response = await send(fountain, "GET", `/revocations${query}`, { token });
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  return response.json();
};

test("a verifier learns what was revoked since it last asked, and who lost a right", async () => {
  const first = await feed();
  expect(first).toMatchObject({ isWhole: true, hasMore: false });

  const { accessToken } = await logIn(fountain);
  expect((await send(fountain, "POST", "/logout", { token: accessToken })).status).toBe(204);
  const administrator = await signToken(fountain);
  for (const permissions of [["keys:read"], ["search:read"]])
    await send(fountain, "PUT", "/roles/scribe", { token: administrator, body: { permissions } });

  await vi.waitFor(async () => {
    const next = await feed(first.position);
    expect(next).toMatchObject({ isWhole: false, hasMore: false });
    expect(next.revocations).toEqual([{ id: expect.any(String), revokedAt: expect.stringMatching(INSTANT) }]);
    expect(next.rightsChanges).toEqual([{ holder: "role:scribe", issuedBefore: expect.stringMatching(INSTANT) }]);
    expect((await feed(next.position)).revocations).toEqual([]);
    expect(await feed()).toEqual({ ...next, isWhole: true });
  }, KNOWN_WITHIN);
});

test("a position that is none is refused, and one that is not known yet starts from the beginning", async () => {
  for (const position of ["-1", "x", "1.5", ""])
    expect((await send(fountain, "GET", `/revocations?position=${position}`, { token })).status, position).toBe(422);
  expect(await feed(1_000_000)).toMatchObject({ isWhole: true });
});
