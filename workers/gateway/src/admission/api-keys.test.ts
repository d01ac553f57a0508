import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ExchangedApiKey } from "#shared/contracts/kms.ts";
import { failure, success } from "#shared/lang/result.ts";
import { createTestGateway, GOOD_API_KEY, type TestGateway } from "../../../../tests/support/gateway.ts";
import { unavailable } from "../../../../tests/support/rpc/private-calls.ts";
import { createTestSigner } from "../../../../tests/support/tokens.ts";

let gateway: TestGateway;

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  gateway = await createTestGateway();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const use = async (key = GOOD_API_KEY, address?: string): Promise<number> => {
  const from = address === undefined ? {} : { "cf-connecting-ip": address };
  return (await gateway.fetch("/service-a/elements", { headers: { "x-api-key": key, ...from } })).status;
};

const exchanged = (accessToken: string): ExchangedApiKey => ({
  accessToken,
  tokenType: "Bearer",
  expiresInSeconds: 900,
  keyId: "api-key-1",
  allowedAddresses: null,
});

const nowSeconds = (): number => Math.floor(gateway.clock.nowMs / 1000);

describe("a good API key", () => {
  test("is traded once, however often it is used", async () => {
    for (let call = 0; call < 5; call += 1) expect(await use()).toBe(200);
    expect(gateway.kms.exchanged).toEqual([GOOD_API_KEY]);
  });

  test("is traded again shortly before its token ends", async () => {
    await use();
    gateway.clock.nowMs += (900 - 30) * 1000 - 1;
    await use();
    expect(gateway.kms.exchanged).toHaveLength(1);
    gateway.clock.nowMs += 1;
    expect(await use()).toBe(200);
    expect(gateway.kms.exchanged).toHaveLength(2);
  });

  test("is refused within five seconds of its revocation", async () => {
    expect(await use()).toBe(200);
    gateway.kms.exchangeApiKey = async () => failure("invalid");
    gateway.revocations.push({ revokedId: "api-key-1", revokedAtSeconds: nowSeconds() });
    gateway.clock.nowMs += 2_000;
    expect(await use()).toBe(401);
  });

  test("revoked with grace works until the grace ends, and not a moment longer", async () => {
    gateway.revocations.push({ revokedId: "api-key-1", revokedAtSeconds: nowSeconds() + 60 });
    expect(await use()).toBe(200);
    gateway.clock.nowMs += 59_999;
    expect(await use()).toBe(200);
    gateway.kms.exchangeApiKey = async () => failure("invalid");
    gateway.clock.nowMs += 1;
    expect(await use()).toBe(401);
  });

  test("is traded again when the key that signed its token is gone, instead of failing until the token ends", async () => {
    await use();
    const successor = await createTestSigner("key-2");
    Object.assign(gateway.signer, successor);
    gateway.clock.nowMs += 2_000;
    expect(await use()).toBe(200);
    expect(gateway.kms.exchanged).toHaveLength(2);
  });

  test("whose token does not verify is refused, and nothing is remembered of it", async () => {
    const stranger = await createTestSigner("key-9");
    const token = await stranger.sign({});
    let exchanges = 0;
    gateway.kms.exchangeApiKey = async () => {
      exchanges += 1;
      return success(exchanged(token));
    };
    expect([await use(), await use()]).toEqual([401, 401]);
    expect(exchanges).toBe(2);
  });

  test("is not taken for another one", async () => {
    await use();
    expect(await use(`${GOOD_API_KEY}x`)).toBe(401);
    expect(await use(GOOD_API_KEY.slice(0, -1))).toBe(401);
  });
});

