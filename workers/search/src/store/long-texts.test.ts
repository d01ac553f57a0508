import { expect, test } from "vitest";
import { SearchRefused } from "../domain/engine.ts";
import { create, openTestEngine } from "./testing.ts";

const engine = await openTestEngine();

/** As long as the longest that service-a takes, in characters of three bytes. */
const LONGEST = `harbour ${"…".repeat(2 ** 20 - 16)} harbour`;

test("a page of the longest texts is whole, in its order, and found in both ways", async () => {
  for (let at = 0; at < 10; at += 1) await engine.sync([create(`long${at}`, { sequence_number: at, text: LONGEST })]);
  await engine.sync([create("short", { sequence_number: 10, text: "harbour" })]);
  for (const parameters of [{ q: "harbour" }, { sort_by: "sequence_number:asc" }]) {
    const { found, hits } = await engine.search(parameters);
    expect(found).toBe(11);
    expect(hits.map(({ document }) => document.id)).toEqual(Array.from({ length: 10 }, (_, at) => `long${at}`));
    expect(hits.every(({ document }) => document.text === LONGEST)).toBe(true);
  }
  const { hits } = await engine.search({ q: "harbour" });
  expect(hits[0]?.highlights[0]?.matched_tokens).toEqual(["harbour"]);
});

test("more text than a page can have is refused, and is no matter where no text is asked for", async () => {
  for (let at = 0; at < 13; at += 1) await engine.sync([create(`long${at}`, { text: LONGEST })]);
  await expect(engine.search({ q: "harbour", per_page: 250 })).rejects.toThrow(SearchRefused);
  const { hits } = await engine.search({
    q: "harbour",
    per_page: 250,
    include_fields: "id",
    highlight_fields: "none",
  });
  expect(hits).toHaveLength(13);
});

test("the marks of an answer have an end", async () => {
  await engine.sync([
    create("a", { sequence_number: 1, text: "sea ".repeat(2 ** 18) }),
    create("b", { sequence_number: 2, text: "sea" }),
  ]);
  const { hits } = await engine.search({ q: "sea", sort_by: "sequence_number:asc", highlight_full_fields: "text" });
  const marks = hits.map(({ highlights }) => highlights[0]?.value?.match(/<mark>/g)?.length ?? 0);
  expect(marks).toEqual([10_000, 0]);
});
