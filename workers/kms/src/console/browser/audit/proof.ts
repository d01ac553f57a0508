/** Verifies the trail in this browser, which computes its links itself and takes nothing on trust but the published keys. */
import { call, fetchAs } from "#console";
import { checkExport, type Proofs, type Verdict } from "../../../audit-proof/check-export.ts";

const encoder = new TextEncoder();

/** SHA-256 of the text's UTF-8, in base64url. */
const hash = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return base64.replace(/[+/=]/g, (character) => ({ "+": "-", "/": "_" })[character] ?? "");
};

const linesOf = async function* (response: Response): AsyncGenerator<string> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    await reader.cancel();
  }
  if (rest !== "") yield rest;
};

interface Verified {
  verdict: Verdict;
  /** The ids of the keys that are published now. */
  published: readonly string[];
}

type Asked = Pick<Proofs, "keptCheckpoints" | "onProgress"> & { from?: string | undefined; signal: AbortSignal };

/** From an instant on, or all of it. */
export const verifyTrail = async ({ from, signal, ...proofs }: Asked): Promise<Verified> => {
  if (!globalThis.isSecureContext)
    throw new Error("Browsers verify signatures only on pages that came by HTTPS, or from this machine.");
  const { data } = await call("GET /.well-known/jwks.json", { signal });
  const keys = data.keys.flatMap((key) => (key.kid === undefined ? [] : [[key.kid, key] as const]));
  if (keys.length === 0)
    throw new Error("This installation signs with a shared secret (HS256), by which no one else can verify anything.");
  const query = from === undefined ? "" : `?${new URLSearchParams({ from })}`;
  const response = await fetchAs(`/kms/audit${query}`, "application/x-ndjson", signal);
  const verdict = await checkExport(linesOf(response), { ...proofs, hash, publishedKeys: new Map(keys) });
  return { verdict, published: keys.map(([kid]) => kid) };
};
