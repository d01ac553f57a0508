/**
 * Codes of links, typed in their place. All that are typed for a name or a user are counted, whether there is an account or not,
 * and delayed as wrong passwords are; besides, five wrong ones make a link's code worthless.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { type AttemptStore, allowanceOf } from "../accounts/lockout.ts";
import type { LinkPurpose, Links, StoredLink } from "../links/links.ts";

/** Too many were tried. */
export interface Blocked {
  kind: "blocked";
  retryAfterSeconds: number;
}

export interface TypedCode {
  purpose: LinkPurpose;
  /** Whose links it is compared with; `null`: there is no such user, which must not show. */
  userId: string | null;
  /** What it is counted under. */
  counter: string;
  code: string;
}

export interface TypedCodeStore {
  /** Counts the code, and compares it: `undefined` where the counter does not allow it, else the id of the link it fits. */
  tryCode(
    typed: Omit<TypedCode, "code"> & { codeHash: string; at: Date },
  ): Promise<{ linkId: string | undefined } | undefined>;
}

export interface TypedCodes {
  /** The link of the user that the code fits, unused. */
  tryCode(typed: TypedCode): Promise<Result<StoredLink, "wrong-code" | Blocked>>;
  /** When the next attempt under a counter is allowed. */
  blocked(counter: string): Promise<Blocked>;
}

export interface TypedCodesOptions {
  store: TypedCodeStore;
  attempts: Pick<AttemptStore, "read">;
  links: Pick<Links, "codeHashOf" | "findById">;
  now: () => number;
}

export const createTypedCodes = ({ store, attempts, links, now }: TypedCodesOptions): TypedCodes => {
  const blocked = async (counter: string): Promise<Blocked> => {
    const { waitSeconds } = allowanceOf(await attempts.read([counter], new Date(now())), now());
    return { kind: "blocked", retryAfterSeconds: Math.max(1, waitSeconds) };
  };

  return {
    blocked,
    tryCode: async ({ code, ...typed }) => {
      const codeHash = links.codeHashOf(typed.purpose, typed.userId ?? "", code.trim());
      const tried = await store.tryCode({ ...typed, codeHash, at: new Date(now()) });
      if (!tried) return { ok: false, error: await blocked(typed.counter) };
      const link = tried.linkId === undefined ? undefined : await links.findById(tried.linkId);
      return link ? success(link) : failure("wrong-code");
    },
  };
};
