import { describe, expect, test } from "vitest";
import type { Elevation } from "#shared/contracts/kms.ts";
import { createVault, type VaultKms } from "./vault.ts";

const gone = () => Promise.reject(new Error("no such host"));
const unavailable = () => Promise.resolve({ ok: false, error: { kind: "unavailable" } } as const);

const kms: VaultKms = {
  elevate: () => Promise.resolve({ ok: false, error: { kind: "session-ended" } }),
  attestFactorless: () => Promise.resolve({ ok: false, error: { kind: "session-ended" } }),
  usernameOf: () => Promise.resolve({ ok: false, error: { kind: "unknown" } }),
  emailOf: () => Promise.resolve({ ok: true, value: null }),
  seal: ({ context, plaintext }) => Promise.resolve(`${context}|${plaintext}`),
  open: () => Promise.resolve({ ok: false, error: { kind: "unreadable" } }),
  mac: ({ context, data }) => Promise.resolve(`${context}|${data}`),
};

const ELEVATION: Elevation = { sessionId: "s", scopes: [], audiences: [], method: "otp", once: false };

const asUnavailable = expect.objectContaining({ code: "unavailable", headers: { "retry-after": "2" } });

describe("the vault", () => {
  test("binds each value to the row it belongs to", async () => {
    const vault = createVault(kms);
    expect(await vault.sealSecret("u", "f", "s")).toBe("twofa:factors:u:f:secret|s");
    expect(await vault.macRecoveryCode("u", "c")).toBe("twofa:recovery:u|c");
  });

  test("fails as unavailable when the kms cannot be asked", async () => {
    const vault = createVault({ ...kms, seal: gone, open: gone, mac: gone, elevate: gone, usernameOf: gone });
    await expect(vault.usernameOf("u")).rejects.toThrow(asUnavailable);
    await expect(vault.sealSecret("u", "f", "s")).rejects.toThrow(asUnavailable);
    await expect(vault.openSecret("u", "f", "s")).rejects.toThrow(asUnavailable);
    await expect(vault.macRecoveryCode("u", "c")).rejects.toThrow(asUnavailable);
    await expect(vault.elevate(ELEVATION)).rejects.toThrow(asUnavailable);
  });

  test("fails as unavailable when the kms says so", async () => {
    const vault = createVault({ ...kms, open: unavailable, elevate: unavailable });
    await expect(vault.openSecret("u", "f", "s")).rejects.toThrow(asUnavailable);
    await expect(vault.elevate(ELEVATION)).rejects.toThrow(asUnavailable);
  });

  test("names the factor, and not its secret, when a secret does not open", async () => {
    await expect(createVault(kms).openSecret("u", "f", "sealed")).rejects.toThrow(
      "the secret of factor f is unreadable",
    );
  });

  test("gives no token to a session that has ended", async () => {
    expect(await createVault(kms).elevate(ELEVATION)).toBeUndefined();
  });
});
