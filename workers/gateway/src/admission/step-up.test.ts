import { describe, expect, test } from "vitest";
import { sha256 } from "#shared/lang/digest.ts";
import { failure, success } from "#shared/lang/result.ts";
import { ALL_SCOPES, bearer, codeOf, JSON_TYPE, useTestGateway } from "../../../../tests/support/gateway/each.ts";
import { GOOD_API_KEY, GOOD_CODE } from "../../../../tests/support/gateway.ts";
import { unavailable } from "../../../../tests/support/rpc/private-calls.ts";

const { gateway, get, reorder, editorToken } = useTestGateway();

describe("a second factor that is demanded", () => {
  test("is challenged for when neither session nor code has it (RFC 9470)", async () => {
    const response = await reorder(bearer(await editorToken()));
    expect(await codeOf(response)).toBe("step-up-required");
    expect(response.headers.get("www-authenticate")).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"',
    );
    expect(gateway().received).toEqual([]);
  });

  test("is challenged for again when it was passed too long ago", async () => {
    const longAgo = Math.floor(gateway().clock.nowMs / 1000) - 301;
    const token = await editorToken({ acr: "aal2", auth_time: longAgo });
    expect(await codeOf(await reorder(bearer(token)))).toBe("step-up-required");
  });

  test("is had by a session that has just stepped up, and then no code is used up", async () => {
    const token = await editorToken({ acr: "aal2" });
    expect((await reorder({ ...bearer(token), "x-otp": GOOD_CODE })).status).toBe(200);
    expect(gateway().twofa.used).toEqual([]);
    expect(gateway().received[0]?.headers.get("authorization")).toBe(`Bearer ${token}`);
  });

  test("is had by a code, traded for a token that the worker sees and the caller never", async () => {
    const token = await editorToken();
    const response = await reorder({ ...bearer(token), "x-otp": GOOD_CODE });
    expect(response.status).toBe(200);
    expect(gateway().twofa.used).toEqual([
      {
        subject: "user-1",
        sessionId: "session-1",
        scopes: expect.any(Array),
        audiences: ["fountain"],
        narrowed: false,
        code: GOOD_CODE,
        purpose: { method: "POST", path: "/service-a/sequence/reorder", bodySha256: await sha256("{}") },
      },
    ]);
    const forwarded = gateway().received[0]?.headers;
    expect(forwarded?.get("authorization")).toMatch(/^Bearer eyJ/);
    expect(forwarded?.get("authorization")).not.toBe(`Bearer ${token}`);
    expect(forwarded?.has("x-otp")).toBe(false);
    expect([...response.headers.values()].join()).not.toContain("eyJ");
  });

  test.each([
    [failure("wrong-code"), 401, "code-refused", null],
    [{ ok: false, error: { kind: "locked", retryAfterSeconds: 42 } }, 429, "too-many-attempts", "42"],
    [failure("session-ended"), 401, "unauthenticated", null],
  ] as const)("and a code that comes to %o answers %i", async (refusal, status, code, retryAfter) => {
    gateway().twofa.elevateOnce = async () => refusal;
    const response = await reorder({ ...bearer(await editorToken()), "x-otp": GOOD_CODE });
    expect(response.status).toBe(status);
    expect(await codeOf(response)).toBe(code);
    expect(response.headers.get("retry-after")).toBe(retryAfter);
    expect(response.headers.has("www-authenticate")).toBe(status === 401);
    expect(gateway().received).toEqual([]);
  });

  test("is unavailable, not a bare error, when twofa throws", async () => {
    gateway().twofa.elevateOnce = () => Promise.reject(new Error("the network connection was lost"));
    const response = await reorder({ ...bearer(await editorToken()), "x-otp": GOOD_CODE });
    expect(await codeOf(response)).toBe("unavailable");
  });

  test("is unavailable, and to be tried again soon, when twofa is", async () => {
    gateway().twofa.elevateOnce = unavailable;
    const response = await reorder({ ...bearer(await editorToken()), "x-otp": GOOD_CODE });
    expect([response.status, await codeOf(response)]).toEqual([503, "unavailable"]);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(response.headers.has("www-authenticate")).toBe(false);
    expect(gateway().received).toEqual([]);
  });

  test("is not had by a caller who has none to pass, who is told where to enrol one", async () => {
    gateway().twofa.hasFactor = async () => success(false);
    const response = await reorder(bearer(await editorToken()));
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain("insufficient_user_authentication");
    const { code, detail } = Object(await response.json());
    expect(code).toBe("factor-required");
    expect(detail).toContain("/twofa/factors/totp");
    gateway().twofa.elevateOnce = async () => failure("no-factor");
    expect(await codeOf(await reorder({ ...bearer(await editorToken()), "x-otp": GOOD_CODE }))).toBe("factor-required");
  });

  test.each([unavailable, () => Promise.reject(new Error("the network connection was lost"))] as const)(
    "is challenged for as ever when nobody can say whether there is one to pass",
    async (hasFactor) => {
      gateway().twofa.hasFactor = hasFactor;
      expect(await codeOf(await reorder(bearer(await editorToken())))).toBe("step-up-required");
    },
  );

  test("uses up no code when the call would be refused anyway", async () => {
    const otp = { "x-otp": GOOD_CODE };
    const token = await editorToken();
    expect((await reorder({ ...bearer(await gateway().userToken()), ...otp })).status).toBe(403);
    expect((await reorder({ ...bearer("wrong"), ...otp })).status).toBe(401);
    expect((await reorder({ ...bearer(token), ...otp, "content-type": "text/plain" })).status).toBe(415);
    expect((await reorder({ ...bearer(token), ...otp, "content-length": "1048577" })).status).toBe(413);
    const tooLarge = new Blob(["x".repeat(1024 * 1024 + 1)]).stream();
    const chunked = await gateway().fetch("/service-a/sequence/reorder", {
      method: "POST",
      headers: { ...JSON_TYPE, ...bearer(token), ...otp },
      body: tooLarge,
    });
    expect(chunked.status).toBe(413);
    expect(gateway().twofa.used).toEqual([]);
    expect(gateway().received).toEqual([]);
  });

  test("cannot be passed by a service, by any code", async () => {
    for (const headers of [
      bearer(await gateway().serviceToken({ scope: ALL_SCOPES })),
      { "x-api-key": GOOD_API_KEY },
    ]) {
      gateway().kms.exchangeApiKey = async () => ({
        ok: true,
        value: {
          accessToken: await gateway().serviceToken({ scope: ALL_SCOPES }),
          tokenType: "Bearer",
          expiresInSeconds: 900,
          keyId: "api-key-1",
          allowedAddresses: null,
        },
      });
      const response = await reorder({ ...headers, "x-otp": GOOD_CODE });
      expect(await codeOf(response)).toBe("step-up-required");
    }
    expect(gateway().twofa.used).toEqual([]);
  });

  test("is not asked about a code that is longer than any", async () => {
    const response = await reorder({ ...bearer(await editorToken()), "x-otp": "1".repeat(65) });
    expect(await codeOf(response)).toBe("code-refused");
    expect(gateway().twofa.used).toEqual([]);
  });

  test("is challenged for when the code is empty", async () => {
    expect(await codeOf(await reorder({ ...bearer(await editorToken()), "x-otp": "" }))).toBe("step-up-required");
  });
});

