/** Requests that fit no operation, as large as any may be: what a stranger can send to each of them. */
import { ANY_TYPE, DEFAULT_MAX_BODY_BYTES, type Policy, typesOf } from "../../../shared/policy/policy.ts";

export interface Call {
  /** What is large about it. */
  what: string;
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** As much of the text as fits. */
const filled = (bytes: number, text: string): string => text.repeat(Math.floor(bytes / Buffer.byteLength(text)));

const numbered = (bytes: number, partOf: (number: number) => string): string => {
  const parts: string[] = [];
  for (let length = 0, number = 0; length < bytes - 32; number += 1) {
    const part = partOf(number);
    parts.push(part);
    length += part.length + 1;
  }
  return parts.join(",");
};

const JSON_BODIES: Record<string, (bytes: number) => string> = {
  "lists in lists": (bytes) => filled(bytes, "["),
  "objects in objects": (bytes) => filled(bytes, '{"a":'),
  "a long list": (bytes) => `[${filled(bytes - 8, "0,")}0]`,
  "a list of empty objects": (bytes) => `[${filled(bytes - 8, "{},")}{}]`,
  "many members": (bytes) => `{${numbered(bytes, (number) => `"m${number}":0`)}}`,
  "a long name": (bytes) => `{"${filled(bytes - 16, "a")}":0}`,
  "characters that normalization multiplies": (bytes) => `{"username":"${filled(bytes - 64, "\uFDFA")}"}`,
  escapes: (bytes) => `{"q":"${filled(bytes - 64, "\\u0000")}"}`,
  "a long number": (bytes) => filled(bytes, "1"),
};

const FORM_BODIES: Record<string, (bytes: number) => string> = {
  "many parameters": (bytes) => filled(bytes, "a=&"),
  "a long parameter": (bytes) => `token=${filled(bytes - 16, "a")}`,
  escapes: (bytes) => `token=${filled(bytes - 16, "%41")}`,
};

/** As long as the server takes the head of a request. */
const ADDRESS_CHARACTERS = 12_000;
const QUERIES: Record<string, string> = {
  "many parameters in the address": filled(ADDRESS_CHARACTERS, "a&"),
  "a long parameter in the address": `after=${filled(ADDRESS_CHARACTERS, "a")}`,
};

const FORM = "application/x-www-form-urlencoded";

const bodiesOf = ({ consumes }: Policy): Record<string, (bytes: number) => string> =>
  consumes === FORM ? FORM_BODIES : JSON_BODIES;

/** A path that fits the template, with names of nothing. */
const pathOf = (template: string): string => template.replaceAll(/\{[^}]+\}/g, "1");

/** All of these for one row of the route table. */
export const hostileCalls = (worker: string, row: string, policy: Policy): Call[] => {
  const [method = "", template = ""] = row.split(" ");
  const path = `${worker === "gateway" ? "" : `/${worker}`}${pathOf(template)}`;
  const addresses = Object.entries(QUERIES).map(([what, query]) => ({ what, method, path: `${path}?${query}` }));
  if (method === "GET" || method === "DELETE") return addresses;
  const headers = { "content-type": typesOf(policy).find((type) => type !== ANY_TYPE) ?? "application/json" };
  const bytes = policy.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  const bodies = Object.entries(bodiesOf(policy)).map(([what, make]) => ({
    what,
    method,
    path,
    headers,
    body: make(bytes),
  }));
  return [...addresses, ...bodies];
};
