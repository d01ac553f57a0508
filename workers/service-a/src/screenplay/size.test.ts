import { describe, expect, it } from "vitest";
import { contentOf, exportScreenplay, readScreenplay, renderScreenplay } from "../../../../tests/support/screenplay.ts";

const MIB = 1_024 * 1_024;

const readsBack = (text: string): number => {
  const first = readScreenplay(text);
  expect(exportScreenplay(first) === text).toBe(true);
  expect(contentOf(readScreenplay(renderScreenplay(first)))).toEqual(contentOf(first));
  return first.elements.length;
};

describe("a large screenplay", () => {
  it("of 5,000 elements is read and written back", () => {
    const scene = "INT. ROOM - DAY\n\nShe walks in.\n\nBOB\n(softly)\nHello there.\n\n";
    expect(readsBack(scene.repeat(1_250))).toBe(5_000);
  });

  it("of eight megabytes is read and written back", () => {
    const speech = `BOB\n${"All work and no play makes Jack a dull boy.\n".repeat(40)}\n`;
    expect(readsBack(speech.repeat(Math.floor((8 * MIB) / speech.length)))).toBeGreaterThan(9_000);
  });

  // Each of these makes some regular expression of fountain-js, or a careless one of ours, backtrack for hours.
  it.each([" ", "A ", "*_", "(a) ", "/*", "/*/", "[[", "]] [[ ", "^ ", ". ", "TO: ", "> <", "~", "A", "_*a"])(
    "made of %j is read in linear time",
    (fragment) => {
      const body = fragment.repeat(Math.floor((MIB - 64) / fragment.length));
      for (const text of [
        `x${body}x`,
        `${body}\nx`,
        `Title: ${body}\n\nx`,
        `@${body}\nx`,
        `BOB\n${body}`,
        `INT. ${body}x`,
      ]) {
        expect(readsBack(text)).toBeGreaterThan(0);
      }
    },
  );
});
