/** Calls of a service that has an OpenAPI document, through the gateway. */
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createDescribedService,
  type DescribedService,
  DOCUMENT,
} from "../../../../tests/support/gateway/described-service.ts";

let service: DescribedService;
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  service = await createDescribedService();
});
beforeEach(() => service.describe(DOCUMENT));

const ITEM = { title: "A note", kind: "a" };

describe("parameters", () => {
  test.each([
    "/items",
    "/items?limit=7&unknown=1",
    "/items?tag=one&tag=two",
    "/items?id=1,2,3",
    "/items?open=true",
    "/items?open=False",
    "/items?since=",
    "/items?since=1.5e3",
    '/items?filter={"a":1}',
    "/items?deep[a]=1",
    "/items/7",
    "/items/special",
    "/files/name.json",
    "/not/in/the/document?limit=none",
  ])("that fit pass: %s", async (path) => {
    expect(await service.call("GET", path)).toMatchObject({ status: 200 });
    expect(service.received).toHaveLength(1);
  });

  test.each([
    ["/items?limit=many", "#/query/limit must be an integer"],
    ["/items?limit=1.5", "#/query/limit must be an integer"],
    ["/items?limit=0", "#/query/limit must be at least 1"],
    ["/items?limit=1&limit=2", "#/query/limit must occur once"],
    ["/items?tag=one&tag=longer", "#/query/tag/1 must have at most 5 characters"],
    ["/items?id=1,two", "#/query/id/1 must be an integer"],
    ["/items?open=maybe", "#/query/open must be true or false"],
    ["/items?since=soon", "#/query/since must be a number, or null"],
    ["/items?filter={}", "#/query/filter/a required"],
    ["/items?filter={", "#/query/filter must be JSON"],
    ["/items/seven", "#/param/id must be an integer"],
    ["/items/seven/", "#/param/id must be an integer"],
    ["/files/NAME.json", "#/param/name must match ^[a-z]+$"],
  ])("that do not fit are refused: %s", async (path, error) => {
    expect(await service.call("GET", path)).toMatchObject({ status: 422, errors: [error] });
    expect(service.received).toEqual([]);
  });

  test("in headers count too, but for those that the gateway keeps", async () => {
    const without = { authorization: String(service.headers["authorization"]) };
    const response = await service.gateway.fetch("/notes/items", { headers: without });
    expect([response.status, Object(await response.json()).errors]).toEqual([
      422,
      [{ pointer: "#/header/X-Tenant", detail: "required" }],
    ]);
  });

  test("of HEAD are those of GET", async () => {
    const response = await service.gateway.fetch("/notes/items/seven", { method: "HEAD", headers: service.headers });
    expect(response.status).toBe(422);
  });
});

describe("JSON bodies", () => {
  test("that fit pass as they are", async () => {
    const body = ` ${JSON.stringify({ ...ITEM, count: null, tags: ["x"], when: "at noon", either: { x: 1 } })}\n`;
    expect(await service.call("POST", "/items", body, "application/json; charset=utf-8")).toMatchObject({
      status: 200,
    });
    expect(service.received).toMatchObject([{ path: "/items", body, type: "application/json; charset=utf-8" }]);
  });

  test.each<[unknown, ...string[]]>([
    [{}, "#/title required", "#/kind required"],
    [{ ...ITEM, title: "", extra: 1 }, "#/title must have at least 1 character", "#/extra unknown member"],
    [{ ...ITEM, title: 7, kind: "c" }, "#/title must be a string", "#/kind must be one of a, b"],
    [{ ...ITEM, count: -1 }, "#/count must be at least 0"],
    [{ ...ITEM, count: "1" }, "#/count must be an integer, or null"],
    [{ ...ITEM, tags: ["a", 1, "b"] }, "#/tags must have at most 2 items", "#/tags/1 must be a string"],
    [{ ...ITEM, tags: ["a", "a"] }, "#/tags must have no item twice"],
    [{ ...ITEM, either: {} }, "#/either/x required"],
    [{ ...ITEM, "a/b~c d": 1 }, "#/a~1b~0c d unknown member"],
    [[], "# must be an object"],
    [null, "# must be an object"],
  ])("that do not fit are refused, with each fault: %j", async (body, ...errors) => {
    const refused = await service.post(body);
    expect(refused).toMatchObject({ status: 422 });
    expect(refused.errors.toSorted()).toEqual(errors.toSorted());
    expect(service.received).toEqual([]);
  });

  test.each([
    ["{", 400],
    ['{"title":"a","title":"b","kind":"a"}', 400],
    ["[".repeat(40) + "]".repeat(40), 400],
    [`{"title":"${"x".repeat(1024 * 1024)}"}`, 413],
    ['{"\\ud800":1,"title":"a","kind":"a"}', 422],
  ])("that cannot be read are refused: %.30s", async (body, status) => {
    expect((await service.call("POST", "/items", body, "application/json")).status).toBe(status);
    expect(service.received).toEqual([]);
  });

  test("must be there where the document says so", async () => {
    expect(await service.call("POST", "/items")).toMatchObject({ status: 422, errors: ["# required"] });
    expect(await service.call("PATCH", "/items/7")).toMatchObject({ status: 200 });
  });

  test("of a recursive schema with choices are validated within bounds", async () => {
    const tree = (depth: number): unknown => (depth === 0 ? { leaf: "x" } : { children: [tree(depth - 1)] });
    const patch = (body: unknown) => service.post(body, "/items/7", "PATCH", "application/merge-patch+json");
    expect(await patch({ children: [{ leaf: 1 }] })).toMatchObject({ status: 200 });
    expect(await patch(tree(3))).toMatchObject({ status: 422 });
    const refused = await patch(tree(14));
    expect(refused).toMatchObject({ status: 422 });
    expect(refused.errors[0]).toContain("cannot be validated");
  });
});

describe("other media types", () => {
  test("pass where they are listed, and are refused where not", async () => {
    const form = "application/x-www-form-urlencoded";
    expect(await service.call("PUT", "/items", "a=1", form)).toMatchObject({ status: 200 });
    expect(await service.call("POST", "/items", "a=1", form)).toMatchObject({
      status: 415,
      detail: "Send the body as Content-Type: application/json.",
    });
    expect(await service.call("PUT", "/items", "text", "text/plain")).toMatchObject({ status: 415 });
    expect(service.received).toMatchObject([{ body: "a=1", type: form }]);
  });
});
