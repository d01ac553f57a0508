/**
 * The real gateway in front of a service that does nothing, and in the same process what it is compared with: a bare
 * worker, and a bare worker that passes everything on.
 */
import { randomBytes } from "node:crypto";
import { SignJWT } from "jose";
import { createTestSigner, testClaims } from "../../support/tokens.ts";
import { addSocket, addWorker, wrapWorker } from "./build.ts";
import { type Clone, type CloneOptions, cloneWorkerd } from "./clone.ts";
import { portsFor } from "./ports.ts";

/** The request that the service behind the gateway responds to without any work of its own. */
export const TRIVIAL_PATH = "/service-a/elements?limit=77";
const TRIVIAL_QUERY = "?limit=77";
/** A request that a worker refuses after it has verified the token, and before it asks its database. */
export const REFUSED_PATH = "/elements?limit=0";

const BARE = `export default { fetch: () => new Response("ok") };`;
const PASS = `export default { fetch: (request, env) => env.NEXT.fetch(request) };`;

/** What an nginx asks before it lets a request through: verifies the token (HS256) each time, and nothing else. */
const verifierSource = (secret: string): string => `
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const key = crypto.subtle.importKey("raw", new TextEncoder().encode(${JSON.stringify(secret)}),
  { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
export default {
  async fetch(request) {
    const [header, payload, signature] = (request.headers.get("authorization") ?? "").slice("Bearer ".length).split(".");
    const signed = new TextEncoder().encode(header + "." + payload);
    const isGenuine = await crypto.subtle.verify("HMAC", await key, bytes(signature), signed);
    const { exp } = JSON.parse(new TextDecoder().decode(bytes(payload)));
    return new Response(null, { status: isGenuine && exp > Date.now() / 1000 ? 204 : 401 });
  },
};`;

const trivialSource = (product: string): string => `
import product from "${product}";
export * from "${product}";
export default {
  ...product,
  fetch: (request, ...rest) =>
    request.url.endsWith("${TRIVIAL_QUERY}") ? new Response("ok") : product.fetch(request, ...rest),
};`;

/** The kms publishes one more key, with which the benchmark signs tokens. */
const trustedSource =
  (jwk: unknown) =>
  (product: string): string =>
    `
import product, { Rpc as ProductRpc } from "${product}";
export * from "${product}";
export default product;
export class Rpc extends ProductRpc {
  async invoke(method, ...rest) {
    const result = await super.invoke(method, ...rest);
    if (method !== "trust" || !result.ok) return result;
    return { ...result, value: { ...result.value, keys: [...result.value.keys, ${JSON.stringify(jwk)}] } };
  }
}`;

export interface Stage extends Clone {
  ports: Record<"bare" | "pass" | "verify" | "fountain-service-a", number>;
  /** So many tokens that the gateway accepts, each of another user and session. */
  mintTokens(count: number): Promise<string[]>;
  /** The secret of the peers, and a token that they accept. */
  peerSecret: string;
  peerToken: string;
}

const claimsOf = (issuer: string, index: number): Record<string, unknown> =>
  testClaims(issuer, Math.floor(Date.now() / 1_000), {
    sub: `bench-${index}`,
    sid: `bench-session-${index}`,
    scope: "sequence:read",
  });

/** Starts it beside a running Fountain. Call `stop` when done. */
export const startStage = async (
  processes: readonly number[],
  options: Omit<CloneOptions, "edit"> = {},
): Promise<Stage> => {
  const signer = await createTestSigner("bench");
  const peerSecret = randomBytes(32).toString("hex");
  const ports = await portsFor(["bare", "pass", "verify", "fountain-service-a"]);
  const clone = await cloneWorkerd(processes, {
    ...options,
    edit: (directory) => {
      wrapWorker(directory, "service-a", trivialSource);
      wrapWorker(directory, "kms", trustedSource(signer.jwk));
      addWorker(directory, { name: "bare", source: BARE });
      addWorker(directory, { name: "pass", source: PASS, services: { NEXT: "bare" } });
      addWorker(directory, { name: "verify", source: verifierSource(peerSecret) });
      for (const [service, port] of Object.entries(ports)) addSocket(directory, service, port);
    },
  });
  const issuer = clone.environment["PUBLIC_URL"] ?? "";
  return {
    ...clone,
    ports,
    mintTokens: (count) =>
      Promise.all(Array.from({ length: count }, (_, index) => signer.sign(claimsOf(issuer, index)))),
    peerSecret,
    peerToken: await new SignJWT(claimsOf(issuer, 0))
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .sign(Buffer.from(peerSecret)),
  };
};
