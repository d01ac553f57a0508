import { describe, expect, test } from "vitest";
import { WORKERS } from "../contracts/workers.ts";
import { failure } from "../lang/result.ts";
import { matchRoute, partOf } from "./match.ts";
import { ROUTES } from "./routes.ts";

describe("the route table", () => {
  const rows = WORKERS.flatMap((worker) => Object.keys(ROUTES[worker]).map((key) => [worker, key] as const));

  test.each(rows)("%s finds its own row %s", (worker, key) => {
    const [method = "", template = ""] = key.split(" ");
    const match = matchRoute(worker, method, template.replaceAll(/\{\w+\+?\}/g, "x1"));
    expect(match).toEqual({ ok: true, value: { template, policy: ROUTES[worker][key] } });
  });

  test("finds nothing at a worker's private paths", () => {
    for (const worker of WORKERS.filter((name) => name !== "gateway")) {
      for (const path of ["/ready", "/openapi.json"]) {
        expect(matchRoute(worker, "GET", path)).toEqual(failure("no-route", { allowedMethods: [] }));
      }
    }
  });

  test("lets a placeholder stand for one segment, and not for none or two", () => {
    expect(matchRoute("kms", "GET", "/users/1").ok).toBe(true);
    for (const path of ["/users/", "/users/1/2", "/users/1/", "//users/1", "/users//1", "/Users/1"]) {
      expect(matchRoute("kms", "GET", path).ok, path).toBe(false);
    }
  });

  test("lets a placeholder with a plus stand for one segment or more, and for no empty one", () => {
    for (const path of ["/secrets/a", "/secrets/a/b/c", "/secrets/a/undelete"])
      expect(matchRoute("kms", "GET", path), path).toMatchObject({ ok: true, value: { template: "/secrets/{path+}" } });
    for (const path of [
      "/secrets/",
      "/secrets//a",
      "/secrets/a/",
      "/secrets/a//b",
      "/secrets/a%2Fb",
      "/secrets/a%2fb/c",
    ])
      expect(matchRoute("kms", "GET", path).ok, path).toBe(false);
  });

  test("tells what a placeholder stands for", () => {
    expect(partOf("/transit/{key}/encrypt", "/transit/orders/encrypt", "key")).toBe("orders");
    expect(partOf("/secrets/{path+}/undelete", "/secrets/a/b/undelete", "path")).toBe("a/b");
    expect(partOf("/keys/{service}/{id}", "/keys/films/x", "id")).toBe("x");
    expect(partOf("/keys/{service}/{id}", "/keys/films", "id")).toBeUndefined();
    expect(partOf("/keys/{service}/{id}", "/keys/films/x", "key")).toBeUndefined();
    expect(partOf("/scripts/{id}.fountain", "/scripts/1.fountain", "id")).toBe("1");
    expect(partOf("/scripts/{id}.fountain", "/scripts/1.txt", "id")).toBeUndefined();
  });

  test("takes dots and other signs of a template literally", () => {
    expect(matchRoute("service-a", "GET", "/scripts/1.fountain")).toMatchObject({
      ok: true,
      value: { template: "/scripts/{id}.fountain" },
    });
    expect(matchRoute("service-a", "GET", "/scripts/1xfountain")).toMatchObject({
      ok: true,
      value: { template: "/scripts/{id}" },
    });
  });

  test("prefers a literal row to a placeholder that would fit too", () => {
    expect(matchRoute("kms", "POST", "/keys/verify")).toMatchObject({ ok: true, value: { template: "/keys/verify" } });
    expect(matchRoute("kms", "GET", "/keys/verify")).toMatchObject({
      ok: true,
      value: { template: "/keys/{service}" },
    });
  });

  test("counts HEAD as GET, and knows the methods a path does answer", () => {
    expect(matchRoute("kms", "HEAD", "/me")).toMatchObject({ ok: true, value: { template: "/me" } });
    expect(matchRoute("kms", "HEAD", "/login")).toEqual(failure("no-route", { allowedMethods: ["POST"] }));
    expect(matchRoute("kms", "PUT", "/users")).toEqual(failure("no-route", { allowedMethods: ["GET", "POST"] }));
    expect(matchRoute("kms", "get", "/users").ok).toBe(false);
  });

  test("finds nothing by the names that every object has", () => {
    expect(matchRoute("kms", "GET", "/constructor")).toEqual(failure("no-route", { allowedMethods: [] }));
    expect(matchRoute("kms", "constructor", "/me").ok).toBe(false);
  });

  test("demands a scope or a user's session of every route that is not for anyone", () => {
    const lax = rows.filter(([worker, key]) => {
      const policy = ROUTES[worker][key];
      return policy?.caller === "authenticated" && policy.scope === undefined;
    });
    // One's own session, what is good for whoever holds its token, and what the handler asks a scope for.
    expect(lax).toEqual([
      ["kms", "GET /userinfo"],
      ["kms", "POST /userinfo"],
      ["kms", "POST /logout"],
      ["kms", "POST /secrets/unwrap"],
    ]);
  });
});
