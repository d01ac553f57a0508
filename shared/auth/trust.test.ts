import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { unavailable } from "../../tests/support/rpc/private-calls.ts";
import type { KmsRpc, Revocation, Trust } from "../contracts/kms.ts";
import { type Result, success } from "../lang/result.ts";
import { sleep } from "../lang/sleep.ts";
import { createTrustSource, EVERYONE } from "./trust.ts";

const KEY = { kid: "key-1", alg: "EdDSA", kty: "OKP", crv: "Ed25519", x: "AA" };

const updates = (revocations: Revocation[] = [], rest: Partial<Trust> = {}): Result<Trust> =>
  success({
    keys: [KEY],
    revocations,
    rightsChanges: [],
    position: revocations.length,
    isWhole: true,
    hasMore: false,
    ...rest,
  });

/** A kms whose answer the test sets, and which counts how often it is asked. */
const createKms = () => {
  const positions: (number | undefined)[] = [];
  const kms = {
    asked: 0,
    /** Where each question went on. */
    positions,
    answer: async (): Promise<Result<Trust>> => updates(),
    trust: (position?: number): ReturnType<KmsRpc["trust"]> => {
      kms.asked += 1;
      positions.push(position);
      return kms.answer();
    },
  };
  return kms;
};

describe("trust", () => {
  let nowMs = 1_000_000;
  const now = (): number => nowMs;

  beforeEach(() => {
    nowMs = 1_000_000;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("asks the kms at most once in two seconds, however many calls come in", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    for (let call = 0; call < 50; call += 1) await trust();
    expect(kms.asked).toBe(1);
    nowMs += 1_999;
    await trust();
    expect(kms.asked).toBe(1);
    nowMs += 1;
    await trust();
    expect(kms.asked).toBe(2);
  });

  test("knows a revocation two seconds after the kms does", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    expect((await trust())?.revokedAtSeconds.size).toBe(0);
    kms.answer = async () => updates([{ revokedId: "s", revokedAtSeconds: 5 }]);
    nowMs += 2_000;
    expect((await trust())?.revokedAtSeconds.get("s")).toBe(5);
  });

  test("relies on nothing old after a pause, in none of several calls at once", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    nowMs += (await trust()) ? 30_000 : 0;
    kms.answer = () => sleep(30).then(() => updates([{ revokedId: "session-1", revokedAtSeconds: 1 }]));
    const known = await Promise.all([trust(), trust(), trust()]);
    expect([known.map((state) => state?.revokedAtSeconds.size), kms.asked]).toEqual([[1, 1, 1], 2]);
  });

  test("lives on old news for sixty seconds when the kms cannot be asked, and then fails closed", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    await trust();
    kms.answer = unavailable;
    nowMs += 60_000;
    expect(await trust()).toBeDefined();
    nowMs += 1;
    expect(await trust()).toBeUndefined();
  });

  test("gives nothing as long as the kms has never answered, and works by itself once it does", async () => {
    const kms = createKms();
    kms.answer = unavailable;
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    expect(await trust()).toBeUndefined();
    kms.answer = async () => updates();
    nowMs += 1_000;
    expect((await trust())?.keys).toEqual([KEY]);
  });

  test("asks a failing kms once a second, not at every call", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    await trust();
    kms.answer = unavailable;
    nowMs += 2_000;
    await trust();
    await trust();
    expect(kms.asked).toBe(2);
    nowMs += 1_000;
    await trust();
    expect(kms.asked).toBe(3);
  });

  test("has all calls wait for one response once what it knows is too old, and refuses none", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    await trust();
    nowMs += 65_000;
    let respond: (trust: Result<Trust>) => void = () => {};
    kms.answer = () => new Promise((resolve) => (respond = resolve));
    const calls = Array.from({ length: 20 }, () => trust());
    respond(updates([{ revokedId: "s", revokedAtSeconds: 5 }]));
    const known = await Promise.all(calls);
    expect(known.map((each) => each?.revokedAtSeconds.get("s"))).toEqual(calls.map(() => 5));
    expect(kms.asked).toBe(2);
  });

  test("refuses all of them after a second and a half when the kms is silent, and asks it once for all", async () => {
    vi.useFakeTimers();
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    await trust();
    nowMs += 65_000;
    kms.answer = () => new Promise(() => {});
    const calls = Array.from({ length: 20 }, () => trust());
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await Promise.all(calls)).toEqual(calls.map(() => undefined));
    expect(kms.asked).toBe(2);
    kms.answer = async () => updates();
    nowMs += 1_500;
    expect(await trust()).toBeDefined();
  });

  test("asks again when the call that was asking has been ended", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    kms.answer = () => new Promise(() => {});
    void trust();
    kms.answer = async () => updates();
    nowMs += 1_500;
    expect(await trust()).toBeDefined();
  });

  test("waits for a silent kms no longer than a second and a half", async () => {
    vi.useFakeTimers();
    const kms = createKms();
    kms.answer = () => new Promise(() => {});
    const answer = createTrustSource({ kms, now, maxStalenessSeconds: 60 })();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await answer).toBeUndefined();
  });

  test("goes by its older news when the kms says nothing for four tenths of a second", async () => {
    vi.useFakeTimers();
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    const known = await trust();
    kms.answer = () => new Promise(() => {});
    nowMs += 2_000;
    const answer = trust();
    await vi.advanceTimersByTimeAsync(400);
    expect(await answer).toBe(known);
  });

  test("changes its version when the keys change, and not when revocations do", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    const first = await trust();
    kms.answer = async () => updates([{ revokedId: "s", revokedAtSeconds: 5 }]);
    nowMs += 2_000;
    expect((await trust())?.version).toBe(first?.version);
    kms.answer = async () => updates([], { keys: [{ ...KEY, kid: "key-2" }] });
    nowMs += 2_000;
    expect((await trust())?.version).toBeGreaterThan(first?.version ?? 0);
  });

  test("does not let an answer that was slow to come replace a newer one", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    let respondLate: (trust: Result<Trust>) => void = () => {};
    kms.answer = () => new Promise((resolve) => (respondLate = resolve));
    const late = trust();
    nowMs += 1_500;
    kms.answer = async () => updates([{ revokedId: "s", revokedAtSeconds: 5 }]);
    expect((await trust())?.revokedAtSeconds.has("s")).toBe(true);
    respondLate(updates([], { isWhole: false }));
    expect((await late)?.revokedAtSeconds.has("s")).toBe(true);
  });

  test("relies on old news for as long as the setting says, and not a moment longer", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 5 });
    await trust();
    kms.answer = unavailable;
    nowMs += 5_000;
    expect(await trust()).toBeDefined();
    nowMs += 1;
    expect(await trust()).toBeUndefined();
  });

  test("asks for what is new only, and keeps what it knows", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    kms.answer = async () => updates([{ revokedId: "a", revokedAtSeconds: 1 }], { position: 7 });
    await trust();
    kms.answer = async () => updates([{ revokedId: "b", revokedAtSeconds: 2 }], { position: 8, isWhole: false });
    nowMs += 2_000;
    expect([...((await trust())?.revokedAtSeconds ?? [])]).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(kms.positions).toEqual([undefined, 7]);
  });

  test("lets the earlier of two instants count, whichever comes first", async () => {
    const kms = createKms();
    kms.answer = async () => updates([5, 3, 9].map((revokedAtSeconds) => ({ revokedId: "s", revokedAtSeconds })));
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    expect((await trust())?.revokedAtSeconds.get("s")).toBe(3);
  });

  test("hears an answer of several parts to its end before it relies on it, and goes on where it broke off", async () => {
    const kms = createKms();
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    const parts = [
      async () => updates([{ revokedId: "a", revokedAtSeconds: 1 }], { position: 1, hasMore: true }),
      unavailable,
    ];
    const last = async () => updates([{ revokedId: "b", revokedAtSeconds: 2 }], { isWhole: false });
    kms.answer = () => (parts.shift() ?? last)();
    expect(await trust()).toBeUndefined();
    nowMs += 1_000;
    expect((await trust())?.revokedAtSeconds.size).toBe(2);
    expect(kms.positions).toEqual([undefined, 1, 1]);
  });

  test("forgets what it knew when it is told everything anew", async () => {
    const kms = createKms();
    kms.answer = async () => updates([{ revokedId: "a", revokedAtSeconds: 1 }]);
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    await trust();
    kms.answer = async () => updates([{ revokedId: "b", revokedAtSeconds: 2 }]);
    nowMs += 2_000;
    expect([...((await trust())?.revokedAtSeconds.keys() ?? [])]).toEqual(["b"]);
  });

  test("does not grow for ever: what no token can be concerned by is forgotten", async () => {
    const kms = createKms();
    const nowSeconds = nowMs / 1000;
    kms.answer = async () =>
      updates([
        { revokedId: "past", revokedAtSeconds: nowSeconds },
        { revokedId: "to come", revokedAtSeconds: nowSeconds + 100_000 },
      ]);
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    await trust();
    kms.answer = async () => updates([], { position: 2, isWhole: false });
    nowMs += 3_600_000;
    expect((await trust())?.revokedAtSeconds.size).toBe(2);
    nowMs += 3_600_000;
    expect([...((await trust())?.revokedAtSeconds.keys() ?? [])]).toEqual(["to come"]);
  });

  test("holds a bounded number of revocations, and refuses what was issued before those that it dropped", async () => {
    const kms = createKms();
    const nowSeconds = nowMs / 1000;
    const trust = createTrustSource({ kms, now, maxStalenessSeconds: 60 });
    const parts = [0, 1, 2].map((part) =>
      Array.from({ length: 100_000 }, (_, index) => ({
        revokedId: `${part}-${index}`,
        revokedAtSeconds: index === 7 ? nowSeconds + 60 : nowSeconds - 30 + part * 10,
      })),
    );
    const count = parts.length;
    kms.answer = async () =>
      updates(parts.shift(), {
        position: count - parts.length,
        isWhole: parts.length === count - 1,
        hasMore: parts.length > 0,
      });
    const known = await trust();
    expect(known?.revokedAtSeconds.size).toBeLessThanOrEqual(200_000);
    expect(known?.issuedBeforeSeconds.get(EVERYONE)).toBe(nowSeconds - 30 + 10 + 1);
    for (const revokedId of ["0-7", "1-7", "2-7", "2-99999"]) expect(known?.revokedAtSeconds.has(revokedId)).toBe(true);
    kms.answer = async () => updates([], { position: count, isWhole: false });
    nowMs += 2_000;
    expect((await trust())?.issuedBeforeSeconds.get(EVERYONE)).toBe(nowSeconds - 30 + 10 + 1);
  });
});
