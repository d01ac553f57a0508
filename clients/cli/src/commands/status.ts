/** How the installation is. */
import { FountainError } from "../../../typescript/src/index.ts";
import { command } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { EXIT_CODES } from "../terminal/exit.ts";

/** What the caller makes of an error that is a response or the lack of one; all others are thrown. */
const failureIn = (error: unknown): FountainError => {
  if (error instanceof FountainError) return error;
  throw error;
};

const SERVER_ERROR = 500;

export const status = command({
  summary: "show whether Fountain is well, and who is logged in",
  details: "Ends with 5 where a part of it does not respond. Being logged in is not needed.",
  run: async (context) => {
    const { client, url } = connect(context);
    const ready = await client.call("GET /ready").catch(failureIn);
    const isReady = !(ready instanceof FountainError);
    if (!isReady && ready.status < SERVER_ERROR) throw ready;
    const me = await client.call("GET /kms/me").catch(failureIn);
    const username = me instanceof FountainError ? null : me.data.username;
    const state = isReady ? { status: "ready", ...ready.data.workers } : { status: "not ready", detail: ready.detail };
    context.output.members({ url, ...state, username });
    return isReady ? EXIT_CODES.done.code : EXIT_CODES.unavailable.code;
  },
});
