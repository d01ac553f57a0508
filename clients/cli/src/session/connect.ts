/** The typed client of a command, with the saved credentials and a step-up in place. */
import { hostname } from "node:os";
import { type Client, createClient, type StepUp } from "../../../typescript/src/index.ts";
import { type Place, placeOf } from "../credentials/place.ts";
import type { Context } from "../definition/command.ts";
import { VERSION } from "../definition/version.ts";
import { withPrompt } from "../terminal/prompt.ts";
import { logInByBrowser } from "./device.ts";
import { confirmedFactors, hasOnlyPasskeys, passFactor } from "./factors.ts";

/** A person waits: sooner than the client's own limit. */
const TIMEOUT_SECONDS = 65;
const LONGEST_WAIT_SECONDS = 10;

/** What people see of this session at `/account/sessions`; a header field holds ASCII only. */
const userAgent = (): string => `fountain-cli/${VERSION} (${hostname().replace(/[^\w.-]/g, "_")})`;

/** Asks for a code on the terminal; where none is typed, or none could be, for a login in the browser. */
const stepUpOf =
  ({ io, output }: Context): StepUp =>
  async ({ call, acrValues }, client) => {
    await withPrompt(io, async (prompt) => {
      if (!acrValues.includes("aal2")) {
        output.note(`${call} needs a login within the last minutes.`);
        return logInByBrowser(client, { io, output });
      }
      const factors = await confirmedFactors(client);
      output.note(`${call} needs your second factor.`);
      const ask = (): Promise<string> => prompt.secret("Code (Enter: confirm in the browser): ");
      const isPassed = !hasOnlyPasskeys(factors) && (await passFactor({ client, factors, ask, output }));
      if (!isPassed) await logInByBrowser(client, { io, output });
    });
  };

export interface Connection extends Place {
  client: Client;
}

/** A client of the installation that the command is for. */
export const connect = (context: Context): Connection => {
  const place = placeOf(context.io, context.url);
  const client = createClient({
    url: place.url,
    credentials: place.credentials,
    stepUp: place.isSaved ? stepUpOf(context) : undefined,
    headers: { "user-agent": userAgent() },
    timeoutSeconds: TIMEOUT_SECONDS,
    longestWaitSeconds: LONGEST_WAIT_SECONDS,
  });
  return { ...place, client };
};
