/** What an upstream learns of the caller: by a token for it alone, and by header fields where it cannot read tokens. */
import type { Principal } from "#shared/auth/claims.ts";
import type { KmsRpc } from "#shared/contracts/kms.ts";
import { isScope } from "#shared/contracts/rights.ts";
import { credentialRefused } from "#shared/http/access.ts";
import { createRecentMemory } from "#shared/lang/recent-memory.ts";
import type { Upstream } from "./compiled.ts";
import { resourceOfUpstream } from "./identifier.ts";
import type { UpstreamTokens } from "./ports.ts";

/** With their tokens some 25 MB. */
const MAX_REMEMBERED = 25_000;
const KEEP_TOKENS_MS = 5 * 60_000;
/** A token is not used any more when it might end before the upstream has looked at it. */
const END_MARGIN_MS = 30_000;

/** The header fields that say who calls; a caller's own are removed. */
export const identityFields = (
  { subject, roles, acr }: Principal,
  scopes: readonly string[],
): Record<string, string> => ({
  "x-fountain-subject": subject,
  "x-fountain-roles": roles.join(" "),
  "x-fountain-scope": scopes.join(" "),
  "x-fountain-acr": acr,
});

/** The caller's scopes that the upstream understands. */
export const scopesFor = ({ scopes }: Pick<Upstream, "scopes">, principal: Principal): string[] =>
  scopes.filter((scope) => isScope(scope) && principal.scopes.has(scope));

export interface UpstreamTokensOptions {
  kms: Pick<KmsRpc, "issueUpstreamToken">;
  /** Where callers reach this installation, without a slash at the end. */
  publicUrl: string;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** Tokens for upstreams, each remembered for as long as it is of use: by the caller's token, which is verified at every call. */
export const createUpstreamTokens = ({ kms, publicUrl, now }: UpstreamTokensOptions): UpstreamTokens => {
  const remembered = createRecentMemory<{ token: string; usableUntilMs: number }>({
    max: MAX_REMEMBERED,
    keepMs: KEEP_TOKENS_MS,
    now,
  });
  return async (upstream, { principal, token, once }) => {
    const { name, version, scopes } = upstream;
    const key = `${name} ${version} ${principal.tokenId}`;
    const known = once ? undefined : remembered.get(key);
    if (known && known.usableUntilMs > now()) return known.token;
    const askedAtMs = now();
    const issued = await kms.issueUpstreamToken({
      token,
      audience: name,
      resource: resourceOfUpstream(upstream, publicUrl),
      scopes: [...scopes],
    });
    if (!issued.ok) throw credentialRefused(issued.error.kind);
    const { accessToken, expiresInSeconds } = issued.value;
    if (!once)
      remembered.set(key, { token: accessToken, usableUntilMs: askedAtMs + expiresInSeconds * 1000 - END_MARGIN_MS });
    return accessToken;
  };
};
