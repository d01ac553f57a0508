/** How the installation is. */
import { FountainError } from "../../../typescript/src/index.ts";
import { command } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { EXIT_CODES } from "../terminal/exit.ts";

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

export const status = command({
  summary: "show whether Fountain is well, and who is logged in",
  details: "Ends with 5 where a part of it does not respond. Being logged in is not needed.",
  run: async (context) => {
    const { client, url } = connect(context);
    const response = await client.fetch("/ready", { signal: context.io.signal });
    const ready: unknown = JSON.parse(await response.text());
    const workers = isRecord(ready) && isRecord(ready["workers"]) ? ready["workers"] : {};
    const me = await client.call("GET /kms/me").catch((error: unknown) => {
      if (error instanceof FountainError) return undefined;
      throw error;
    });
    const username = me?.data.username ?? null;
    context.output.members({ url, status: response.ok ? "ready" : "not ready", ...workers, username });
    return response.ok ? EXIT_CODES.done.code : EXIT_CODES.unavailable.code;
  },
});
