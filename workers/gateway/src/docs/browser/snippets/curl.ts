/** A call as a command of a shell. */
import { bodyText, type Snippet } from "./snippet.ts";

/** One word of a POSIX shell, whatever is in it. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** In double quotes: the shell puts the credential in. */
const CREDENTIALS = { token: '"Authorization: Bearer $TOKEN"', key: '"X-API-Key: $API_KEY"' };

/** With the credential in the variable TOKEN or API_KEY. */
export const curlOf = ({ filled, url, credential, headers, mediaType, body }: Snippet): string => {
  const { method } = filled.call;
  const isImplied = method === (body === undefined ? "GET" : "POST");
  const fields = Object.entries({ ...headers, ...(mediaType !== undefined && { "Content-Type": mediaType }) });
  const lines = [
    `curl ${isImplied ? "" : `-X ${method} `}${quote(url)}`,
    ...(credential === undefined ? [] : [`-H ${CREDENTIALS[credential]}`]),
    ...fields.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    // `--data-raw`, for which an @ is no name of a file.
    ...(body === undefined ? [] : [`--data-raw ${quote(bodyText(body))}`]),
  ];
  return lines.join(" \\\n  ");
};
