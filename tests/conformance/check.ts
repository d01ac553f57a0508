/** Compares an answer with what a case expects of it. */
import { expect } from "vitest";
import { z } from "zod";
import type { Expectation } from "./case.ts";
import { CORPUS } from "./corpus.ts";

const hitSchema = z.looseObject({
  document: z.looseObject({ id: z.string().optional() }),
  highlights: z
    .array(z.looseObject({ field: z.string(), snippet: z.string().optional(), value: z.string().optional() }))
    .default([]),
});

export const answerSchema = z.looseObject({
  found: z.number(),
  hits: z.array(hitSchema).default([]),
  facet_counts: z.array(
    z.looseObject({
      field_name: z.string(),
      counts: z.array(z.looseObject({ value: z.string(), highlighted: z.string(), count: z.number() })),
      stats: z.record(z.string(), z.number()),
    }),
  ),
});

export type Answer = z.infer<typeof answerSchema>;

export const idsOf = ({ hits }: Answer): (string | undefined)[] => hits.map(({ document }) => document.id);

/** The first page of a search without a rank, of this size. */
const expectedPage = (matching: NonNullable<Expectation["matching"]>, perPage: number) => {
  const ids = CORPUS.filter(matching).map(({ id }) => id);
  expect(ids.length, "a filter that nothing fits proves nothing").toBeGreaterThan(0);
  return { found: ids.length, ids: ids.slice(0, perPage) };
};

const marksOf = ({ hits }: Answer, id: string, kind: "snippet" | "value") => {
  const hit = hits.find(({ document }) => document.id === id);
  return Object.fromEntries(hit?.highlights.map((highlight) => [highlight.field, highlight[kind]]) ?? []);
};

const checkFacets = (answer: Answer, { facets = {}, ordered, stats = {}, highlightedValues }: Expectation): void => {
  for (const [field, counts] of Object.entries(facets)) {
    const facet = answer.facet_counts.find(({ field_name }) => field_name === field);
    const entries = facet?.counts.map(({ value, count }): [string, number] => [value, count]);
    if (ordered) expect(entries).toEqual(Object.entries(counts));
    expect(Object.fromEntries(entries ?? [])).toEqual(counts);
  }
  for (const [field, expected] of Object.entries(stats))
    expect(answer.facet_counts.find(({ field_name }) => field_name === field)?.stats).toEqual(expected);
  if (highlightedValues) {
    const highlighted = answer.facet_counts.flatMap(({ counts }) => counts.map((count) => count.highlighted));
    expect(highlighted.toSorted()).toEqual([...highlightedValues].toSorted());
  }
};

/** Fails with what is other than expected. */
export const checkAnswer = (answer: Answer, expected: Expectation, perPage: number): void => {
  const { ids, found, matching, snippets = {}, values = {}, shown, answers } = expected;
  const page = matching && expectedPage(matching, perPage);
  const wantedIds = ids ?? page?.ids;
  const wantedFound = found ?? page?.found;
  if (wantedIds) expect(idsOf(answer)).toEqual(wantedIds);
  if (wantedFound !== undefined) expect(answer.found).toBe(wantedFound);
  for (const [id, fields] of Object.entries(snippets)) expect(marksOf(answer, id, "snippet")).toEqual(fields);
  for (const [id, fields] of Object.entries(values)) expect(marksOf(answer, id, "value")).toEqual(fields);
  if (shown) {
    expect(answer.hits.length).toBeGreaterThan(0);
    for (const { document } of answer.hits) expect(Object.keys(document).toSorted()).toEqual([...shown].toSorted());
  }
  if (answers) expect(answer).toMatchObject(answers);
  checkFacets(answer, expected);
};
