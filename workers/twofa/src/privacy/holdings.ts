/** What is held about a user: shown to himself, and forgotten with him. */
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
  /** Forgets all about these users. */
  forget(userIds: readonly string[]): Promise<void>;
}

/** Forgets the users whom the kms has erased; those it could not be told of are asked for again the next time. */
export const forgetErased = async (
  kms: Pick<KmsRpc, "pendingErasures" | "confirmErasures">,
  holdings: Pick<HoldingStore, "forget">,
): Promise<void> => {
  const pending = unwrap(await kms.pendingErasures());
  if (pending.length === 0) return;
  await holdings.forget(pending);
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

/** What a user is told of himself: addresses and phone numbers opened, seeds and codes left out. */
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
