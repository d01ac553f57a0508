/** What the lists of the largest calls are made of. */
import type { Call } from "./hostile.ts";

/** What the calls are about. */
export interface Stock {
  /** Scripts that were imported, by what is large about them. */
  scripts: readonly { what: string; id: number }[];
  transitKey: string;
  ciphertext: string;
  /** The element with long versions. */
  element: string;
  sections: readonly number[];
  service: string;
}

export type Largest = string | ((stock: Stock) => Call[]);

export const NO_BODY = "takes nothing, and its answer is as long for everybody";
export const ONE_ROW = "looks one row up, which was bounded when it was made";
export const PAGE = "a page of at most 200 rows, each bounded when it was made";
export const FEW_FIELDS = "a few short fields: hostile bodies are the largest";

export const MIB = 2 ** 20;
export const filled = (length: number, text: string): string => text.repeat(Math.floor(length / text.length));
export const json = (method: string, path: string, what: string, body: unknown): Call => ({
  what,
  method,
  path,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
export const get = (path: string, what: string, headers?: Record<string, string>): Call => ({
  what,
  method: "GET",
  path,
  ...(headers && { headers }),
});
/** As `json`, with a body of its own each time it is sent. */
export const fresh = (method: string, path: string, what: string, make: () => unknown): Call => ({
  ...json(method, path, what, undefined),
  get body() {
    return JSON.stringify(make());
  },
});
export const form = (path: string, fields: Record<string, string>): Call => ({
  what: "long parameters",
  method: "POST",
  path,
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams(fields).toString(),
});
