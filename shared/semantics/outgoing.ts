/**
 * What every response says, whichever worker makes it. So the gateway hands a worker's response through as it is, and spares
 * the copy and each change to it.
 */

export type Entry = readonly [name: string, value: string];

export interface Demands {
  /** What it says, whatever it said before. */
  always: readonly Entry[];
  /** What it says unless it says something else itself. */
  byDefault: readonly Entry[];
}

/** Meant for one connection (RFC 9110 §7.6.1), or revealing what runs behind the gateway. */
const WITHHELD = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "x-powered-by",
]);

/** A response like this one of another worker's, whose own headers are fixed, without what is not passed on. */
export const copyOf = (received: Response): Response => {
  const copy = new Response(received.body, received);
  for (const name of WITHHELD) copy.headers.delete(name);
  return copy;
};

const meets = ({ headers }: Response, { always, byDefault }: Demands): boolean => {
  const said = new Map<string, string>();
  let isWhole = true;
  headers.forEach((value, name) => {
    said.set(name, value);
    if (WITHHELD.has(name)) isWhole = false;
  });
  for (const [name, value] of always) if (said.get(name) !== value) isWhole = false;
  for (const [name] of byDefault) if (!said.has(name)) isWhole = false;
  return isWhole;
};

/** The response with everything that is demanded: itself, or a copy where it was received and needs a change. */
export const completed = (response: Response, demands: Demands, wasReceived: boolean): Response => {
  if (wasReceived && meets(response, demands)) return response;
  const complete = wasReceived ? copyOf(response) : response;
  const { headers } = complete;
  for (const [name, value] of demands.always) headers.set(name, value);
  for (const [name, value] of demands.byDefault) if (!headers.has(name)) headers.set(name, value);
  return complete;
};
