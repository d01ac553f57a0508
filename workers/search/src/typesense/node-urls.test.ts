import { expect, test } from "vitest";
import { parseNodeUrls } from "./node-urls.ts";

test("reads URLs in their order, without spaces and closing slashes", () => {
  expect(parseNodeUrls(" http://10.0.0.1:8108/ ,https://search.example/typesense,")).toEqual({
    ok: true,
    value: ["http://10.0.0.1:8108", "https://search.example/typesense"],
  });
  expect(parseNodeUrls("")).toEqual({ ok: true, value: [] });
});

test.each([
  ["localhost:8108", '"localhost:8108" is not an http or https URL'],
  ["nodes", '"nodes" is not an http or https URL'],
  ["http://a:8108,ftp://b", '"ftp://b" is not an http or https URL'],
  ["http://user:secret@a:8108", "a:8108 has credentials in its URL: set TYPESENSE_API_KEY instead"],
  ["http://a:8108/?x-typesense-api-key=k", "a:8108 has a query or fragment"],
  ["http://a:8108,http://a:8108/", "a node is listed twice"],
  [Array.from({ length: 8 }, (_, n) => `http://n${n}`).join(","), "8 nodes exceed the limit of 7"],
])("says what is wrong with %s, and no credential", (text, detail) => {
  expect(parseNodeUrls(text)).toEqual({ ok: false, error: { kind: "invalid", detail } });
});
