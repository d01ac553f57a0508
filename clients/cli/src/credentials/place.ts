/** Which installation a command is for, and the credentials that it sends there. */
import type { CredentialStore, Credentials } from "../../../typescript/src/index.ts";
import { usageError } from "../terminal/exit.ts";
import type { Io } from "../terminal/io.ts";
import { readSaved } from "./file.ts";
import { fileStore } from "./store.ts";

/** Of `npm start`. */
const LOCAL_URL = "http://localhost:8787";

const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The URL without a slash at its end. Throws for what is none, and for one at which credentials could be read on their way. */
const urlOf = (given: string, env: Io["env"]): string => {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw usageError(`${given} is no address of an installation.`, "Such as: https://fountain.example");
  if (url.username !== "" || url.password !== "") throw usageError("The address must not contain a password.");
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname) && env["FOUNTAIN_ALLOW_HTTP"] !== "1")
    throw usageError(
      `${url.origin} is not encrypted: others could read your credentials.`,
      "Use https, or set FOUNTAIN_ALLOW_HTTP=1 in a network that you trust.",
    );
  return url.origin + url.pathname.replace(/\/+$/, "");
};

/** An installation, and credentials for it: those in the environment come before those in the file. */
export interface Place {
  url: string;
  credentials: Credentials | CredentialStore;
  /** Whether they are those that `fountain login` has saved. */
  isSaved: boolean;
}

const credentialsIn = (env: Io["env"]): Credentials | undefined => {
  const { FOUNTAIN_API_KEY: apiKey, FOUNTAIN_TOKEN: accessToken } = env;
  if (apiKey && accessToken)
    throw usageError("FOUNTAIN_API_KEY and FOUNTAIN_TOKEN are both set.", "Unset one of them.");
  if (apiKey) return { apiKey };
  return accessToken ? { accessToken } : undefined;
};

export const placeOf = (io: Io, given: string | undefined): Place => {
  const named = given ?? io.env["FOUNTAIN_URL"];
  const url = urlOf(named || (readSaved(io.env).current ?? LOCAL_URL), io.env);
  const fromEnvironment = credentialsIn(io.env);
  return { url, credentials: fromEnvironment ?? fileStore(io, url), isSaved: fromEnvironment === undefined };
};
