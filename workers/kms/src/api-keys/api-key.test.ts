import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ApiKey,
  createApiKey,
  endOfKey,
  hashApiKey,
  keyIdOfSession,
  parseApiKeyId,
  renewSessionId,
  stateOfKey,
} from "./api-key.ts";

const BASE: ApiKey = {
  id: "AAAAAAAA",
  service: "films",
  name: null,
  scopes: [],
  createdAt: new Date(0),
  expiresAt: null,
  revokedAt: null,
  sessionId: "id",
  disabledAt: null,
  disabledReason: null,
  allowedAddresses: null,
  lastUsedAt: null,
};

test("makes keys of the documented form, with 256 bits of secret", () => {
  const { id, key } = createApiKey(randomBytes);
  expect(key).toMatch(/^ftn_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
  expect(key.startsWith(`ftn_${id}_`)).toBe(true);
  expect(43 * Math.log2(62)).toBeGreaterThanOrEqual(256);
});

test("uses all 62 characters equally often", () => {
  const counts = new Map<string, number>();
  for (let made = 0; made < 2000; made += 1)
    for (const character of createApiKey(randomBytes).key.slice(13, 56))
      counts.set(character, (counts.get(character) ?? 0) + 1);
  const expected = (2000 * 43) / 62;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(counts.size).toBe(62);
  // 61 degrees of freedom: exceeded by chance once in 10^9 runs.
  expect(chiSquare).toBeLessThan(145);
});

test("finds the id in every key it made", () => {
  for (let made = 0; made < 200; made += 1) {
    const { id, key } = createApiKey(randomBytes);
    expect(parseApiKeyId(key)).toBe(id);
  }
});

test("recognises a mistyped key offline", () => {
  const { key } = createApiKey(randomBytes);
  fc.assert(
    fc.property(fc.nat(key.length - 1), fc.constantFrom(..."0123456789ABCDEFabcdef_-é"), (at, character) => {
      fc.pre(key.charAt(at) !== character);
      expect(parseApiKeyId(key.slice(0, at) + character + key.slice(at + 1))).toBeUndefined();
    }),
  );
});

test("takes nothing else for a key", () => {
  const { key } = createApiKey(randomBytes);
  for (const text of ["", "ftn_", `${key} `, ` ${key}`, `${key}\n`, key.toUpperCase(), key.slice(0, -1), `x${key}`])
    expect(parseApiKeyId(text), JSON.stringify(text)).toBeUndefined();
});

test("has a checksum that another implementation can compute: CRC-32 in base62", () => {
  expect(parseApiKeyId(`ftn_AAAAAAAA_${"a".repeat(43)}_0ilDcC`)).toBe("AAAAAAAA");
});

test("is distinguished from look-alikes by the script that the documentation gives scanners", () => {
  const keys = Array.from({ length: 3 }, () => createApiKey(randomBytes).key);
  const fabricated = keys.map((key) => key.replace(/.$/, (last) => (last === "0" ? "1" : "0")));
  const input = [...fabricated, "ftn_", ...keys].join("\n");
  const { stdout } = spawnSync(process.execPath, ["examples/check-key.ts"], { input, encoding: "utf8" });
  expect(stdout.trim().split("\n")).toEqual(keys);
});

test("gives its tokens a new id, which begins with its own", () => {
  const renewed = renewSessionId("AAAAAAAA", randomBytes);
  expect(renewed).not.toBe(renewSessionId("AAAAAAAA", randomBytes));
  expect([keyIdOfSession(renewed), keyIdOfSession("AAAAAAAA")]).toEqual(["AAAAAAAA", "AAAAAAAA"]);
});

test("hashes a key differently under every server key", () => {
  const { key } = createApiKey(randomBytes);
  expect(hashApiKey(Buffer.alloc(32, 1), key)).not.toBe(hashApiKey(Buffer.alloc(32, 2), key));
});

test("ends a key by expiry or by revocation, whichever is first", () => {
  const [early, late] = [new Date(1000), new Date(2000)];
  expect(endOfKey(BASE)).toBeNull();
  expect(endOfKey({ ...BASE, expiresAt: late })).toEqual(late);
  expect(endOfKey({ ...BASE, revokedAt: late })).toEqual(late);
  expect(endOfKey({ ...BASE, expiresAt: early, revokedAt: late })).toEqual(early);
  expect(endOfKey({ ...BASE, expiresAt: late, revokedAt: early })).toEqual(early);
});

test("refuses a key from the very instant it ends", () => {
  expect(stateOfKey(BASE, 1000)).toBe("active");
  expect(stateOfKey({ ...BASE, expiresAt: new Date(1000) }, 999)).toBe("active");
  expect(stateOfKey({ ...BASE, expiresAt: new Date(1000) }, 1000)).toBe("expired");
  expect(stateOfKey({ ...BASE, revokedAt: new Date(1000) }, 999)).toBe("grace");
  expect(stateOfKey({ ...BASE, revokedAt: new Date(1000) }, 1000)).toBe("revoked");
});

test("is disabled for as long as it has not ended, in its grace too", () => {
  const disabled = { ...BASE, disabledAt: new Date(0) };
  expect(stateOfKey(disabled, 1000)).toBe("disabled");
  expect(stateOfKey({ ...disabled, revokedAt: new Date(2000) }, 1000)).toBe("disabled");
  expect(stateOfKey({ ...disabled, revokedAt: new Date(1000) }, 1000)).toBe("revoked");
  expect(stateOfKey({ ...disabled, expiresAt: new Date(1000) }, 1000)).toBe("expired");
});
