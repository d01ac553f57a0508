/** Where the typed client keeps the credentials of one installation. */
import { isUser } from "../../../typescript/src/credentials.ts";
import type { CredentialStore } from "../../../typescript/src/index.ts";
import type { Io } from "../terminal/io.ts";
import { readSaved, writeSaved } from "./file.ts";
import { exclusively } from "./lock.ts";

/** The credentials of the installation at `url`, in the file. A login makes it the one that commands are for by default. */
export const fileStore = (io: Io, url: string): CredentialStore => ({
  get: () => readSaved(io.env).servers[url],
  set: (credentials) => {
    const { current, servers } = readSaved(io.env);
    const { [url]: _, ...others } = servers;
    if (isUser(credentials)) writeSaved(io.env, { current: url, servers: { ...others, [url]: credentials } });
    else writeSaved(io.env, { current: current === url ? undefined : current, servers: others });
  },
  exclusively: (work) => exclusively(io, work),
});
