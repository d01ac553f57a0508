import { describe, expect, test } from "vitest";
import { testClaims } from "../../tests/support/tokens.ts";
import { claimsSchema } from "../contracts/access-token.ts";
import { isUpstreamScope } from "../contracts/rights.ts";
import { STEP_UP } from "../policy/policy.ts";
import {
  assertSteppedUp,
  factorRequired,
  hasSteppedUp,
  isFresh,
  refusalOf,
  stepUpRequired,
  unauthenticated,
} from "./authorize.ts";
import { type Principal, parseScopes, principalFrom } from "./claims.ts";

const NOW = 1_800_000_000;
const principal = (changed: Partial<Principal> = {}): Principal => ({
  kind: "user",
  subject: "user-1",
  clientId: "fountain",
  sessionId: "session-1",
  roles: ["user"],
  scopes: parseScopes("sequence:read"),
  acr: "aal2",
  amr: ["pwd", "otp"],
  authTimeSeconds: NOW,
  tokenId: "token-1",
  audiences: ["fountain"],
  issuedAtSeconds: NOW,
  expiresAtSeconds: NOW + 900,
  ...changed,
});

describe("a second factor", () => {
  test("counts for 300 seconds, to the second", () => {
    expect(hasSteppedUp(principal({ authTimeSeconds: NOW - 300 }), NOW)).toBe(true);
    expect(hasSteppedUp(principal({ authTimeSeconds: NOW - 301 }), NOW)).toBe(false);
    expect(isFresh(principal({ authTimeSeconds: NOW - 60 }), NOW, 59)).toBe(false);
  });

  test("counts for as long as a route says, where it says so", () => {
    const demand = { acr: "aal2", maxAgeSeconds: 60 } as const;
    expect(() => assertSteppedUp(principal({ authTimeSeconds: NOW - 60 }), NOW * 1000, demand)).not.toThrow();
    expect(() => assertSteppedUp(principal({ authTimeSeconds: NOW - 61 }), NOW * 1000, demand)).toThrow(
      expect.objectContaining({
        code: "step-up-required",
        headers: {
          "www-authenticate": 'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="60"',
        },
      }),
    );
  });

  test("is demanded by any handler that wants one", () => {
    expect(() => assertSteppedUp(principal(), NOW * 1000)).not.toThrow();
    const challenge = expect.objectContaining({ code: "step-up-required" });
    expect(() => assertSteppedUp(principal({ acr: "aal1" }), NOW * 1000)).toThrow(challenge);
    expect(() => assertSteppedUp(principal(), (NOW + 301) * 1000)).toThrow(challenge);
  });

  test("is not made up for by a fresh login", () => {
    expect(hasSteppedUp(principal({ acr: "aal1" }), NOW)).toBe(false);
  });

  test("is demanded with the challenge of RFC 9470", () => {
    const refusal = stepUpRequired();
    expect(refusal.code).toBe("step-up-required");
    expect(refusal.headers["www-authenticate"]).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"',
    );
  });
});

test("who has no second factor is told where to enrol one, with the same challenge", () => {
  const refusal = factorRequired();
  expect(refusal.headers).toEqual(stepUpRequired().headers);
  expect(refusal.detail).toContain("/twofa/factors/totp");
});

describe("a policy", () => {
  test("lets a caller with the scope through, whatever the kind", () => {
    const policy = { caller: "authenticated", scope: "sequence:read" } as const;
    expect(refusalOf(policy, principal())).toBeUndefined();
    expect(refusalOf(policy, principal({ kind: "service" }))).toBeUndefined();
  });

  test("refuses a caller without the scope, and names it", () => {
    const refusal = refusalOf({ caller: "authenticated", scope: "sequence:write" }, principal());
    expect(refusal?.code).toBe("forbidden");
    expect(refusal?.headers["www-authenticate"]).toBe('Bearer error="insufficient_scope", scope="sequence:write"');
  });

  test("for users refuses a service, whatever its scopes", () => {
    expect(refusalOf({ caller: "user" }, principal({ kind: "service" }))?.code).toBe("forbidden");
    expect(refusalOf({ caller: "user" }, principal())).toBeUndefined();
  });
});

