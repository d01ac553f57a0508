import { expect, test } from "vitest";
import { locationOf } from "./location.ts";

test("is the path of the resource at the gateway, each segment encoded", () => {
  expect(locationOf("kms", "GET /users/{id}", "7")).toBe("/kms/users/7");
  expect(locationOf("kms", "GET /secrets/{path+}", "a/b.c")).toBe("/kms/secrets/a/b.c");
  expect(locationOf("service-a", "GET /elements/{type}/{id}/versions/{n}", "action", 7, 2)).toBe(
    "/service-a/elements/action/7/versions/2",
  );
  expect(locationOf("search", "GET /collections/{name}/reindex/{jobId}", "a b", "ü?#")).toBe(
    "/search/collections/a%20b/reindex/%C3%BC%3F%23",
  );
  expect(locationOf("gateway", "GET /health")).toBe("/health");
});
