import { expect, test } from "vitest";
import { createOneTimeCode, parseOneTimeCode } from "./one-time-code.ts";

/** Returns these numbers as bytes, one after another. */
const from = (...numbers: number[]) => {
  const rest = [...numbers];
  return (count: number): Uint8Array => {
    const bytes = new Uint8Array(count);
    new DataView(bytes.buffer).setUint32(0, rest.shift() ?? 0);
    return bytes;
  };
};

test.each([
  [0, "00000000"],
  [7, "00000007"],
  [99_999_999, "99999999"],
  [100_000_000, "00000000"],
  [4_199_999_999, "99999999"],
])("of the random number %i comes the code %s", (number, code) => {
  expect(createOneTimeCode(from(number))).toBe(code);
});

test("a number that would make some codes likelier is drawn again", () => {
  expect(createOneTimeCode(from(4_200_000_000, 2 ** 32 - 1, 12_345_678))).toBe("12345678");
});

test.each([
  ["12345678", "12345678"],
  ["1234 5678", "12345678"],
  ["1234-5678", "12345678"],
  ["1234567", undefined],
  ["123456789", undefined],
  ["123456", undefined],
  ["１２３４５６７８", "12345678"],
  ["12345678\n", "12345678"],
  ["1234x5678", undefined],
])("%j is read as %j", (typed, code) => {
  expect(parseOneTimeCode(typed)).toBe(code);
});
