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
  ["localhost:8108", '"localhost:8108" is no http or https URL'],
  ["nodes", '"nodes" is no http or https URL'],
  ["http://a:8108,ftp://b", '"ftp://b" is no http or https URL'],
  ["http://user:secret@a:8108", "a:8108 has credentials in its URL: the key belongs in TYPESENSE_API_KEY"],
  ["http://a:8108/?x-typesense-api-key=k", "a:8108 has more behind its path"],
  ["http://a:8108,http://a:8108/", "a node stands there twice"],
  [Array.from({ length: 8 }, (_, n) => `http://n${n}`).join(","), "8 nodes are more than 7"],
])("says what is wrong with %s, and no credential", (text, error) => {
  expect(parseNodeUrls(text)).toEqual({ ok: false, error });
});
