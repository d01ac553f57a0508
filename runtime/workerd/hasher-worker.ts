/**
 * The one worker of a hasher: a process beside the one that serves requests, which computes the slow hashes of passwords
 * for the kms. It holds no secret, has no network, and serves a Unix socket that only the kms can open.
 */
import { computeHash, parseInput } from "../../workers/kms/src/hashing/slow-hash.ts";

export default {
  fetch: async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === "/alive") return new Response(null, { status: 204 });
    if (request.method !== "POST" || pathname !== "/hash") return new Response(null, { status: 404 });
    try {
      return new Response(await computeHash(parseInput(await request.text())));
    } catch {
      return new Response(null, { status: 400 });
    }
  },
};
