/** Stands in for Fountain before a verifier: it publishes keys and revocations, and goes away when a test wants it. */
import type { JWK } from "jose";
import { testClaims } from "../tokens.ts";

export const ISSUER = "https://fountain.example";
export const VERIFIER_KEY = "ftn_verifier";
const START_MS = Date.parse("2026-11-29T10:00:00Z");

export interface Feed {
  revocations: { id: string; revokedAt: string }[];
  rightsChanges: { holder: string; issuedBefore: string }[];
  position: number;
  isWhole: boolean;
  hasMore: boolean;
}

export const emptyFeed = (): Feed => ({
  revocations: [],
  rightsChanges: [],
  position: 0,
  isWhole: true,
  hasMore: false,
});

export interface Publisher {
  keys: JWK[];
  /** The response for that position. */
  feed: (position: string | null) => unknown;
  /** What it does instead of responding. */
  outage: undefined | "refuses" | "hangs";
  /** Paths and queries of the requests so far. */
  readonly requests: string[];
  fetch: typeof fetch;
  now(): number;
  advance(seconds: number): void;
  /** Claims of a token of now for the service `notes`. */
  claims(replaced?: Record<string, unknown>): Record<string, unknown>;
}

/** Rejects when the request is given up. */
const hang = (signal: AbortSignal | null | undefined): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));

export const createPublisher = (...keys: JWK[]): Publisher => {
  let nowMs = START_MS;
  const publisher: Publisher = {
    keys,
    feed: emptyFeed,
    outage: undefined,
    requests: [],
    now: () => nowMs,
    advance: (seconds) => {
      nowMs += seconds * 1000;
    },
    claims: (replaced) =>
      testClaims(ISSUER, Math.floor(nowMs / 1000), { aud: "notes", scope: "notes:read", ...replaced }),
    fetch: async (input, init) => {
      const { pathname, search, searchParams } = new URL(String(input));
      publisher.requests.push(pathname + search);
      if (publisher.outage === "hangs") await hang(init?.signal);
      if (publisher.outage === "refuses") throw new TypeError("fetch failed");
      if (pathname === "/.well-known/jwks.json") return Response.json({ keys: publisher.keys });
      const isKnown = new Headers(init?.headers).get("x-api-key") === VERIFIER_KEY;
      return isKnown
        ? Response.json(publisher.feed(searchParams.get("position")))
        : new Response(null, { status: 403 });
    },
  };
  return publisher;
};
