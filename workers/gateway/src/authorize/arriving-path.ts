/** A path as it is after the runtime has read it: for calls that are described, and do not come by the runtime. */

const QUERY = /\?.*$/s;

/**
 * The path, with its query, without the dot segments that workerd resolves: those that are written out (RFC 3986 §5.2.4).
 * Everything else, encoded dots above all, arrives as it was sent.
 */
export const arrivingPath = (sent: string): string => {
  const [query = ""] = QUERY.exec(sent) ?? [];
  const [, ...segments] = sent.slice(0, sent.length - query.length).split("/");
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  const last = segments.at(-1);
  if (last === "." || last === "..") kept.push("");
  return `/${kept.join("/")}${query}`;
};
