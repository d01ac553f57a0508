/** What words find, with errors and without, and in which order. */
import type { Case } from "./case.ts";

const TEXT = { query_by: "text" };
const BOTH = { query_by: "text,comment" };
const FOXES = ["fox-both", "fox-text", "fox-comment", "fox-begins"];

export const WORDS: readonly Case[] = [
  {
    that: "a word finds its documents",
    search: { q: "lighthouse", ...TEXT },
    expect: { ids: ["lighthouse"], found: 1 },
  },
  { that: "case does not matter", search: { q: "LIGHTHOUSE", ...TEXT }, expect: { ids: ["lighthouse"] } },
  { that: "accents in the text do not matter", search: { q: "creme brulee", ...TEXT }, expect: { ids: ["creme"] } },
  { that: "accents in the query do not matter", search: { q: "crémé", ...TEXT }, expect: { ids: ["creme"] } },
  { that: "umlauts are accents", search: { q: "ubermut", ...TEXT }, expect: { ids: ["umlaut"] } },
  { that: "punctuation beside a word does not matter", search: { q: "secrets", ...TEXT }, expect: { ids: ["keeper"] } },
  { that: "numbers are words", search: { q: "4711", ...TEXT }, expect: { ids: ["room"] } },
  {
    that: "a slash separates words",
    search: { q: "and or waves", ...TEXT, drop_tokens_threshold: 0, num_typos: 0 },
    expect: { ids: ["separated"] },
  },
  {
    that: "the parts of a word with a hyphen are words",
    search: { q: "ending", ...TEXT, num_typos: 0 },
    expect: { ids: ["hyphen"] },
  },
  {
    that: "a hyphen in the query may stand where the text has one",
    search: { q: "never-ending", ...TEXT },
    expect: { ids: ["hyphen"] },
  },
  {
    that: "an apostrophe may be typed as it stands",
    search: { q: "shan't", ...TEXT },
    expect: { ids: ["apostrophe"] },
  },
  {
    that: "words may stand in any order",
    search: { q: "dawn lighthouse", ...TEXT },
    expect: { ids: ["lighthouse"] },
  },
  {
    that: "all words must be there",
    search: { q: "keeper lighthouse", ...TEXT },
    expect: { ids: ["lighthouse"], found: 1 },
  },
  {
    that: "words may be in different fields",
    search: { q: "fog second", ...BOTH, num_typos: 0 },
    expect: { ids: ["harbour"], found: 1 },
  },
  {
    that: "only the fields that are named are searched",
    search: { q: "unit", ...TEXT, num_typos: 0 },
    expect: { ids: [] },
  },
  { that: "an asterisk names all text fields", search: { q: "unit", query_by: "*" }, expect: { ids: ["harbour"] } },
  { that: "the last word may go on", search: { q: "ligh", ...TEXT }, expect: { ids: ["lighthouse"] } },
  {
    that: "and the others may not",
    search: { q: "ligh keeper", ...TEXT, num_typos: 0, drop_tokens_threshold: 0 },
    expect: { ids: [] },
  },
  {
    that: "unless prefixes are turned off",
    search: { q: "ligh", ...TEXT, prefix: false, num_typos: 0 },
    expect: { ids: [] },
  },
  {
    that: "prefixes can be turned off for one field",
    search: { q: "fo", ...BOTH, prefix: "false,true", num_typos: 0 },
    expect: { ids: ["fox-comment", "fox-both"] },
  },
  {
    that: "a phrase stands together",
    search: { q: '"crimson barn"', ...TEXT },
    expect: { ids: ["barn-together"], found: 1 },
  },
  { that: "a phrase keeps its order", search: { q: '"barn crimson"', ...TEXT }, expect: { ids: [] } },
  {
    that: "an excluded word must not occur",
    search: { q: "keeper -lighthouse", ...TEXT },
    expect: { ids: ["keeper"], found: 1 },
  },
  {
    that: "an excluded phrase must not occur",
    search: { q: 'crimson -"crimson barn"', ...TEXT, sort_by: "sequence_number:asc" },
    expect: { ids: ["barn-apart", "barn-spread"] },
  },
  {
    that: "exclusions alone leave all the others",
    search: { q: "-shot", query_by: "comment", per_page: 0 },
    expect: { found: 35 },
  },
  { that: "an asterisk finds everything", search: { q: "*", per_page: 0 }, expect: { found: 211 } },
  { that: "so does nothing", search: { q: "", ...TEXT, per_page: 0 }, expect: { found: 211 } },
  { that: "unknown words find nothing", search: { q: "xylophone", ...BOTH }, expect: { ids: [], found: 0 } },

  { that: "a missing letter is forgiven", search: { q: "harbor", ...TEXT }, expect: { ids: ["harbour"], found: 1 } },
  { that: "a surplus letter is forgiven", search: { q: "harbbour", ...TEXT }, expect: { ids: ["harbour"] } },
  { that: "a wrong letter is forgiven", search: { q: "harbuur", ...TEXT }, expect: { ids: ["harbour"] } },
  { that: "letters changed over are forgiven", search: { q: "harbuor", ...TEXT }, expect: { ids: ["harbour"] } },
  {
    that: "two errors in a long word are forgiven",
    search: { q: "lihgthuose", ...TEXT },
    expect: { ids: ["lighthouse"] },
  },
  {
    that: "an error in one of two words is forgiven",
    search: { q: "lighthuose keeper", ...TEXT },
    expect: { ids: ["lighthouse"], found: 1 },
  },
  { that: "three errors are too many", search: { q: "hxrbxxr", ...TEXT }, expect: { ids: [] } },
  { that: "errors can be forbidden", search: { q: "harbor", ...TEXT, num_typos: 0 }, expect: { ids: [] } },
  { that: "or be held to one", search: { q: "lihgthuose", ...TEXT, num_typos: 1 }, expect: { ids: [] } },
  {
    that: "short words are taken as they are",
    search: { q: "fxg", ...TEXT, drop_tokens_threshold: 0 },
    expect: { ids: [] },
  },
  {
    that: "unless the query allows errors in them",
    search: { q: "fxg", ...TEXT, min_len_1typo: 3 },
    expect: { ids: ["harbour"] },
  },
  {
    that: "without words as they were typed, a word that is there wins over one with errors",
    search: { q: "keeper", ...TEXT },
    expect: { ids: ["lighthouse", "keeper"], found: 2 },
  },
  {
    that: "words that nothing has besides the others are left out, from the right",
    search: { q: "harbour xylophone", ...TEXT },
    expect: { ids: ["harbour"], found: 1 },
  },
  {
    that: "or from the left",
    search: { q: "xylophone harbour", ...TEXT, drop_tokens_mode: "left_to_right" },
    expect: { ids: ["harbour"], found: 1 },
  },
  {
    that: "or not at all",
    search: { q: "harbour xylophone", ...TEXT, drop_tokens_threshold: 0 },
    expect: { ids: [], found: 0 },
  },
  {
    that: "two words may be one in the text",
    search: { q: "light house", ...TEXT },
    expect: { ids: ["lighthouse"] },
  },
  {
    that: "and one word may be two",
    search: { q: "ironcastle", ...TEXT },
    expect: { ids: ["forge"] },
  },
  {
    that: "unless spaces are taken as they are",
    search: { q: "light house", ...TEXT, split_join_tokens: "off", num_typos: 0, drop_tokens_threshold: 0 },
    expect: { ids: [] },
  },
  {
    that: "words are left out from both sides of a short query",
    search: { q: "xylophone harbour", ...TEXT, drop_tokens_mode: "both_sides:3" },
    expect: { ids: ["harbour"] },
  },
  {
    that: "and from the right of a longer one",
    search: { q: "harbour xylophone", ...TEXT, drop_tokens_mode: "both_sides:1" },
    expect: { ids: ["harbour"] },
  },
  {
    that: "an exhaustive search finds what has errors beside what has none",
    search: {
      q: "fox",
      ...TEXT,
      exhaustive_search: true,
      min_len_1typo: 3,
      prefix: false,
      sort_by: "sequence_number:asc",
    },
    expect: { ids: ["lighthouse", "harbour", "fox-text", "fox-both"] },
  },
  {
    that: "numbers may be taken as they are",
    search: { q: "4712", ...TEXT, enable_typos_for_numerical_tokens: false },
    expect: { ids: [] },
  },
  {
    that: "and may have errors by default",
    search: { q: "4712", ...TEXT },
    expect: { ids: ["room"] },
  },
  {
    that: "a phrase in quotes is not left out like a word",
    search: { q: 'keeper "no such phrase"', ...TEXT },
    expect: { ids: [], found: 0 },
  },

  {
    that: "whole words come before beginnings, more important fields before others, more fields before fewer",
    search: { q: "fox", ...BOTH },
    expect: { ids: FOXES, found: 4 },
  },
  {
    that: "weights say which field is more important",
    search: { q: "fox", ...BOTH, query_by_weights: "1,5" },
    expect: { ids: ["fox-both", "fox-comment", "fox-text", "fox-begins"] },
  },
  {
    that: "so does the order of the fields",
    search: { q: "fox", query_by: "comment,text" },
    expect: { ids: ["fox-both", "fox-comment", "fox-text", "fox-begins"] },
  },
  {
    that: "words next to each other come before words apart",
    search: { q: "crimson barn", ...TEXT },
    expect: { ids: ["barn-together", "barn-apart"] },
  },
  {
    that: "equal matches are in sequence",
    search: { q: "courtyard", ...TEXT, per_page: 4 },
    expect: { ids: ["e6", "e12", "e18", "e24"], found: 29 },
  },
];
