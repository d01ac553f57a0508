import { expect, test } from "vitest";
import { auditEntry } from "../../../../tests/support/kms.ts";
import { useApiKeys } from "../../../../tests/support/kms-store.ts";

const { clock, keys, service, create, rotate, tryRotate, codeOf, revokedAt } = useApiKeys();

test("replaces a key at once when no grace is wanted, and revokes its tokens from then on", async () => {
  const old = await create({ name: "laptop", scopes: ["search:read"] });
  clock.nowMs += 1;
  const young = await rotate(0);
  expect(await codeOf(old.key)).toBe("revoked");
  expect(await codeOf(young.key)).toBe("valid");
  expect(young.apiKey).toMatchObject({ name: "laptop", scopes: ["search:read"], service: service() });
  expect(await revokedAt(old.apiKey.id)).toBe(clock.nowMs);
});

test("lets the old key work for its grace, and not a moment longer", async () => {
  const old = await create();
  clock.nowMs += 1;
  const young = await rotate(60);
  clock.nowMs += 59_999;
  expect([await codeOf(old.key), await codeOf(young.key)]).toEqual(["valid", "valid"]);
  clock.nowMs += 1;
  expect([await codeOf(old.key), await codeOf(young.key)]).toEqual(["revoked", "valid"]);
});

test("gives the new key the full lifetime of the old one, and lets no grace period outlive the old one's expiry", async () => {
  const old = await create({ expiresAt: new Date(clock.nowMs + 60_000) });
  clock.nowMs += 46_000;
  const young = await rotate(3600);
  expect(young.apiKey.expiresAt).toEqual(new Date(clock.nowMs + 60_000));
  clock.nowMs += 14_000;
  expect([await codeOf(old.key), await codeOf(young.key)]).toEqual(["expired", "valid"]);
});

test("gives no key a lifetime that ends after the last instant that can be written", async () => {
  const lastInstant = new Date("9999-12-31T23:59:59.999Z");
  await create({ expiresAt: lastInstant });
  clock.nowMs += 1;
  expect((await rotate(0)).apiKey.expiresAt).toEqual(lastInstant);
});

test("rotates one key of several, which keeps its own rights, and leaves the others alone", async () => {
  const reader = await create({ name: "reader", scopes: ["search:read"], allowedAddresses: ["192.0.2.0/24"] });
  clock.nowMs += 1;
  const writer = await create({ name: "writer" });
  expect(await tryRotate({})).toEqual({ ok: false, error: { kind: "several-active-keys" } });
  const expiresAt = new Date(clock.nowMs + 5_000);
  const { apiKey } = await rotate(60, { id: reader.apiKey.id, expiresAt });
  expect(apiKey).toMatchObject({
    name: "reader",
    scopes: ["search:read"],
    allowedAddresses: ["192.0.2.0/24"],
    expiresAt,
  });
  clock.nowMs += 60_000;
  expect((await keys().find(writer.apiKey.id))?.apiKey.revokedAt).toBeNull();
  expect(await codeOf(writer.key)).toBe("valid");
  expect(await codeOf(reader.key)).toBe("revoked");
});

test("rotates by its id only a key that is there and works on", async () => {
  const [one, other] = [await create(), await create()];
  await rotate(3600, { id: one.apiKey.id });
  await keys().revoke(service(), other.apiKey.id, new Date(clock.nowMs), auditEntry());
  for (const id of [one.apiKey.id, other.apiKey.id])
    expect(await tryRotate({ id })).toEqual({ ok: false, error: { kind: "ended" } });
  expect(await tryRotate({ id: "nothing" })).toEqual({ ok: false, error: { kind: "unknown-key" } });
  const young = await create();
  expect(await tryRotate({ id: young.apiKey.id, expiresAt: new Date(clock.nowMs) })).toEqual({
    ok: false,
    error: { kind: "expired" },
  });
  expect(await codeOf(young.key)).toBe("valid");
});

test("ends no key that was made while another one is rotated", async () => {
  const { apiKey: source } = await create();
  const meanwhile = await create();
  const successor = { apiKey: { ...source, id: `successor-${service()}` }, hash: "hash" };
  const rotation = { source, successor, graceEndsAt: new Date(clock.nowMs), shortensGraces: true };
  expect(await keys().rotate(rotation, auditEntry())).toBe(true);
  expect(await codeOf(meanwhile.key)).toBe("valid");
});

test("shortens a longer grace by the next rotation", async () => {
  const one = await create();
  clock.nowMs += 1;
  const two = await rotate(3600);
  clock.nowMs += 1;
  const three = await rotate(60);
  clock.nowMs += 60_000;
  const codes = await Promise.all([one, two, three].map(({ key }) => codeOf(key)));
  expect(codes).toEqual(["revoked", "revoked", "valid"]);
  expect(await revokedAt(one.apiKey.id)).toBe(clock.nowMs);
});

test("does not prolong a shorter grace by a later rotation", async () => {
  const old = await create();
  clock.nowMs += 1;
  await rotate(60);
  await rotate(3600);
  clock.nowMs += 60_000;
  expect(await codeOf(old.key)).toBe("revoked");
});

test("leaves one usable key after ten rotations at once", async () => {
  await create();
  clock.nowMs += 1;
  const results = await Promise.all(Array.from({ length: 10 }, () => tryRotate({})));
  const keys = results.flatMap((result) => (result.ok ? [result.value.key] : []));
  const codes = await Promise.all(keys.map(codeOf));
  expect(codes.filter((code) => code === "valid")).toHaveLength(1);
});

test("never lets a rotation bring a revoked service key back", async () => {
  const { key } = await create();
  clock.nowMs += 1;
  const [source] = await keys().findActive(service(), new Date(clock.nowMs), 1);
  if (!source) throw new Error("there is no active key");
  await keys().revoke(service(), undefined, new Date(clock.nowMs), auditEntry());
  const successor = { apiKey: { ...source, id: "successor" }, hash: "hash" };
  const rotation = { source, successor, graceEndsAt: new Date(clock.nowMs + 60_000), shortensGraces: true };
  expect(await keys().rotate(rotation, auditEntry())).toBe(false);
  expect(await codeOf(key)).toBe("revoked");
  expect(await keys().find("successor")).toBeUndefined();
  expect(await tryRotate({})).toEqual({ ok: false, error: { kind: "no-active-key" } });
});
