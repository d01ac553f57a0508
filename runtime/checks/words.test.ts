import { expect, test } from "vitest";
import { findRejected, REJECTED, TEXT_KINDS } from "./words.ts";

/** For every entry of the list a sentence that breaks it, and the sentence that the field would write. */
const SENTENCES = [
  ["The front door.", "The only public entry point."],
  ["The kms tells every worker.", "The kms notifies every worker."],
  ["Whoever holds the key", "Anyone who holds the key"],
  ["so that nobody gets one twice", "so that no caller gets one twice"],
  ["when somebody was faster", "when someone was faster"],
  ["a user and his sessions", "a user and their sessions"],
  ["Chores run every minute.", "Maintenance jobs run every minute."],
  ["the way out of workerd", "the egress of workerd"],
  ["rotated by call", "rotated on demand"],
  ["rotation by schedule", "rotation on schedule"],
  ["15 minutes unless told otherwise", "15 minutes by default"],
  ["an answer, or a proven nought", "a value, or a proven zero"],
  ["encrypts it anew", "encrypts it again"],
  ["The news are small.", "Updates are small."],
  ["Hashing takes\nturns.", "Hashing is serialised."],
  ["The answer is 503.", "The response is 503."],
  ["the database was gone", "the database was unavailable"],
  ["where Prometheus finds the numbers", "where Prometheus scrapes the metrics"],
  ["forges a key", "generates a key"],
  ["seasoned with a pepper", "with a pepper applied"],
  ["keys that are stretched", "keys that a slow function derives"],
  ["rehearse the deployment", "dry run of the deployment"],
  ["tiers and leniency", "ranking tiers and typo tolerance"],
  ["the occasion of the call", "the request context of the call"],
  ["a key confined to addresses", "a key restricted to addresses"],
  ["hands something out", "grants something"],
  ["the session goes on", "the session continues"],
  ["in each Fountain", "in each installation"],
  ["who waits in vain", "requests that time out"],
  ["a test sees to it", "a test ensures it"],
] as const;

test("each entry of the list is broken by a sentence below", () => {
  const covered = new Set(SENTENCES.flatMap(([wrong]) => findRejected(wrong).map(({ instead }) => instead)));
  expect(REJECTED.map(({ instead }) => instead).filter((instead) => !covered.has(instead))).toEqual([]);
});

test.each(SENTENCES)("rejects %j and accepts %j", (wrong, right) => {
  expect(findRejected(wrong).length).toBeGreaterThan(0);
  expect(findRejected(right)).toEqual([]);
});

test("rejects a word in any case, and not inside another one", () => {
  expect(findRejected("TOLD Nobody").map(({ found }) => found)).toEqual(["TOLD", "Nobody"]);
  expect(findRejected("history, outdoor, begone, newsletter, the thesis")).toEqual([]);
});

test("says in which line a word begins, and what to write instead", () => {
  expect(findRejected("one\ntwo chores\nthree")).toEqual([{ line: 2, found: "chores", instead: "maintenance job" }]);
  expect(findRejected("one\nthe way\nout")).toMatchObject([{ line: 2 }]);
});

const proseOf = (kind: string, text: string): string => {
  const found = TEXT_KINDS.find(({ name }) => name === kind);
  if (!found) throw new Error(`there is no kind of text ${kind}`);
  return found.prose(text);
};
const words = (kind: string, text: string) => findRejected(proseOf(kind, text)).map(({ line, found }) => [line, found]);

test("documentation is prose but for code, addresses and quoted names", () => {
  const page = [
    "# The door",
    "`tell()` and [told](chores.md) and <https://news.example/>",
    "| `a.test.ts`: *nobody is told*; **gone** | `*.spec.ts` | anew |",
    "```sh",
    "tell whoever",
    "```",
    "- his",
  ].join("\n");
  expect(words("documentation", page)).toEqual([
    [1, "door"],
    [2, "told"],
    [7, "his"],
    [3, "anew"],
    [3, "gone"],
  ]);
});

const SOURCE = `/** Whoever calls. */
const quote = /["\`]/; const chores = "nobody"; // told by \`news\`
throw new Error("it is gone // for good", 'a door');
const text = \`the \${chores}
way out\`;`;

test("comments and messages of a source are prose of their own", () => {
  expect(words("comments", SOURCE)).toEqual([
    [2, "told"],
    [1, "Whoever"],
  ]);
  expect(words("messages", SOURCE)).toEqual([
    [3, "door"],
    [5, "way out"],
    [3, "gone"],
  ]);
});
