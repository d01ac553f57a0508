/** What a worker exports by default: its answers to requests, and on the edge its chores by cron trigger. */

interface App {
  fetch: (
    request: Request,
    bindings: Record<string, unknown>,
    context: ExecutionContext,
  ) => Response | Promise<Response>;
}

/** What a worker does from time to time; harmless when done twice at once. */
export interface Chores {
  runChores: () => Promise<void>;
}

/** The handlers that Cloudflare calls; elsewhere the runtime has the chores run over `Internal`. */
export const createWorker = (app: App, runChores: (bindings: unknown) => Promise<unknown>) => ({
  fetch: app.fetch,
  scheduled: async (_trigger: ScheduledController, bindings: unknown): Promise<void> => {
    await runChores(bindings);
  },
});
