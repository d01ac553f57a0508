import { expect, test } from "vitest";
import { create, openTestEngine } from "../../../../tests/support/search-index.ts";
import { SearchRefused } from "../query/engine.ts";

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

/** The longest that the work kept this thread between two turns of anything else, as a part of all its processor time. */
const longestTurn = async (work: Promise<unknown>): Promise<number> => {
  let longestMs = 0;
  let allMs = 0;
  let isDone = false;
  const end = work.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    const before = process.threadCpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 0));
    const { user, system } = process.threadCpuUsage(before);
    const turnMs = (user + system) / 1_000;
    longestMs = Math.max(longestMs, turnMs);
    allMs += turnMs;
  }
  await end;
  return longestMs / allMs;
};

test("300 words in eleven of the longest texts keep no one waiting", async () => {
  const words = Array.from({ length: 300 }, (_, at) => `word${at}`).join(" ");
  const text = `${words} `.repeat(Math.floor(2 ** 20 / (words.length + 1)));
  for (let at = 0; at < 11; at += 1) await engine.sync([create(`words${at}`, { text })]);
  const search = { q: words, query_by: "text,comment", highlight_full_fields: "text" };
  let found = 0;
  const searching = engine.search(search).then((answer) => {
    found = answer.found;
  });
  // It was all of it. The response itself is parsed without a pause.
  expect(await longestTurn(searching)).toBeLessThan(0.25);
  expect(found).toBe(11);
});