describe("calls that come at once with a new API key", () => {
  const burst = (calls: number): Promise<number[]> => Promise.all(Array.from({ length: calls }, () => use()));

  test("have it traded once, from one address", async () => {
    expect(await burst(50)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(gateway.kms.exchanged).toEqual([GOOD_API_KEY]);
  });

  test("are all refused by one exchange", async () => {
    gateway.kms.exchangeApiKey = vi.fn(async () => failure("invalid"));
    expect(new Set(await burst(50))).toEqual(new Set([401]));
    expect(gateway.kms.exchangeApiKey).toHaveBeenCalledOnce();
  });

  test("do without one whose exchange fails, or never ends", async () => {
    const { exchangeApiKey } = gateway.kms;
    const failing = vi.fn(exchangeApiKey).mockRejectedValueOnce(new Error("gone"));
    gateway.kms.exchangeApiKey = failing;
    expect((await burst(5)).toSorted()).toEqual([200, 200, 200, 200, 503]);

    gateway = await createTestGateway();
    const lost = vi.fn(gateway.kms.exchangeApiKey).mockReturnValueOnce(new Promise(() => {}));
    gateway.kms.exchangeApiKey = lost;
    void use();
    await vi.waitFor(() => expect(lost).toHaveBeenCalledOnce());
    const others = burst(5);
    gateway.clock.nowMs += 1_000;
    expect(await others).toEqual([200, 200, 200, 200, 200]);
    expect(lost).toHaveBeenCalledTimes(2);
  });
});

describe("an API key that may be used from some addresses only", () => {
  const [HOME, ELSEWHERE] = ["192.0.2.7", "198.51.100.7"];

  beforeEach(() => {
    gateway.kms.allowedAddresses = ["192.0.2.0/24"];
  });

  test("is refused from elsewhere, also while its token is remembered", async () => {
    expect(await use(GOOD_API_KEY, HOME)).toBe(200);
    expect(await use(GOOD_API_KEY, ELSEWHERE)).toBe(401);
    expect(await use(GOOD_API_KEY)).toBe(401);
    expect(await use(GOOD_API_KEY, HOME)).toBe(200);
    expect(gateway.kms.exchanged).toHaveLength(1);
  });

  test("is not spoiled for its owner by a thief who tries it from elsewhere", async () => {
    const { exchangeApiKey } = gateway.kms;
    gateway.kms.exchangeApiKey = async () => failure("invalid");
    expect(await use(GOOD_API_KEY, ELSEWHERE)).toBe(401);
    gateway.kms.exchangeApiKey = exchangeApiKey;
    expect(await use(GOOD_API_KEY, HOME)).toBe(200);
    expect(await use(GOOD_API_KEY, ELSEWHERE)).toBe(401);
  });

  test("follows a change of its addresses within five seconds, because its token ends with it", async () => {
    expect(await use(GOOD_API_KEY, HOME)).toBe(200);
    gateway.kms.allowedAddresses = ["198.51.100.0/24"];
    gateway.revocations.push({ revokedId: "api-key-1", revokedAtSeconds: nowSeconds() });
    gateway.kms.exchangeApiKey = async () =>
      success({
        ...exchanged(await gateway.serviceToken({ sid: "api-key-1.renewed" })),
        allowedAddresses: gateway.kms.allowedAddresses,
      });
    gateway.clock.nowMs += 2_000;
    expect(await use(GOOD_API_KEY, HOME)).toBe(401);
    expect(await use(GOOD_API_KEY, ELSEWHERE)).toBe(200);
  });
});

describe("the use of an API key", () => {
  test("is noted, each time it was good for a call", async () => {
    await use();
    await use();
    await use("ftn_bad");
    expect(gateway.kms.used).toEqual(["api-key-1", "api-key-1"]);
  });
});

describe("a bad API key", () => {
  test("is asked about once in two seconds, so that guessing does not reach the kms", async () => {
    for (let call = 0; call < 5; call += 1) expect(await use("ftn_bad")).toBe(401);
    expect(gateway.kms.exchanged).toHaveLength(1);
    gateway.clock.nowMs += 2_000;
    await use("ftn_bad");
    expect(gateway.kms.exchanged).toHaveLength(2);
  });

  test("works as soon as the kms knows it, two seconds later at most", async () => {
    gateway.kms.exchangeApiKey = async () => failure("invalid");
    expect(await use()).toBe(401);
    gateway.kms.exchangeApiKey = async () => success(exchanged(await gateway.serviceToken()));
    gateway.clock.nowMs += 2_000;
    expect(await use()).toBe(200);
  });
});

describe("a kms that cannot be asked", () => {
  test("makes unknown keys unavailable, and remembers nothing against them", async () => {
    gateway.kms.exchangeApiKey = unavailable;
    expect(await use()).toBe(503);
    gateway.kms.exchangeApiKey = () => Promise.reject(new Error("gone"));
    expect(await use()).toBe(503);
    gateway.kms.exchangeApiKey = async () => success(exchanged(await gateway.serviceToken()));
    expect(await use()).toBe(200);
  });

  test("does not stop keys that were traded before", async () => {
    await use();
    gateway.kms.exchangeApiKey = () => Promise.reject(new Error("gone"));
    expect(await use()).toBe(200);
  });

  test("is waited for four seconds, not longer", async () => {
    vi.useFakeTimers();
    gateway.kms.exchangeApiKey = () => new Promise(() => {});
    const answer = use();
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await answer).toBe(503);
  });
});