describe("a token for one request", () => {
  const PATH = "/service-a/sequence/reorder";
  const grant = (bodySha256?: string, replaced: Record<string, unknown> = {}): Promise<string> => {
    gateway().grants.add("grant-1");
    const details = {
      type: "fountain_request",
      actions: ["POST"],
      locations: [PATH],
      ...(bodySha256 && { bodySha256 }),
    };
    return editorToken({ acr: "aal2", jti: "grant-1", authorization_details: [details], ...replaced });
  };

  test("is used up before the worker sees the request", async () => {
    const token = await grant(await sha256("{}"));
    gateway().worker.answer = () => Response.json({ left: gateway().grants.size });
    expect(await (await reorder(bearer(token))).json()).toEqual({ left: 0 });
    expect(gateway().received[0]).toMatchObject({ path: "/sequence/reorder", body: "{}" });
    expect(await codeOf(await reorder(bearer(token)))).toBe("step-up-required");
    expect(gateway().received).toHaveLength(1);
  });

  test("is not used up by a call that would be refused anyway", async () => {
    const token = await grant(await sha256("{}"));
    expect((await reorder(bearer(token), "{ }")).status).toBe(401);
    expect((await reorder({ ...bearer(token), "content-type": "text/plain" })).status).toBe(415);
    expect((await reorder({ ...bearer(token), "content-length": "1048577" })).status).toBe(413);
    expect((await reorder(bearer(await grant(undefined, { scope: "" })))).status).toBe(403);
    expect((await get("/service-a/elements", bearer(token))).status).toBe(403);
    expect((await gateway().fetch(`${PATH}?x=1`, { method: "POST", headers: bearer(token) })).status).toBe(401);
    expect(gateway().grants.size).toBe(1);
    expect(gateway().received).toEqual([]);
  });

  test("makes up for no code, nor a code for it", async () => {
    const token = await grant(undefined, { auth_time: Math.floor(gateway().clock.nowMs / 1000) - 301 });
    expect((await reorder({ ...bearer(token), "x-otp": GOOD_CODE })).status).toBe(401);
    expect(gateway().twofa.used).toEqual([]);
  });

  test("lets nothing through while nobody can say whether it was used", async () => {
    const token = await grant();
    gateway().kms.redeemGrant = unavailable;
    expect((await reorder(bearer(token))).status).toBe(503);
    gateway().kms.redeemGrant = () => Promise.reject(new Error("the network connection was lost"));
    expect((await reorder(bearer(token))).status).toBe(503);
    expect(gateway().received).toEqual([]);
  });

  test.each([
    { actions: ["POST", "GET"] },
    { locations: [PATH, "/kms/me"] },
    { type: "another" },
    { privileges: ["all"] },
  ])("whose details say %o is no token at all", async (changed) => {
    const details = { type: "fountain_request", actions: ["POST"], locations: [PATH], ...changed };
    const token = await editorToken({ acr: "aal2", authorization_details: [details] });
    expect(await codeOf(await reorder(bearer(token)))).toBe("unauthenticated");
    const none = await editorToken({ acr: "aal2", authorization_details: [] });
    expect(await codeOf(await reorder(bearer(none)))).toBe("unauthenticated");
  });
});

