import { expect, test } from "vitest";
import { preferredLanguage } from "./language.ts";

test.each([
  ["de", "de"],
  ["de-CH,de;q=0.9,en;q=0.8", "de"],
  ["fr, en;q=0.5, de;q=0.7", "de"],
  ["EN-us", "en"],
  ["de;q=0, en;q=0.1", "en"],
  ["fr", undefined],
  ["deu", undefined],
  ["*", undefined],
  ["de;q=x", undefined],
  ["", undefined],
  [null, undefined],
  [`${"fr,".repeat(20)}de`, undefined],
])("%j asks for %s", (field, language) => {
  expect(preferredLanguage(field)).toBe(language);
});
