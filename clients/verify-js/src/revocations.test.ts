import { beforeAll, expect, test } from "vitest";
import { createTestSigner, type TestSigner } from "../../../tests/support/tokens.ts";
import {
  createPublisher,
  emptyFeed,
  ISSUER,
  type Publisher,
  VERIFIER_KEY,
} from "../../../tests/support/verify/publisher.ts";
import { MAX_REVOCATIONS } from "./revocations.ts";
import { createVerifier, type Verifier } from "./verifier.ts";

let signer: TestSigner;
beforeAll(async () => {
  signer = await createTestSigner("k1");
});

const start = (key = VERIFIER_KEY): { publisher: Publisher; verifier: Verifier; failures: unknown[] } => {
  const publisher = createPublisher(signer.jwk);
  const failures: unknown[] = [];
  const verifier = createVerifier({
    issuer: ISSUER,
    audience: "notes",
    revocations: { key },
    onError: (error) => failures.push(error),
    fetch: publisher.fetch,
    now: publisher.now,
  });
  return { publisher, verifier, failures };
};

/** 200, or the status of the refusal. */
const statusOf = (attempt: Promise<unknown>): Promise<number> =>
  attempt.then(
    () => 200,
    (error) => error.status,
  );

const at = (publisher: Publisher, seconds = 0): string => new Date(publisher.now() + seconds * 1000).toISOString();
const feedRequests = ({ requests }: Publisher): string[] => requests.filter((path) => path.startsWith("/kms/"));

test.each([
  ["its session", { id: "session-1" }],
  ["itself", { id: "token-1" }],
  ["the key of the service that acts", { id: "key-1" }],
])("refuses a token when %s is revoked, and no other", async (_, { id }) => {
  const { publisher, verifier } = start();
  const act = { sub: "service:films", sid: "key-1" };
  const token = await signer.sign(publisher.claims({ act, jti: "token-1" }));
  const neighbour = await signer.sign(publisher.claims({ sid: "session-2" }));
  expect(await statusOf(verifier.verify(token))).toBe(200);
  publisher.feed = () => ({ ...emptyFeed(), revocations: [{ id, revokedAt: at(publisher) }], position: 1 });
  publisher.advance(2);
  expect(await Promise.all([token, neighbour].map((each) => statusOf(verifier.verify(each))))).toEqual([401, 200]);
  expect(feedRequests(publisher)).toEqual(["/kms/revocations", "/kms/revocations?position=0"]);
});

test.each(["user:user-1", "role:user"])("refuses tokens issued before a change of the rights of %s", async (holder) => {
  const { publisher, verifier } = start();
  const token = await signer.sign(publisher.claims());
  publisher.feed = () => ({ ...emptyFeed(), rightsChanges: [{ holder, issuedBefore: at(publisher, 1) }] });
  expect(await statusOf(verifier.verify(token))).toBe(401);
  publisher.advance(1);
  const feed = { ...emptyFeed(), rightsChanges: [{ holder, issuedBefore: at(publisher) }] };
  publisher.feed = () => feed;
  expect(await statusOf(verifier.verify(await signer.sign(publisher.claims())))).toBe(200);
});

test("a revocation counts from its instant on, and an earlier one for the same id before", async () => {
  const { publisher, verifier } = start();
  const token = await signer.sign(publisher.claims());
  const revokedAt = at(publisher, 60);
  publisher.feed = () => ({ ...emptyFeed(), revocations: [{ id: "session-1", revokedAt }] });
  expect(await statusOf(verifier.verify(token))).toBe(200);
  publisher.advance(30);
  publisher.feed = () => ({
    ...emptyFeed(),
    isWhole: false,
    revocations: [{ id: "session-1", revokedAt: at(publisher) }],
  });
  expect(await statusOf(verifier.verify(token))).toBe(401);
});

test("reads all pages, and begins again where the feed does", async () => {
  const { publisher, verifier } = start();
  const token = await signer.sign(publisher.claims());
  const revocations = [{ id: "session-1", revokedAt: at(publisher) }];
  publisher.feed = (position) =>
    position === null
      ? { ...emptyFeed(), position: 1, hasMore: true }
      : { ...emptyFeed(), isWhole: false, revocations, position: 2 };
  expect(await statusOf(verifier.verify(token))).toBe(401);
  publisher.feed = () => emptyFeed();
  publisher.advance(2);
  expect(await statusOf(verifier.verify(token))).toBe(200);
});

