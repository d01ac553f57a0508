import { describe, expect, test } from "vitest";
import { bearer, codeOf, useTestGateway } from "../../../../tests/support/gateway/each.ts";
import { GOOD_API_KEY, GOOD_CODE, ISSUER } from "../../../../tests/support/gateway.ts";

const { gateway, lines, get, reorder, editorToken } = useTestGateway();

describe("a call is routed", () => {
  test("to the worker its first segment names, without the prefix and with the query", async () => {
    const response = await get("/kms/users/u%201?limit=5&after=a%2Fb", bearer(await editorToken()));
    expect(response.status).toBe(200);
    expect(gateway().received).toMatchObject([
      { destination: "kms", method: "GET", path: "/users/u%201?limit=5&after=a%2Fb" },
    ]);
  });

  test.each([
    ["GET", "/nothing"],
    ["GET", "/gateway/health"],
    ["GET", "/kms"],
    ["GET", "/kms/"],
    ["GET", "/KMS/me"],
    ["GET", "/kms/me/"],
    ["GET", "/kms/ready"],
    ["GET", "/kms/openapi.json"],
    ["GET", "/constructor/me"],
  ])("nowhere when nothing is there: %s %s", async (method, path) => {
    const response = await gateway().fetch(path, { method, headers: bearer(await editorToken()) });
    expect(response.status).toBe(404);
    expect(gateway().received).toEqual([]);
  });

  test("nowhere by another method, and the answer names the ones there are", async () => {
    for (const method of ["OPTIONS", "PATCH", "DELETE"]) {
      const response = await gateway().fetch("/kms/users", { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("GET, HEAD, POST");
    }
    expect(gateway().received).toEqual([]);
  });

  test("and no browser of another origin is told that it may call", async () => {
    const response = await get("/kms/me", { ...bearer(await editorToken()), origin: "https://evil.example" });
    const names = [...response.headers.keys()].filter((name) => name.startsWith("access-control"));
    expect(names).toEqual([]);
  });

  test("and the log names the row of the table, never the ids or the query", async () => {
    await get("/kms/users/secret-id?x=secret-query", bearer(await editorToken()));
    expect(JSON.parse(lines()[0] ?? "")).toMatchObject({ route: "/kms/users/{id}", subject: "user-1", status: 200 });
    expect(lines().join()).not.toMatch(/secret-/);
  });
});

describe("a credential", () => {
  test("is needed where the table demands a caller", async () => {
    const response = await get("/kms/me");
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer resource_metadata="${ISSUER}/.well-known/oauth-protected-resource/kms"`,
    );
    expect(gateway().received).toEqual([]);
  });

  test("is a token or an API key, never both, whatever they are (RFC 6750 §2)", async () => {
    const token = bearer(await editorToken());
    for (const headers of [
      { ...token, "x-api-key": GOOD_API_KEY },
      { authorization: "", "x-api-key": GOOD_API_KEY },
      { ...token, "x-api-key": "" },
    ]) {
      expect(await codeOf(await get("/kms/users", headers))).toBe("malformed-request");
    }
    expect(gateway().kms.exchanged).toEqual([]);
  });

  test.each(["Basic YWRtaW46YWRtaW4=", "Bearer", "Bearer ", "Bearer a b", "Bearer a, Bearer b", "token abc", ""])(
    "in Authorization that cannot be read is refused: %j",
    async (authorization) => {
      const response = await get("/kms/me", { authorization });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toMatch(/^Bearer error="invalid_token", resource_metadata="/);
    },
  );

  test.each(["", "k".repeat(257)])("in X-API-Key that cannot be one is refused without asking the kms", async (key) => {
    expect((await get("/kms/users", { "x-api-key": key })).status).toBe(401);
    expect(gateway().kms.exchanged).toEqual([]);
  });

  test("in the query counts for nothing", async () => {
    expect((await get(`/kms/me?access_token=${await editorToken()}`)).status).toBe(401);
  });

  test("spelt bearer is read all the same (RFC 9110 §11.1)", async () => {
    expect((await get("/kms/me", { authorization: `bEARER ${await editorToken()}` })).status).toBe(200);
  });

  test("of a user is passed on as it is", async () => {
    const token = await editorToken();
    await get("/kms/me", bearer(token));
    expect(gateway().received[0]?.headers.get("authorization")).toBe(`Bearer ${token}`);
  });

  test("of a service is passed on as the token it was traded for", async () => {
    await get("/service-a/elements", { "x-api-key": GOOD_API_KEY });
    const [request] = gateway().received;
    expect(request?.headers.get("authorization")).toMatch(/^Bearer eyJ/);
    expect(request?.headers.has("x-api-key")).toBe(false);
  });

  test("without the scope is refused by name", async () => {
    const response = await get("/kms/users", bearer(await gateway().userToken()));
    expect(response.status).toBe(403);
    expect(response.headers.get("www-authenticate")).toContain('scope="users:admin"');
    expect(gateway().received).toEqual([]);
  });

  test("of a service does not do for what only a user's session may", async () => {
    expect((await get("/kms/me", { "x-api-key": GOOD_API_KEY })).status).toBe(403);
    expect((await get("/kms/me", bearer(await gateway().serviceToken()))).status).toBe(403);
  });

  test("is not looked at where anyone may call", async () => {
    const response = await gateway().fetch("/kms/token", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", authorization: "Basic czpr", "x-api-key": "x" },
      body: "grant_type=client_credentials",
    });
    expect(response.status).toBe(200);
    expect(gateway().received[0]?.headers.get("authorization")).toBe("Basic czpr");
    expect(gateway().received[0]?.headers.has("x-api-key")).toBe(false);
    expect(gateway().kms.exchanged).toEqual([]);
  });

  test("is in no log line, and neither is a code", async () => {
    const token = await editorToken();
    await reorder({ ...bearer(token), "x-otp": GOOD_CODE });
    await reorder({ ...bearer(`${token}x`), "x-otp": GOOD_CODE });
    await get("/kms/users", { "x-api-key": "ftn_wrong" });
    expect(lines()).toHaveLength(3);
    expect(lines().join()).not.toMatch(/eyJ|123456|ftn_/);
  });
});
