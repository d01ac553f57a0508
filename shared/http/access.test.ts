import { expect, test } from "vitest";
import { assertSaneAddress, assertUtf8Address } from "./access.ts";

const MALFORMED = expect.objectContaining({ code: "malformed-request" });

test.each(["http://x/caf%C3%A9?q=%EF%BF%BD", "http://x/a%2Fb?q=100%", "http://x/?q=é"])("%s is UTF-8", (url) => {
  expect(() => assertUtf8Address({ url })).not.toThrow();
});

test.each([
  ["encoded", "http://x/caf%E9"],
  ["encoded in a query", "http://x/?q=%ED%A0%80"],
  ["as workerd shows bytes that were not encoded", "http://x/caf\ufffd"],
])("what is not UTF-8 is refused, not replaced: %s", (_, url) => {
  expect(() => assertUtf8Address({ url })).toThrow(MALFORMED);
});

test("a path has no control characters, and an address no endless length", () => {
  expect(() => assertSaneAddress({ url: "http://x/a", path: "/a" })).not.toThrow();
  for (const path of ["/a%00", "/a%1F", "/a%7f"])
    expect(() => assertSaneAddress({ url: `http://x${path}`, path })).toThrow(MALFORMED);
  const path = `/${"a".repeat(9_000)}`;
  expect(() => assertSaneAddress({ url: `http://x${path}`, path })).toThrow(MALFORMED);
});
