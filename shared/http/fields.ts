/** The header fields of a request, read once: each further question to the runtime's own object costs more than to a map. */
import { trimBlanks } from "../semantics/media-type.ts";

/** What reads header fields by their names in lower case. */
export interface Fields {
  get(name: string): string | null;
  has(name: string): boolean;
}

/**
 * A request and its fields, without the blanks and tabs that the runtime leaves at the end of field values, which are no part
 * of them (RFC 9110 §5.5). A credential would be another one with them.
 */
export const readFields = (sent: Request): { request: Request; fields: Fields } => {
  const values = new Map<string, string>();
  let isPadded = false;
  sent.headers.forEach((value, name) => {
    const trimmed = trimBlanks(value);
    isPadded ||= trimmed !== value;
    values.set(name, trimmed);
  });
  const fields: Fields = { get: (name) => values.get(name) ?? null, has: (name) => values.has(name) };
  return { request: isPadded ? new Request(sent, { headers: [...values] }) : sent, fields };
};
