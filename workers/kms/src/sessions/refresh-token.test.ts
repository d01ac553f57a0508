import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createRefreshTokens } from "./refresh-token.ts";

const tokens = createRefreshTokens(Buffer.alloc(32, 1), randomBytes);

test("makes tokens of 256 random bits that their hash does not show", () => {
  const { token, hash } = tokens.create();
  expect(token).toMatch(/^ftr_[\w-]{43}$/);
  expect(hash).not.toContain(token.slice(4));
  expect(tokens.create().token).not.toBe(token);
});

test("recognises a token by its hash under the same server key only", () => {
  const { token, hash } = tokens.create();
  expect(tokens.hashOf(token)).toBe(hash);
  expect(createRefreshTokens(Buffer.alloc(32, 2), randomBytes).hashOf(token)).not.toBe(hash);
});

test("takes nothing else for a refresh token", () => {
  const { token } = tokens.create();
  for (const text of ["", "ftr_", token.slice(0, -1), `${token}a`, `${token} `, token.replace("ftr_", "ftn_")])
    expect(tokens.hashOf(text)).toBeUndefined();
});
