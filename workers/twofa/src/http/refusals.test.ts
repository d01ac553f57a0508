import { describe, expect, test } from "vitest";
import type { Principal } from "#shared/auth/claims.ts";
import { assertMayAddFactor } from "./refusals.ts";

const LOGIN_SECONDS = 1_800_000_000;

const principal = (acr: Principal["acr"]): Principal => ({
  kind: "user",
  subject: "u",
  clientId: "fountain",
  sessionId: "s",
  roles: [],
  scopes: new Set(),
  acr,
  amr: ["pwd"],
  authTimeSeconds: LOGIN_SECONDS,
  tokenId: "token-1",
  audiences: ["fountain"],
  issuedAtSeconds: LOGIN_SECONDS,
  expiresAtSeconds: LOGIN_SECONDS + 900,
});

const atSeconds = (age: number): number => (LOGIN_SECONDS + age) * 1000;

describe("a first factor", () => {
  test("may be added until five minutes after the login", () => {
    expect(() => assertMayAddFactor(principal("aal1"), false, atSeconds(300))).not.toThrow();
  });

  test("needs a new login after that, and the challenge says so", () => {
    expect(() => assertMayAddFactor(principal("aal1"), false, atSeconds(301))).toThrow(
      expect.objectContaining({
        code: "step-up-required",
        headers: { "www-authenticate": 'Bearer error="insufficient_user_authentication", max_age="300"' },
      }),
    );
  });
});

describe("a further factor", () => {
  test("needs a second factor passed within five minutes", () => {
    const challenge = expect.objectContaining({
      code: "step-up-required",
      headers: {
        "www-authenticate": 'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"',
      },
    });
    expect(() => assertMayAddFactor(principal("aal1"), true, atSeconds(0))).toThrow(challenge);
    expect(() => assertMayAddFactor(principal("aal2"), true, atSeconds(301))).toThrow(challenge);
    expect(() => assertMayAddFactor(principal("aal2"), true, atSeconds(300))).not.toThrow();
  });
});
