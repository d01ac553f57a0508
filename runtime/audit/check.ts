/** Verifies an exported audit trail on this machine, with its own cryptography. */
import { createHash } from "node:crypto";
import { macOfRecord } from "../../workers/kms/src/audit/audit.ts";
import { sealOf } from "../../workers/kms/src/audit-log/audit-chain.ts";
import type { WrappedMacKey } from "../../workers/kms/src/audit-log/audit-reading.ts";
import {
  checkExport as checkBy,
  type EntryMacs,
  type Proofs,
  type Verdict,
} from "../../workers/kms/src/audit-proof/check-export.ts";
import { isSameHash } from "../../workers/kms/src/crypto/mac.ts";

export type { Verdict } from "../../workers/kms/src/audit-proof/check-export.ts";

interface FileProofs extends Pick<Proofs, "trustedKeys" | "publishedKeys" | "keptCheckpoints"> {
  /** Derives the HMAC key from the export and SECRET_KEY; without it, HMACs are not checked. */
  openMacKey?: ((wrapped: WrappedMacKey) => Promise<Uint8Array | undefined>) | undefined;
}

const hash = (text: string): string => createHash("sha256").update(text).digest("base64url");

const macsBy = (macKey: Uint8Array): EntryMacs => ({
  isEntryOurs: (entry) => isSameHash(entry.mac, macOfRecord(macKey, entry)),
  isLinkOurs: ({ id, link, seal }) => isSameHash(seal, sealOf(macKey, id, link)),
});

/** Goes over the lines, as they come. */
export const checkExport = (lines: AsyncIterable<string>, { openMacKey, ...proofs }: FileProofs): Promise<Verdict> =>
  checkBy(lines, {
    ...proofs,
    hash,
    openMacs:
      openMacKey &&
      (async (wrapped) => {
        const macKey = await openMacKey(wrapped);
        return macKey && macsBy(macKey);
      }),
  });
