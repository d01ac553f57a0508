/** What is stored about a user: shown to them, and erased with their account. */
import type { KmsRpc } from "#shared/contracts/kms.ts";
import type { HeldFactors, HeldPasskey } from "#shared/contracts/personal-data.ts";
import { unwrap } from "#shared/lang/result.ts";
import { isSendingChannel } from "../model/challenge.ts";
import type { Factor } from "../model/factor.ts";
import type { Passkey } from "../model/passkey.ts";
import type { Vault } from "../model/ports.ts";

export interface Holdings {
  factors: Factor[];
  passkeys: Passkey[];
  recoveryCodesLeft: number;
}

export interface HoldingStore {
  /** Everything, secrets sealed as they are. */
  of(userId: string): Promise<Holdings>;
  /** Erases these users. */
  erase(userIds: readonly string[]): Promise<void>;
}

/** Erases the users whom the kms has erased. Those that fail are retried the next time. */
export const eraseUsers = async (
  kms: Pick<KmsRpc, "pendingErasures" | "confirmErasures">,
  holdings: Pick<HoldingStore, "erase">,
): Promise<void> => {
  const pending = unwrap(await kms.pendingErasures());
  if (pending.length === 0) return;
  await holdings.erase(pending);
  await kms.confirmErasures(pending);
};

const instant = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());

const heldPasskey = (passkey: Passkey): HeldPasskey => ({
  credentialId: passkey.credentialId,
  aaguid: passkey.aaguid,
  transports: passkey.transports,
  counter: passkey.counter,
  backupEligible: passkey.isBackupEligible,
  backedUp: passkey.isBackedUp,
  disabledAt: instant(passkey.disabledAtMs),
});

/** What a user may see of their own data: addresses and phone numbers decrypted, no seeds or codes. */
export const heldFactors = async (
  { holdings, vault }: { holdings: Pick<HoldingStore, "of">; vault: Pick<Vault, "openSecret"> },
  userId: string,
): Promise<HeldFactors> => {
  const { factors, passkeys, recoveryCodesLeft } = await holdings.of(userId);
  const passkeyOf = new Map(passkeys.map((passkey) => [passkey.factorId, { passkey: heldPasskey(passkey) }]));
  const opened = factors.map(async ({ id, type, name, sealedSecret, createdAtMs, confirmedAtMs, lastUsedAtMs }) => ({
    factorId: id,
    type,
    name,
    ...(isSendingChannel(type) && { destination: await vault.openSecret(userId, id, sealedSecret) }),
    ...passkeyOf.get(id),
    createdAt: new Date(createdAtMs).toISOString(),
    confirmedAt: instant(confirmedAtMs),
    lastUsedAt: instant(lastUsedAtMs),
  }));
  return { factors: await Promise.all(opened), recoveryCodesLeft };
};