test("requests the feed every two seconds at most, and not at all while there are no calls", async () => {
  const { publisher, verifier } = start();
  const token = await signer.sign(publisher.claims());
  for (let calls = 0; calls < 100; calls += 1) {
    await verifier.verify(token);
    publisher.advance(0.1);
  }
  expect(feedRequests(publisher)).toHaveLength(5);
});

test("calls at once after a pause all learn what was revoked meanwhile", async () => {
  const { publisher, verifier } = start();
  const token = await signer.sign(publisher.claims());
  await verifier.verify(token);
  publisher.advance(50);
  publisher.feed = () => ({ ...emptyFeed(), revocations: [{ id: "session-1", revokedAt: at(publisher) }] });
  expect(await Promise.all(Array.from({ length: 20 }, () => statusOf(verifier.verify(token))))).toEqual(
    Array.from({ length: 20 }, () => 401),
  );
  expect(feedRequests(publisher)).toHaveLength(2);
});

test("without the feed it accepts tokens for a minute, then refuses all with 503, and recovers", async () => {
  const { publisher, verifier, failures } = start();
  const token = await signer.sign(publisher.claims());
  await verifier.verify(token);
  publisher.feed = () => "no feed";
  publisher.advance(60);
  expect(await statusOf(verifier.verify(token))).toBe(200);
  publisher.advance(1);
  expect(await statusOf(verifier.verify(token))).toBe(503);
  expect(failures).toHaveLength(2);
  publisher.feed = emptyFeed;
  publisher.advance(1);
  expect(await statusOf(verifier.verify(token))).toBe(200);
});

test("a Fountain that hangs is given up, and asked once a second, however many calls there are", async () => {
  const { publisher, verifier } = start();
  const token = await signer.sign(publisher.claims());
  await verifier.verify(token);
  publisher.advance(10);
  publisher.outage = "hangs";
  const calls = Array.from({ length: 50 }, () => statusOf(verifier.verify(token)));
  await Promise.race(calls);
  publisher.advance(0.9);
  await verifier.verify(token);
  expect(feedRequests(publisher)).toHaveLength(2);
  publisher.advance(10);
  expect(new Set(await Promise.all(calls))).toEqual(new Set([200]));
});

test("a key without the right refuses all tokens with 503, and says why to the service only", async () => {
  const { publisher, verifier, failures } = start("ftn_wrong");
  const token = await signer.sign(publisher.claims());
  expect(await statusOf(verifier.verify(token))).toBe(503);
  expect(String(failures[0])).toBe("Error: GET /kms/revocations responded 403");
});

test("memory is bounded: of more revocations than it holds, the oldest stand for every token before them", async () => {
  const { publisher, verifier } = start();
  const old = await signer.sign(publisher.claims());
  publisher.advance(60);
  const revokedAt = at(publisher);
  const size = 10_000;
  const pages = MAX_REVOCATIONS / size + 1;
  publisher.feed = (position) => ({
    ...emptyFeed(),
    revocations: Array.from({ length: size }, (_, index) => ({ id: `${position}-${index}`, revokedAt })),
    isWhole: position === null,
    position: Number(position) + 1,
    hasMore: Number(position) + 1 < pages,
  });
  expect(await statusOf(verifier.verify(old))).toBe(401);
  publisher.advance(1);
  const [dropped, kept] = ["null-0", `${pages - 1}-0`];
  const sign = (sid: string | undefined) => signer.sign(publisher.claims({ sid }));
  expect(await statusOf(verifier.verify(await sign("session-1")))).toBe(200);
  expect(await statusOf(verifier.verify(await sign(dropped)))).toBe(200);
  expect(await statusOf(verifier.verify(await sign(kept)))).toBe(401);
});

test("a feed that never ends is given up", async () => {
  const { publisher, verifier, failures } = start();
  publisher.feed = () => ({ ...emptyFeed(), isWhole: false, hasMore: true });
  expect(await statusOf(verifier.verify(await signer.sign(publisher.claims())))).toBe(503);
  expect(String(failures[0])).toContain("does not advance");
});
