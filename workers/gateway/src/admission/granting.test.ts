import { describe, expect, test } from "vitest";
import { sha256 } from "#shared/lang/digest.ts";
import { failure, success } from "#shared/lang/result.ts";
import { ALL_SCOPES, bearer, codeOf, JSON_TYPE, useTestGateway } from "../../../../tests/support/gateway/each.ts";
import { GOOD_CODE } from "../../../../tests/support/gateway.ts";
import { unavailable } from "../../../../tests/support/rpc/private-calls.ts";

const { gateway, editorToken } = useTestGateway();

describe("a call that hands something out", () => {
  const path = "/kms/services";
  const create = async (headers: Record<string, string>) =>
    gateway().fetch(path, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body: "{}" });
  const admin = editorToken;

  test("wants the second factor of a user who has one, and takes a code for it", async () => {
    const refused = await create(bearer(await admin()));
    expect(refused.headers.get("www-authenticate")).toContain('acr_values="aal2"');
    expect(await codeOf(refused)).toBe("step-up-required");
    expect((await create({ ...bearer(await admin()), "x-otp": GOOD_CODE })).status).toBe(200);
    expect((await create(bearer(await admin({ acr: "aal2" })))).status).toBe(200);
    expect(gateway().received).toHaveLength(2);
  });

  test("reaches the worker with twofa's word where the user has none, and a fresh login", async () => {
    const asked: unknown[] = [];
    gateway().twofa.confirmFactorless = async (input) => {
      asked.push(input);
      return success({ accessToken: "vouched", tokenType: "Bearer", expiresInSeconds: 60 });
    };
    expect((await create(bearer(await admin()))).status).toBe(200);
    expect(gateway().received[0]?.headers.get("authorization")).toBe("Bearer vouched");
    const purpose = { method: "POST", path, bodySha256: await sha256("{}") };
    expect(asked).toMatchObject([{ subject: "user-1", sessionId: "session-1", audiences: ["fountain"], purpose }]);
    const longAgo = Math.floor(gateway().clock.nowMs / 1000) - 301;
    const stale = await create(bearer(await admin({ auth_time: longAgo })));
    expect(stale.status).toBe(401);
    expect(stale.headers.get("www-authenticate")).toBe(
      'Bearer error="insufficient_user_authentication", max_age="300"',
    );
    expect(gateway().received).toHaveLength(1);
  });

  test("is refused to a narrowed token that would leave a credential behind, not what the token is for", async () => {
    gateway().twofa.confirmFactorless = async ({ audiences }) =>
      success({ accessToken: audiences.join(), tokenType: "Bearer", expiresInSeconds: 60 });
    for (const narrowed of [{ aud: "kms" }, { narrowed: true }])
      expect((await create(bearer(await admin(narrowed)))).status).toBe(403);
    expect(gateway().received).toEqual([]);
    const read = await gateway().fetch("/kms/secrets/films", {
      headers: bearer(await admin({ aud: "kms", scope: "secrets:read" })),
    });
    expect(read.status).toBe(200);
    expect(gateway().received[0]?.headers.get("authorization")).toBe("Bearer kms");
  });

  test.each([
    ["that the session has ended", async () => failure("session-ended"), 401],
    ["nothing usable", unavailable, 503],
  ] as const)("is not forwarded when twofa answers %s", async (_, answer, status) => {
    gateway().twofa.confirmFactorless = answer;
    expect((await create(bearer(await admin()))).status).toBe(status);
    expect(gateway().received).toEqual([]);
  });

  test("is refused to services and to those who act for a user, of whom twofa is not asked", async () => {
    gateway().twofa.confirmFactorless = () => Promise.reject(new Error("asked"));
    expect((await create(bearer(await gateway().serviceToken({ scope: ALL_SCOPES })))).status).toBe(403);
    const act = { sub: "service:scripts", sid: "api-key-1" };
    expect((await create(bearer(await admin({ client_id: "scripts", act })))).status).toBe(403);
    const users = await gateway().serviceToken({ scope: ALL_SCOPES });
    const body = { method: "POST", headers: { ...JSON_TYPE, ...bearer(users) }, body: "{}" };
    expect((await gateway().fetch("/kms/users", body)).status).toBe(200);
  });
});

describe("a call that hands something out only at times, as its worker finds", () => {
  const path = "/kms/transit/films/encrypt";
  const encrypt = async (headers: Record<string, string>) =>
    gateway().fetch(path, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body: "{}" });
  const user = (replaced: Record<string, unknown> = {}) => gateway().userToken({ scope: "transit:use", ...replaced });
  const forwarded = () => gateway().received.map(({ headers }) => headers.get("authorization"));

  test("is refused to nobody on the way, and reaches the worker with twofa's word where the user has no factor", async () => {
    const act = { sub: "service:scripts", sid: "api-key-1" };
    const tokens = [
      await user(),
      await user({ auth_time: Math.floor(gateway().clock.nowMs / 1000) - 301 }),
      await user({ client_id: "scripts", act }),
      await gateway().serviceToken({ scope: "transit:use" }),
    ];
    for (const token of tokens) expect((await encrypt(bearer(token))).status).toBe(200);
    expect(forwarded()).toEqual(tokens.map((token) => `Bearer ${token}`));
    gateway().twofa.confirmFactorless = async () =>
      success({ accessToken: "vouched", tokenType: "Bearer", expiresInSeconds: 60 });
    expect((await encrypt(bearer(await user()))).status).toBe(200);
    expect(forwarded().at(-1)).toBe("Bearer vouched");
  });

  test("takes a code", async () => {
    expect((await encrypt({ ...bearer(await user()), "x-otp": GOOD_CODE })).status).toBe(200);
    expect(gateway().twofa.used).toHaveLength(1);
  });
});
