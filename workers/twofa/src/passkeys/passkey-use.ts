/** What logins and second factors have in common: open its public key, and record its use. */
import type { CompletedCeremony, Passkey, PasskeyUsed, VerifiedAssertion } from "../model/passkey.ts";
import type { Ports } from "../model/ports.ts";

/**
 * Records the use of a passkey whose signature is right. An authenticator counts its signatures, so what it signs after a
 * challenge is beyond the counter that was known when it was issued; if not, there are two copies of it (WebAuthn Level 3
 * §7.2, step 22), and from then on neither is accepted. Two responses may arrive in the other order than they were signed in:
 * the late one is refused, and says nothing about the authenticator.
 */
export const usePasskey = async (
  ports: Ports,
  { factorId, userId }: Passkey,
  { counter, isBackedUp }: VerifiedAssertion,
  ceremony: CompletedCeremony,
): Promise<PasskeyUsed> => {
  const nowMs = ports.now();
  const used = await ports.passkeys.use({ factorId, userId, counter, isBackedUp, nowMs, ...ceremony });
  if (used.ok) await ports.factors.touch({ userId, factorId, nowMs });
  else if (used.error.kind === "cloned")
    await ports.recorder.record({
      action: "factor.disable",
      outcome: "success",
      reason: "counter-went-back",
      actor: userId,
      target: factorId,
    });
  else ports.log("warn", "passkey.refused", { subject: userId, target: factorId, error: used.error.kind });
  return used;
};

/** The active passkey with this credential, its public key opened. */
export const openPasskey = async (ports: Ports, credentialId: string): Promise<Passkey | undefined> => {
  const passkey = await ports.passkeys.find(credentialId);
  if (!passkey) return undefined;
  const { userId, factorId, publicKey } = passkey;
  return { ...passkey, publicKey: await ports.vault.openSecret(userId, factorId, publicKey) };
};