describe("a second factor that the worker asks for", () => {
  const enrol = async (headers: Record<string, string>) =>
    gateway().fetch("/twofa/factors/totp", { method: "POST", headers: { ...JSON_TYPE, ...headers }, body: "{}" });

  test("leaves the call alone when no code is sent", async () => {
    const token = await gateway().userToken();
    expect((await enrol(bearer(token))).status).toBe(200);
    expect(gateway().received[0]?.headers.get("authorization")).toBe(`Bearer ${token}`);
  });

  test("takes a code that is sent, unless the session has it already", async () => {
    await enrol({ ...bearer(await gateway().userToken()), "x-otp": GOOD_CODE });
    await enrol({ ...bearer(await gateway().userToken({ acr: "aal2" })), "x-otp": GOOD_CODE });
    expect(gateway().twofa.used).toHaveLength(1);
    expect((await enrol({ ...bearer(await gateway().userToken()), "x-otp": "000000" })).status).toBe(401);
  });
});

test("a code sent where none is demanded is neither used up nor passed on", async () => {
  await get("/kms/me", { ...bearer(await gateway().userToken()), "x-otp": GOOD_CODE });
  expect(gateway().twofa.used).toEqual([]);
  expect(gateway().received[0]?.headers.has("x-otp")).toBe(false);
});
