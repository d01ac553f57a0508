/** A hasher for the kms that counts what is hashed, in this process. */
import { computeHash, parseInput } from "../../../workers/kms/src/hashing/slow-hash.ts";

export interface CountingHasher {
  /** As a process of `runtime/workerd/hasher.ts` responds. */
  serve(request: { url: string; text(): Promise<string> }): Promise<Uint8Array>;
  /** How many passwords were hashed, and how often it was asked whether it is alive. */
  taken(): { hashed: number; probed: number };
}

export const createCountingHasher = (): CountingHasher => {
  let counts = { hashed: 0, probed: 0 };
  return {
    serve: async (request) => {
      if (!request.url.endsWith("/hash")) {
        counts.probed += 1;
        return new Uint8Array();
      }
      counts.hashed += 1;
      return computeHash(parseInput(await request.text()));
    },
    taken: () => {
      const taken = counts;
      counts = { hashed: 0, probed: 0 };
      return taken;
    },
  };
};
