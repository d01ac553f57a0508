import { describe, expect, test } from "vitest";
import type { Elevation } from "#shared/contracts/kms.ts";
import { success } from "#shared/lang/result.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { unavailable } from "../../../../tests/support/rpc/private-calls.ts";
import { createVault, type VaultKms } from "./vault.ts";

const kms: VaultKms = {
  elevate: () => Promise.resolve({ ok: false, error: { kind: "session-ended" } }),
  attestFactorless: () => Promise.resolve({ ok: false, error: { kind: "session-ended" } }),
  usernameOf: () => Promise.resolve({ ok: false, error: { kind: "unknown" } }),
  seal: ({ context, plaintext }) => Promise.resolve(success(`${context}|${plaintext}`)),
  open: () => Promise.resolve({ ok: false, error: { kind: "unreadable" } }),
  mac: ({ context, data }) => Promise.resolve(success(`${context}|${data}`)),
};

const ELEVATION: Elevation = { sessionId: "s", scopes: [], audiences: [], narrowed: false, method: "otp", once: false };

describe("the vault", () => {
  test("binds each value to the row it belongs to", async () => {
    const vault = createVault(kms);
    expect(await vault.sealSecret("u", "f", "s")).toBe("twofa:factors:u:f:secret|s");
    expect(await vault.macRecoveryCode("u", "c")).toBe("twofa:recovery:u|c");
  });

  test("fails as unavailable when the kms cannot be asked", async () => {
    const vault = createVault({
      ...kms,
      seal: unavailable,
      open: unavailable,
      mac: unavailable,
      elevate: unavailable,
      usernameOf: unavailable,
    });
    await expect(vault.usernameOf("u")).rejects.toThrow(Unavailable);
    await expect(vault.sealSecret("u", "f", "s")).rejects.toThrow(Unavailable);
    await expect(vault.openSecret("u", "f", "s")).rejects.toThrow(Unavailable);
    await expect(vault.macRecoveryCode("u", "c")).rejects.toThrow(Unavailable);
    await expect(vault.elevate(ELEVATION)).rejects.toThrow(Unavailable);
  });

  test("asks for another code when the kms cannot elevate, as this one is used up", async () => {
    const elevating = createVault({ ...kms, elevate: unavailable }).elevate(ELEVATION);
    await expect(elevating).rejects.toMatchObject({ detail: expect.stringContaining("Retry with the next code") });
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
