import { beforeEach, describe, expect, test } from "vitest";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { createFollowed, type Followed } from "./followed.ts";

let nowMs: number;
let fetched: number;
let answer: () => Promise<number>;
let failures: unknown[];
let followed: Followed<number>;

beforeEach(() => {
  nowMs = 1_000_000;
  fetched = 0;
  failures = [];
  answer = async () => fetched;
  followed = createFollowed({
    load: () => {
      fetched += 1;
      return answer();
    },
    onFailure: (error) => failures.push(error),
    now: () => nowMs,
  });
});

const unreachable = () => Promise.reject(new Unavailable("gone"));

describe("what is followed", () => {
  test("is asked for once, however many calls come in at once", async () => {
    const values = await Promise.all(Array.from({ length: 20 }, () => followed.current()));
    expect([values, fetched]).toEqual([Array.from({ length: 20 }, () => 1), 1]);
  });

  test("is at hand for two seconds, and then asked for again", async () => {
    await followed.current();
    nowMs += 1_999;
    expect([followed.current(), fetched]).toEqual([1, 1]);
    nowMs += 1;
    expect([await followed.current(), fetched]).toEqual([2, 2]);
  });

  test("stays what it was while it cannot be had, and is asked for once a second", async () => {
    await followed.current();
    answer = unreachable;
    for (const afterMs of [10_000, 500, 500, 999]) {
      nowMs += afterMs;
      expect(await followed.current()).toBe(1);
    }
    expect([fetched, failures.length]).toEqual([3, 2]);
    answer = async () => 7;
    nowMs += 1;
    expect(await followed.current()).toBe(7);
  });

  test("is unavailable as long as it has never been had, and there once it can be", async () => {
    answer = unreachable;
    await expect(followed.current()).rejects.toThrow(Unavailable);
    expect(() => followed.current()).toThrow(Unavailable);
    answer = async () => 7;
    nowMs += 1_000;
    expect(await followed.current()).toBe(7);
  });

  test("is asked for at once when it has been changed from here", async () => {
    await followed.current();
    followed.expire();
    expect([await followed.current(), fetched]).toEqual([2, 2]);
  });

  test("keeps a call waiting for no longer than 400 ms", async () => {
    await followed.current();
    answer = () => new Promise(() => {});
    nowMs += 10_000;
    expect(await followed.current()).toBe(1);
    expect(failures).toHaveLength(1);
  });
});
