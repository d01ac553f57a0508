import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exportScreenplay, readScreenplay } from "../../../../tests/support/screenplay.ts";

const PATH = `${import.meta.dirname}/../../../../examples/the-lighthouse-keeper.fountain`;

describe("the example screenplay", () => {
  const text = readFileSync(PATH, "utf8");
  const screenplay = readScreenplay(text);
  const { title, elements } = screenplay;

  it("has at least ten scenes and three hundred elements", () => {
    expect(title).toBe("THE LIGHTHOUSE KEEPER");
    expect(elements.filter(({ markup }) => markup === "scene-heading").length).toBeGreaterThanOrEqual(10);
    expect(elements.length).toBeGreaterThanOrEqual(300);
  });

  it.each([
    "character",
    "dual-character",
    "lyrics",
    "centered",
    "transition",
    "note",
    "synopsis",
    "page-break",
  ] as const)("shows the markup %s", (markup) => {
    expect(elements.some((element) => element.markup === markup)).toBe(true);
  });

  it("is written back letter for letter", () => {
    expect(exportScreenplay(screenplay)).toBe(text);
  });
});
