/**
 * The worker behind the internal socket, which only this machine's operator can open: lets the scheduler run a worker's
 * chores and the first start create its administrator.
 */
import type { FirstAdministrator, InternalRpc, KmsInternalRpc } from "#shared/contracts/internal.ts";

/** One binding per worker with a private entrypoint `Internal`, named after the worker in lower case. */
type Env = Record<string, InternalRpc | undefined> & { kms?: KmsInternalRpc };

const runScheduled = async (env: Env, worker: string): Promise<Response> => {
  const target = env[worker];
  if (target === undefined) return new Response(null, { status: 404 });
  try {
    await target.runScheduled();
  } catch (error) {
    return new Response(error instanceof Error ? error.message : String(error), { status: 500 });
  }
  return new Response(null, { status: 204 });
};

const createAdministrator = async (env: Env, request: Request): Promise<Response> => {
  if (env.kms === undefined) return new Response(null, { status: 404 });
  const administrator = await request.json<FirstAdministrator>();
  try {
    return new Response(await env.kms.createFirstAdministrator(administrator));
  } catch (error) {
    return new Response(error instanceof Error ? error.message : String(error), { status: 500 });
  }
};

export default {
  fetch: async (request: Request, env: Env): Promise<Response> => {
    const [, resource, worker] = new URL(request.url).pathname.split("/");
    if (request.method !== "POST") return new Response(null, { status: 405 });
    if (resource === "cron" && worker !== undefined) return runScheduled(env, worker);
    if (resource === "administrator") return createAdministrator(env, request);
    return new Response(null, { status: 404 });
  },
};
