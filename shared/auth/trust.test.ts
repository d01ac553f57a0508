import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { KmsRpc, Revocation, Trust } from "../contracts/kms.ts";
import { failure, type RpcResult, success } from "../contracts/result.ts";
import { createTrustSource } from "./trust.ts";

const KEY = { kid: "key-1", alg: "EdDSA", kty: "OKP", crv: "Ed25519", x: "AA" };

/** A kms whose answer the test sets, and which counts how often it is asked. */
const createKms = (revocations: Revocation[] = []) => {
  const kms = {
    asked: 0,
    answer: async (): Promise<RpcResult<Trust>> => success({ keys: [KEY], revocations }),
    trust: (): ReturnType<KmsRpc["trust"]> => {
      kms.asked += 1;
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
    const trust = createTrustSource(kms, now);
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
    const trust = createTrustSource(kms, now);
    expect((await trust())?.revokedAtSeconds.size).toBe(0);
    kms.answer = async () => success({ keys: [KEY], revocations: [{ sessionId: "s", revokedAtSeconds: 5 }] });
    nowMs += 2_000;
    expect((await trust())?.revokedAtSeconds.get("s")).toBe(5);
  });

  test("lives on old news for sixty seconds when the kms cannot be asked, and then fails closed", async () => {
    const kms = createKms();
    const trust = createTrustSource(kms, now);
    await trust();
    kms.answer = async () => failure("unavailable");
    nowMs += 60_000;
    expect(await trust()).toBeDefined();
    nowMs += 1;
    expect(await trust()).toBeUndefined();
  });

  test("gives nothing as long as the kms has never answered, and works by itself once it does", async () => {
    const kms = createKms();
    kms.answer = async () => {
      throw new Error("gone");
    };
    const trust = createTrustSource(kms, now);
    expect(await trust()).toBeUndefined();
    kms.answer = async () => success({ keys: [KEY], revocations: [] });
    nowMs += 1_000;
    expect((await trust())?.keys).toEqual([KEY]);
  });

  test("asks a failing kms once a second, not at every call", async () => {
    const kms = createKms();
    const trust = createTrustSource(kms, now);
    await trust();
    kms.answer = async () => failure("unavailable");
    nowMs += 2_000;
    await trust();
    await trust();
    expect(kms.asked).toBe(2);
    nowMs += 1_000;
    await trust();
    expect(kms.asked).toBe(3);
  });

  test("waits for a silent kms no longer than a second and a half", async () => {
    vi.useFakeTimers();
    const kms = createKms();
    kms.answer = () => new Promise(() => {});
    const answer = createTrustSource(kms, now)();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await answer).toBeUndefined();
  });

  test("goes by its older news when the kms says nothing for nine tenths of a second", async () => {
    vi.useFakeTimers();
    const kms = createKms();
    const trust = createTrustSource(kms, now);
    const known = await trust();
    kms.answer = () => new Promise(() => {});
    nowMs += 2_000;
    const answer = trust();
    await vi.advanceTimersByTimeAsync(900);
    expect(await answer).toBe(known);
  });

  test("changes its version when the keys change, and not when revocations do", async () => {
    const kms = createKms();
    const trust = createTrustSource(kms, now);
    const first = await trust();
    kms.answer = async () => success({ keys: [KEY], revocations: [{ sessionId: "s", revokedAtSeconds: 5 }] });
    nowMs += 2_000;
    expect((await trust())?.version).toBe(first?.version);
    kms.answer = async () => success({ keys: [{ ...KEY, kid: "key-2" }], revocations: [] });
    nowMs += 2_000;
    expect((await trust())?.version).toBeGreaterThan(first?.version ?? 0);
  });

  test("does not let an answer that was slow to come replace a newer one", async () => {
    const kms = createKms();
    const trust = createTrustSource(kms, now);
    let answerLate: (trust: RpcResult<Trust>) => void = () => {};
    kms.answer = () => new Promise((resolve) => (answerLate = resolve));
    const late = trust();
    nowMs += 1_000;
    kms.answer = async () => success({ keys: [KEY], revocations: [{ sessionId: "s", revokedAtSeconds: 5 }] });
    expect((await trust())?.revokedAtSeconds.has("s")).toBe(true);
    answerLate(success({ keys: [KEY], revocations: [] }));
    expect((await late)?.revokedAtSeconds.has("s")).toBe(true);
  });
});
