/**
 * When API keys were last used: reported to the kms in batches after the responses, at most once a minute per key, so
 * that no call writes anything for it.
 */
import { LRUCache } from "lru-cache";
import type { KeyUse } from "../contracts/kms.ts";

export const KEY_USE_PRECISION_MS = 60_000;
const BATCH_MS = 1_000;
const MAX_KEYS = 10_000;

export interface KeyUses {
  /** Notes that a key is being used. */
  note(keyId: string): void;
}

export interface KeyUsesOptions {
  /** Stores the uses. What cannot be stored is noted again at the next use. */
  report: (uses: KeyUse[]) => Promise<void>;
  /** Continues some work after the response. */
  later: (work: Promise<void>) => void;
  sleep: (ms: number) => Promise<void>;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export const createKeyUses = ({ report, later, sleep, now }: KeyUsesOptions): KeyUses => {
  const notedAtMs = new LRUCache<string, number>({ max: MAX_KEYS });
  const pending = new LRUCache<string, number>({ max: MAX_KEYS });
  /** Work after a response can be cut short; that of another response then takes over. */
  let reportDueAtMs = Number.NEGATIVE_INFINITY;

  const reportPending = async (): Promise<void> => {
    await sleep(BATCH_MS);
    const uses = [...pending.entries()].reverse().map(([keyId, usedAtMs]) => ({ keyId, usedAtMs }));
    pending.clear();
    try {
      await report(uses);
    } catch (error) {
      for (const { keyId } of uses) notedAtMs.delete(keyId);
      throw error;
    }
  };

  return {
    note: (keyId) => {
      const usedAtMs = now();
      if (usedAtMs - (notedAtMs.get(keyId) ?? Number.NEGATIVE_INFINITY) < KEY_USE_PRECISION_MS) return;
      notedAtMs.set(keyId, usedAtMs);
      pending.set(keyId, usedAtMs);
      if (usedAtMs < reportDueAtMs) return;
      reportDueAtMs = usedAtMs + BATCH_MS;
      later(reportPending());
    },
  };
};
