/** The revocation feed: by it a token that was revoked is refused within five seconds, and not when it expires. */
import type { JWTPayload } from "jose";
import { actorOf } from "./caller.ts";
import { createFollowed, type FollowedOptions, type GetJson } from "./followed.ts";
import { cannotVerify, tokenRefused } from "./refusal.ts";

const FRESH_MS = 2_000;
/** No token is valid for longer than an hour, and half an hour more. */
const RETENTION_MS = 90 * 60_000;
/** Some 10 MB. */
export const MAX_REVOCATIONS = 100_000;
/** So many are dropped at once when there are more. */
const DROPPED_AT_ONCE = 10_000;
/** The clock of the service may be late by so much; then a revocation counts earlier. */
const CLOCK_TOLERANCE_MS = 5_000;

interface Known {
  /** In the order in which they became known. */
  revokedAtMs: Map<string, number>;
  issuedBeforeMs: ReadonlyMap<string, number>;
  /** Every token issued before is refused, which stands for the revocations that were dropped. */
  noneBeforeMs: number;
  position: number;
}

export interface RevocationsOptions extends Pick<FollowedOptions<Known>, "url" | "onError" | "fetch" | "now"> {
  /** An API key with the scope `tokens:verify`. */
  key: string;
  maxStalenessSeconds: number;
}

/** Throws a refusal if the token with these claims was revoked, or that cannot be said. */
export type AssertNotRevoked = (claims: JWTPayload) => Promise<void>;

interface Page extends Record<"position", number>, Record<"isWhole" | "hasMore", boolean> {
  revocations: { id: string; revokedAt: string }[];
  rightsChanges: { holder: string; issuedBefore: string }[];
}

const isPage = (value: unknown): value is Page => {
  const { revocations, rightsChanges, position, isWhole, hasMore } = Object(value);
  return (
    Array.isArray(revocations) &&
    Array.isArray(rightsChanges) &&
    Number.isSafeInteger(position) &&
    typeof isWhole === "boolean" &&
    typeof hasMore === "boolean"
  );
};

/** Throws for what is not an instant: a revocation must not be lost over it. */
const instant = (text: string): number => {
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw new Error("the revocation feed has an instant that is none");
  return atMs;
};

/**
 * Drops what no valid token can be concerned by where there are too many, and then the oldest. Returns the instant from which
 * on tokens must have been issued for that to be safe.
 */
const dropSurplus = (revokedAtMs: Map<string, number>, nowMs: number): number => {
  let noneBeforeMs = 0;
  if (revokedAtMs.size <= MAX_REVOCATIONS) return noneBeforeMs;
  for (const [id, atMs] of revokedAtMs) if (atMs < nowMs - RETENTION_MS) revokedAtMs.delete(id);
  for (const [id, atMs] of revokedAtMs) {
    if (revokedAtMs.size <= MAX_REVOCATIONS - DROPPED_AT_ONCE) break;
    if (atMs > nowMs) continue;
    revokedAtMs.delete(id);
    // `iat` is in whole seconds.
    noneBeforeMs = Math.max(noneBeforeMs, atMs + 1000);
  }
  return noneBeforeMs;
};

/** What is known after a page; one from the first revocation on replaces those known before. */
const learn = (known: Known | undefined, page: Page, nowMs: number): Known => {
  const before = page.isWhole ? undefined : known;
  const revokedAtMs = before?.revokedAtMs ?? new Map<string, number>();
  for (const { id, revokedAt } of page.revocations)
    revokedAtMs.set(id, Math.min(instant(revokedAt), revokedAtMs.get(id) ?? Number.POSITIVE_INFINITY));
  return {
    revokedAtMs,
    noneBeforeMs: Math.max(before?.noneBeforeMs ?? 0, dropSurplus(revokedAtMs, nowMs)),
    issuedBeforeMs: new Map(page.rightsChanges.map(({ holder, issuedBefore }) => [holder, instant(issuedBefore)])),
    position: page.position,
  };
};

/** Whether the session, the acting service's key or the token itself was revoked, or the holder lost a right since. */
const isRevoked = (claims: JWTPayload, known: Known, nowMs: number): boolean => {
  const { sub, iat = 0, sid, jti } = claims;
  const isEnded = (id: unknown): boolean =>
    typeof id === "string" && (known.revokedAtMs.get(id) ?? Number.POSITIVE_INFINITY) <= nowMs + CLOCK_TOLERANCE_MS;
  if (isEnded(sid) || isEnded(jti) || isEnded(actorOf(claims)?.sid)) return true;
  const roles: unknown[] = Array.isArray(claims["roles"]) ? claims["roles"] : [];
  const holders = [`user:${sub}`, ...roles.map((role) => `role:${role}`)];
  const issuedBeforeMs = [known.noneBeforeMs, ...holders.map((holder) => known.issuedBeforeMs.get(holder) ?? 0)];
  return iat * 1000 < Math.max(...issuedBeforeMs);
};

export const createRevocations = ({ key, maxStalenessSeconds, now, ...rest }: RevocationsOptions): AssertNotRevoked => {
  const getPage = async (get: GetJson, known: Known | undefined): Promise<Page> => {
    const query = known === undefined ? "" : `?position=${known.position}`;
    const page = await get(`/kms/revocations${query}`, { "x-api-key": key });
    if (!isPage(page)) throw new Error("/kms/revocations is not a revocation feed");
    return page;
  };

  const current = createFollowed<Known>({
    ...rest,
    now,
    freshMs: FRESH_MS,
    usableMs: maxStalenessSeconds * 1000,
    load: async (get, known) => {
      for (let learned = known; ; ) {
        const page = await getPage(get, learned);
        if (page.hasMore && page.position === learned?.position)
          throw new Error("the revocation feed does not advance");
        learned = learn(learned, page, now());
        if (!page.hasMore) return learned;
      }
    },
  });

  return async (claims) => {
    const known = await current();
    if (known === undefined) throw cannotVerify(`no revocations were received for ${maxStalenessSeconds} s`);
    if (isRevoked(claims, known, now())) throw tokenRefused("revoked");
  };
};
