import { expect, test } from "vitest";
import { decodeUtf8, isEncodedUtf8 } from "./utf8.ts";

const bytes = (...given: number[]): Uint8Array => new Uint8Array(given);

test("decodes UTF-8, without a byte order mark at its start", () => {
  expect(decodeUtf8(new TextEncoder().encode("café 李雷 👋 \ufffd"))).toBe("café 李雷 👋 \ufffd");
  expect(decodeUtf8(bytes(0xef, 0xbb, 0xbf, 0x7b, 0x7d))).toBe("{}");
  expect(decodeUtf8(bytes())).toBe("");
});

test.each([
  ["latin-1", bytes(0x63, 0xe9)],
  ["cut off", bytes(0xc3)],
  ["overlong", bytes(0xc0, 0xaf)],
  ["half a surrogate pair", bytes(0xed, 0xa0, 0x80)],
  ["beyond U+10FFFF", bytes(0xf4, 0x90, 0x80, 0x80)],
  ["UTF-16 with its mark", bytes(0xff, 0xfe, 0x61, 0)],
])("refuses bytes that are not UTF-8: %s", (_, given) => {
  expect(decodeUtf8(given)).toBeUndefined();
});

test.each(["", "caf%C3%A9", "100%", "%zz%", "a%2Fb%25E9", "%EF%BF%BD", "café"])("%s is UTF-8 when decoded", (text) => {
  expect(isEncodedUtf8(text)).toBe(true);
});

test.each(["caf%E9", "%c3%28", "%C3", "%ED%A0%80", "%C0%AF", "100% %E9"])("%s is not UTF-8 when decoded", (text) => {
  expect(isEncodedUtf8(text)).toBe(false);
});
