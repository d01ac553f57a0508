/** Logs in by a browser: the person agrees to a code there (RFC 8628). */
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, FountainError } from "../../../typescript/src/index.ts";
import { CommandError } from "../terminal/exit.ts";
import type { Io } from "../terminal/io.ts";
import type { Output } from "../terminal/output.ts";

/** Fountain's own public client, whose sessions may do what the person may. */
const CLIENT_ID = "fountain";
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** RFC 8628 §3.5. */
const SLOWER_SECONDS = 5;

/** What to wait longer by; a decision that is still to come, and a connection that was lost, are asked about again. */
const WAITING: Readonly<Record<string, number>> = {
  authorization_pending: 0,
  slow_down: SLOWER_SECONDS,
  network: SLOWER_SECONDS,
  timeout: SLOWER_SECONDS,
  unavailable: SLOWER_SECONDS,
};

const FINAL: Readonly<Record<string, string>> = {
  access_denied: "The login was refused in the browser.",
  expired_token: "The code has expired: log in again.",
};

/** Opens a session of the client once the person has agreed. Throws `CommandError` where they do not. */
export const logInByBrowser = async (
  client: Client,
  { io, output }: { io: Pick<Io, "signal">; output: Pick<Output, "note" | "paint"> },
): Promise<void> => {
  const begun = await client.call("POST /kms/device", { body: new URLSearchParams({ client_id: CLIENT_ID }) });
  const { device_code, user_code, verification_uri, verification_uri_complete, expires_in } = begun.data;
  output.note(`Open ${verification_uri_complete}`);
  output.note(`(or ${verification_uri} on another device), and compare the code: ${output.paint("bold", user_code)}`);
  const until = Date.now() + expires_in * 1_000;
  let intervalSeconds = begun.data.interval;
  for (;;) {
    await sleep(intervalSeconds * 1_000, undefined, { signal: io.signal });
    try {
      return await client.logIn({ grant_type: GRANT, device_code, client_id: CLIENT_ID });
    } catch (error) {
      if (!(error instanceof FountainError)) throw error;
      const final = FINAL[error.code];
      if (final !== undefined) throw new CommandError("failed", final);
      const longer = WAITING[error.code];
      if (longer === undefined || Date.now() > until) throw error;
      intervalSeconds += longer;
    }
  }
};