describe("a token for one request", () => {
  const bound = principal({ purpose: { method: "DELETE", path: "/kms/me" } });

  test("does nothing where no second factor is demanded, whatever its scopes", () => {
    expect(refusalOf({ caller: "user" }, bound)?.code).toBe("forbidden");
    expect(refusalOf({ caller: "authenticated", scope: "sequence:read" }, bound)?.code).toBe("forbidden");
    expect(refusalOf({ caller: "user", stepUp: STEP_UP }, bound)).toBeUndefined();
  });
});

describe("a role whose rights are kept back", () => {
  const heldBack = principal({ acr: "aal1", scopes: new Set(), withheldRoles: ["admin"] });

  test("is told of where they are missed, with the challenge to pass a second factor", () => {
    const refusal = refusalOf({ caller: "authenticated", scope: "users:admin" }, heldBack);
    expect(refusal?.code).toBe("step-up-required");
    expect(refusal?.detail).toContain("admin");
    expect(refusal?.headers["www-authenticate"]).toContain('acr_values="aal2"');
  });

  test("keeps nobody from what needs no scope", () => {
    expect(refusalOf({ caller: "user" }, heldBack)).toBeUndefined();
  });
});

describe("a scoped key", () => {
  const confined = principal({ scopes: parseScopes("search:read"), searchFilter: "script_id:=1" });

  test("does only where the table says so, whatever else its token would do", () => {
    expect(refusalOf({ caller: "authenticated", scope: "search:read" }, confined)?.code).toBe("forbidden");
    expect(refusalOf({ caller: "authenticated" }, confined)?.code).toBe("forbidden");
    expect(refusalOf({ caller: "user" }, confined)?.code).toBe("forbidden");
    expect(refusalOf({ caller: "authenticated", scope: "search:read", scopedKeys: true }, confined)).toBeUndefined();
  });

  test("needs the scope there too", () => {
    const policy = { caller: "authenticated", scope: "search:write", scopedKeys: true } as const;
    expect(refusalOf(policy, confined)?.code).toBe("forbidden");
  });
});

test("says invalid_token only to a caller that sent a credential (RFC 6750 §3.1)", () => {
  expect(unauthenticated(false).headers["www-authenticate"]).toBe("Bearer");
  expect(unauthenticated(true).headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
});

test("a scope nobody knows grants nothing", () => {
  expect([...parseScopes("sequence:read root  sequence:READ")]).toEqual(["sequence:read"]);
  expect(parseScopes("").size).toBe(0);
});

test("a scope of an upstream is had by an administrator's whole token, and else by tokens that list it", () => {
  const scope = "notes:read";
  if (!isUpstreamScope(scope)) throw new Error("an upstream can have this scope");
  const mayRead = (claims: Record<string, unknown>): boolean => {
    const caller = principalFrom(claimsSchema.parse(testClaims("https://fountain.example", NOW, claims)));
    return refusalOf({ caller: "authenticated", scope }, caller) === undefined;
  };
  const administrator = { roles: ["user", "admin"] };
  const service = { sub: "service:films", client_id: "films" };
  expect(mayRead(administrator)).toBe(true);
  expect(mayRead({ scope: "search:read notes:read" })).toBe(true);
  for (const lacking of [
    { roles: ["user"] },
    { ...administrator, narrowed: true },
    { ...administrator, aud: "search" },
    { ...administrator, search_filter: "" },
    { ...administrator, ...service },
    { ...administrator, client_id: "films", act: { sub: "service:films", sid: "key-1" } },
  ])
    expect(mayRead(lacking), JSON.stringify(lacking)).toBe(false);
});
