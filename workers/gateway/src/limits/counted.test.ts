import { expect, test } from "vitest";
import { countedAs } from "./counted.ts";

const by = (address: string | undefined) => countedAs(["address"], { address });

test("an IPv4 address counts for itself, and IPv6 by the first 64 bits", () => {
  expect(by("192.0.2.1")).not.toBe(by("192.0.2.2"));
  const same = ["2001:db8:0:1::", "2001:db8:0:1::9", "2001:db8::1:ffff:1:2:3", "2001:db8:0:1:a:b:c:d"];
  expect(new Set(same.map(by)).size).toBe(1);
  const others = ["2001:db8::", "2001:db8:0:2::", "::", "::1:0:0:0:0", "2001:db8:0:1:0:0:0:0".replace("1:0", "10:0")];
  expect(new Set([...same, ...others].map(by)).size).toBe(1 + others.length);
  expect(by("::1")).toBe(by("::2"));
});

test("those whose address is not known are counted as one", () => {
  expect(by(undefined)).toBe(by(undefined));
  expect(by(undefined)).not.toBe(by("192.0.2.1"));
});

test("a call that lacks what a limit counts by is not counted, whatever else it has", () => {
  const sender = { address: "192.0.2.1", subject: "user-1" };
  expect(countedAs(["service"], sender)).toBeUndefined();
  expect(countedAs(["address", "key"], sender)).toBeUndefined();
  expect(countedAs(["all"], { address: undefined })).toBe("");
});

test("the parts of a compound cannot be mistaken for each other", () => {
  const compound = (subject: string, key: string) => countedAs(["subject", "key"], { address: "::", subject, key });
  expect(compound("a", "b")).not.toBe(compound("ab", ""));
  expect(compound("a", "b")).not.toBe(compound("b", "a"));
});
