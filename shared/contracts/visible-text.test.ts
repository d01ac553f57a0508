import { expect, test } from "vitest";
import { isVisibleText } from "./visible-text.ts";

test.each([
  ...[
    "laptop",
    "Eve's phone",
    "key for CI (2026)",
    "ключ",
    "东京办公室",
    "مفتاح",
    "हिन्दी",
    "Nguyễn",
    "naïve – “quoted”",
    "5 × 7",
  ],
  ...["🎬 films", "👩‍👩‍👧 family", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 office", "❤️", "1️⃣ first"],
])("takes %s", (text) => {
  expect(isVisibleText(text)).toBe(true);
});

test.each([
  ["nothing", ""],
  ["blanks alone", " \u00a0"],
  ["a line break", "two\nlines"],
  ["a null", "a\u0000"],
  ["a lone surrogate", "a\ud800"],
  ["a zero width space", "ad\u200bmin"],
  ["a joiner outside an emoji", "ad\u200dmin"],
  ["a variation selector", "admin\ufe0f"],
  ["a soft hyphen", "ad\u00admin"],
  ["a Hangul filler alone", "\u3164"],
  ["a Braille blank alone", "\u2800"],
  ["a tag", "admin\u{e0041}"],
  ["a turn of direction", "nimda\u202e"],
  ["a line separator", "a\u2028b"],
  ["a private character", "\ue000"],
  ["an unassigned one", "\u0378"],
  ["accents piled up", `a${"\u0316\u0317\u0318\u0319\u0323"}`],
])("refuses %s", (_, text) => {
  expect(isVisibleText(text)).toBe(false);
});
