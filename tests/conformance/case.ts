/** A case of the suite: a search, and what every engine answers to it. */
import type { ElementDocument } from "#shared/contracts/search.ts";

export type EngineName = "libsql" | "typesense";

export interface Expectation {
  /** The ids of the first page, in their order. */
  ids?: readonly string[];
  /** What is found in all: those of the corpus for which this holds, in sequence unless `ids` says otherwise. */
  matching?: (document: ElementDocument) => boolean;
  found?: number;
  /** Of each field, the values and how often they were found; their order counts where `ordered` says so. */
  facets?: Record<string, Record<string, number>>;
  ordered?: true;
  stats?: Record<string, { min: number; max: number; sum: number; avg: number; total_values: number }>;
  highlightedValues?: readonly string[];
  /** By id and field. */
  snippets?: Record<string, Record<string, string>>;
  values?: Record<string, Record<string, string>>;
  /** The fields of every hit's document. */
  shown?: readonly string[];
  /** Status and sentence of a refusal. */
  refused?: readonly [status: number, message: string | RegExp];
  /** Anything else of the answer. */
  answers?: object;
}

export interface Case {
  /** The guarantee. */
  that: string;
  search: Readonly<Record<string, string | number | boolean>>;
  expect?: Expectation;
  differs?: { because: string; libsql: Expectation; typesense: Expectation };
}

export const expectationFor = (engine: EngineName, { expect: same, differs }: Case): Expectation => ({
  ...same,
  ...differs?.[engine],
});
