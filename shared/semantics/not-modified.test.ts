import { describe, expect, test } from "vitest";
import { namesTag, unlessKnown } from "./not-modified.ts";

test.each([
  ['"3"', true],
  ['W/"3"', true],
  ['"2", W/"3"', true],
  ['"2","3"', true],
  ["*", true],
  [" * ", true],
  ['"2"', false],
  ['"a,b" , "3"', true],
  ["3", false],
  ["", false],
  ['"33"', false],
])('If-None-Match: %s names the tag "3": %j', (header, isNamed) => {
  expect(namesTag(header, '"3"')).toBe(isNamed);
  expect(namesTag(header, 'W/"3"')).toBe(isNamed);
});

describe("a read of what the caller has", () => {
  const read = (method: string, known?: string): Request =>
    new Request("http://x/", { method, ...(known !== undefined && { headers: { "if-none-match": known } }) });
  const response = (status = 200): Response =>
    new Response("text", {
      status,
      headers: { etag: '"3"', "cache-control": "private", "content-type": "text/plain" },
    });

  test.each(["GET", "HEAD"])("gets 304 without content, with the tag and what caches go by: %s", async (method) => {
    const unchanged = unlessKnown(read(method, '"3"'), response());
    expect(unchanged.status).toBe(304);
    expect(Object.fromEntries(unchanged.headers)).toEqual({ etag: '"3"', "cache-control": "private" });
    expect(await unchanged.text()).toBe("");
  });

  test("gets it in full where it has another, or asks for no condition, or does not read, or fails", () => {
    expect(unlessKnown(read("GET", '"2"'), response()).status).toBe(200);
    expect(unlessKnown(read("GET"), response()).status).toBe(200);
    expect(unlessKnown(read("POST", "*"), response()).status).toBe(200);
    expect(unlessKnown(read("GET", "*"), response(404)).status).toBe(404);
    expect(unlessKnown(read("GET", "*"), new Response("no tag")).status).toBe(200);
  });
});
