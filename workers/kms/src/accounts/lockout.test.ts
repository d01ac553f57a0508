import { expect, test } from "vitest";
import { allowanceOf, delayAfter, networkOf } from "./lockout.ts";

test("leaves five attempts free, then makes wait from half a minute to a quarter of an hour, doubling", () => {
  const delays = Array.from({ length: 12 }, (_, failures) => delayAfter(failures) / 1000);
  expect(delays).toEqual([0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]);
});

test("allows what the strictest counter allows", () => {
  const free = { failures: 1, blockedUntilMs: 0 };
  expect(allowanceOf([], 1_000)).toEqual({ remaining: 5, waitSeconds: 0 });
  expect(allowanceOf([free, { failures: 3, blockedUntilMs: 0 }], 1_000)).toEqual({ remaining: 2, waitSeconds: 0 });
  expect(allowanceOf([free, { failures: 5, blockedUntilMs: 30_001 }], 1_000)).toEqual({
    remaining: 0,
    waitSeconds: 30,
  });
});

test("allows one attempt when a delay is over, and none a moment before", () => {
  const count = { failures: 9, blockedUntilMs: 2_000 };
  expect(allowanceOf([count], 1_999)).toEqual({ remaining: 0, waitSeconds: 1 });
  expect(allowanceOf([count], 2_000)).toEqual({ remaining: 1, waitSeconds: 0 });
});

test("takes an IPv4 address, and 64 bits of IPv6, for one network", () => {
  expect(networkOf("192.0.2.1")).toEqual({ network: "192.0.2.1", isShared: false });
  expect(networkOf("::ffff:192.0.2.1")).toEqual({ network: "192.0.2.1", isShared: false });
  expect(networkOf("2001:db8:1:2:3:4:5:6")).toEqual(networkOf("2001:db8:1:2::9"));
  expect(networkOf("2001:db8:1:3::9")).not.toEqual(networkOf("2001:db8:1:2::9"));
});

test("counts the machine itself as shared, and no network where there is no address", () => {
  expect(networkOf("127.0.0.1")?.isShared).toBe(true);
  expect(networkOf("::1")?.isShared).toBe(true);
  expect(networkOf(undefined)).toBeUndefined();
  expect(networkOf("unknown")).toBeUndefined();
});
