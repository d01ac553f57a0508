import { describe, expect, test } from "vitest";
import { growsLinearly } from "../../../../tests/support/growth.ts";
import { destinationKey, maskDestination, parseAddress, parsePhone } from "./destination.ts";

describe("an address of mail", () => {
  test.each([
    ["ann@example.org", "ann@example.org"],
    ["  Ann.Smith+codes@Mail.EXAMPLE.org ", "Ann.Smith+codes@mail.example.org"],
    ["o'neil@xn--bcher-kva.example", "o'neil@xn--bcher-kva.example"],
    [`${"a".repeat(64)}@example.org`, `${"a".repeat(64)}@example.org`],
  ])("%j is taken", (typed, address) => {
    expect(parseAddress(typed)).toBe(address);
  });

  test.each([
    "",
    "ann",
    "@example.org",
    "ann@example",
    "ann@@example.org",
    "ann..smith@example.org",
    ".ann@example.org",
    "ann@-example.org",
    "ann@example.123",
    "ann@[127.0.0.1]",
    '"ann"@example.org',
    "ann@example.org,bob@example.org",
    "ann@example.org\nbob@example.org",
    "<ann@example.org>",
    "änn@example.org",
    `${"a".repeat(65)}@example.org`,
    `ann@${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(63)}.org`,
  ])("%j is refused", (typed) => {
    expect(parseAddress(typed)).toBeUndefined();
  });

  test("that is long and almost one takes time in proportion to its length", () => {
    expect(growsLinearly((size) => () => parseAddress(`${"a.".repeat(size)}@${"a-".repeat(size)}`))).toBe(true);
    expect(growsLinearly((size) => () => parseAddress("a".repeat(size)))).toBe(true);
  });
});

describe("a phone number", () => {
  test.each([
    ["+4915112345678", "+4915112345678"],
    [" +1 (500) 555-0006 ", "+15005550006"],
    ["+44 20 7946.0958", "+442079460958"],
  ])("%j is taken", (typed, phone) => {
    expect(parsePhone(typed)).toBe(phone);
  });

  test.each([
    "",
    "15005550006",
    "+0151234567",
    "+123456",
    "+1234567890123456",
    "+1500555000x",
    "00491511234567",
    "+１２３４５６７８",
  ])("%j is refused", (typed) => {
    expect(parsePhone(typed)).toBeUndefined();
  });
});

test.each([
  ["ann@example.org", "a***@e***.org"],
  ["a@b.co.uk", "a***@b***.uk"],
  ["+4915112345678", "+***78"],
])("%s is shown as %s", (destination, masked) => {
  expect(maskDestination(destination)).toBe(masked);
});

test("capitals make no other destination", () => {
  expect(destinationKey("Ann@example.org")).toBe(destinationKey("ann@example.org"));
});
