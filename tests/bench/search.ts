/** How long searches take with few and with many documents, on the libSQL engine. */

import type { Fountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";
import { startWorkerd } from "../support/workerd.ts";
import { percentile, timesOf } from "./measure.ts";
import { milliseconds, ratio, type Table } from "./table.ts";

const SIZES = [1_000, 100_000] as const;
const DOCUMENTS_A_CALL = 1_000;
const SEARCHES = 200;
const WARM_UPS = 20;

/** How often a word occurs falls with its rank, as it does in language (Zipf): word 0 is in nearly every document. */
const VOCABULARY = 20_000;
const WORDS_A_DOCUMENT = 12;
const SYLLABLES = ["ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "zu", "den", "gar", "hol", "pel", "wic"];

const wordOfRank = (rank: number): string => {
  let word = "";
  for (let rest = rank + SYLLABLES.length; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    word += SYLLABLES[rest % SYLLABLES.length];
  }
  return word;
};

/** A generator that gives the same numbers in every run (Lehmer, modulus 2^31 - 1). */
const createRandom = (): (() => number) => {
  let state = 20_261_123;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

const TYPES = ["script", "section", "character", "action", "spokenWord"];

const documentsFrom = (from: number, to: number, random: () => number) =>
  Array.from({ length: to - from }, (_, offset) => {
    const number = from + offset + 1;
    const words = Array.from({ length: WORDS_A_DOCUMENT }, () => wordOfRank(Math.floor(VOCABULARY ** random()) - 1));
    return {
      operation: "create",
      document: {
        id: `bench-${number}`,
        element_type: TYPES[number % TYPES.length],
        element_id: number,
        sequence_number: number,
        version_number: 1 + (number % 3),
        comment: "",
        text: words.join(" "),
        script_id: number % 100,
      },
    };
  });

const FREQUENT = wordOfRank(0);
const USUAL = wordOfRank(200);
const RARE = wordOfRank(8_000);
const withoutLetter = (word: string): string => `${word.slice(0, 2)}${word.slice(3)}`;

const QUERIES: Record<string, object> = {
  "a rare word": { q: RARE },
  "a usual word": { q: USUAL },
  "the most frequent word": { q: FREQUENT },
  "two words": { q: `${USUAL} ${FREQUENT}` },
  "a beginning": { q: USUAL.slice(0, 3) },
  "a letter missing": { q: withoutLetter(RARE) },
  "a word and a filter": { q: USUAL, filter_by: "script_id:=7 && element_type:[action, section]" },
  "a word, sorted": { q: USUAL, sort_by: "sequence_number:desc" },
  "a word, two facets": { q: USUAL, facet_by: "element_type,script_id" },
  "everything, filtered": { q: "*", filter_by: "sequence_number:[100..200]" },
};

const post = async (
  fountain: Fountain,
  headers: Record<string, string>,
  path: string,
  body: unknown,
): Promise<void> => {
  const response = await fountain.fetch(path, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
};

const measure = async (fountain: Fountain): Promise<Table> => {
  const headers = await registerService(fountain, await logIn(fountain), "searcher", ["search:read", "search:write"]);
  const random = createRandom();
  const times = new Map<string, number[][]>(Object.keys(QUERIES).map((name) => [name, []]));
  let stored = 0;
  for (const size of SIZES) {
    for (; stored < size; stored += DOCUMENTS_A_CALL) {
      await post(fountain, headers, "/search/documents/sync", documentsFrom(stored, stored + DOCUMENTS_A_CALL, random));
    }
    for (const [name, query] of Object.entries(QUERIES)) {
      const search = () => post(fountain, headers, "/search/search", { query_by: "text", ...query });
      await timesOf({ count: WARM_UPS, concurrency: 1 }, search);
      times.get(name)?.push(await timesOf({ count: SEARCHES, concurrency: 1 }, search));
    }
  }
  return {
    title: "Search",
    method: `${SEARCHES} searches each through the gateway, one at a time, on the libSQL engine; query plans are checked by workers/search/src/store tests.`,
    columns: [
      "query",
      ...SIZES.flatMap((size) => [`p50, ${size.toLocaleString("en")}`, `p99, ${size.toLocaleString("en")}`]),
      "p50, many to few",
    ],
    rows: [...times].map(([name, [few = [], many = []]]) => [
      name,
      ...[few, many].flatMap((some) => [milliseconds(percentile(some, 0.5)), milliseconds(percentile(some, 0.99))]),
      ratio(percentile(many, 0.5) / percentile(few, 0.5)),
    ]),
  };
};

export const benchSearch = async (): Promise<Table> => {
  const fountain = await startWorkerd();
  return measure(fountain).finally(fountain.stop);
};
