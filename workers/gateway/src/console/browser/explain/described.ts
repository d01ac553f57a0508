/** A call as the address of the page describes it, so that it can be linked to and loaded again. */
import { addressOf, type Schemas } from "#console";

export type Described = Schemas["gateway.DescribedCall"];

/** Whom a call names, one of them at most. */
export const CALLERS = ["subject", "service", "key"] as const;

const TEXTS = ["method", "path", "host", ...CALLERS, "address", "at"] as const;
const HEADER = "header";

/** The address of its explanation. */
export const addressOfExplanation = (described: Described): string => {
  const query = new URLSearchParams();
  for (const name of TEXTS) if (described[name]) query.set(name, described[name]);
  if (described.acr) query.set("acr", described.acr);
  for (const [name, value] of Object.entries(described.headers ?? {})) query.append(HEADER, `${name}: ${value}`);
  return `${addressOf("explain")}?${query}`;
};

/** Of lines such as `x-team: ops`. */
export const headersOf = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    lines.flatMap((line) => {
      const colon = line.indexOf(":");
      return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
    }),
  );

/** `undefined`: the address describes none. */
export const describedBy = (query: URLSearchParams): Described | undefined => {
  const [method, path] = [query.get("method"), query.get("path")];
  if (!method || !path) return undefined;
  const described: Described = { method, path };
  for (const name of TEXTS) {
    const value = query.get(name);
    if (value) described[name] = value;
  }
  const headers = headersOf(query.getAll(HEADER));
  return {
    ...described,
    ...(query.get("acr") === "aal2" && { acr: "aal2" }),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
};
