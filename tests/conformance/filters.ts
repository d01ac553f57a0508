/** What filters let through. */
import type { Case } from "./case.ts";

const ALL = { q: "*", per_page: 250 };

export const FILTERS: readonly Case[] = [
  {
    that: "a value",
    search: { ...ALL, filter_by: "element_type:=action" },
    expect: { matching: ({ element_type }) => element_type === "action" },
  },
  {
    that: "a value, with one colon",
    search: { ...ALL, filter_by: "element_type:action" },
    expect: { matching: ({ element_type }) => element_type === "action" },
  },
  {
    that: "a value in whatever case",
    search: { ...ALL, filter_by: "element_type:=SPOKENWORD && script_id:=1" },
    expect: { matching: ({ element_type, script_id }) => element_type === "spokenWord" && script_id === 1 },
  },
  {
    that: "any of several values",
    search: { ...ALL, filter_by: "element_type:=[action, section]" },
    expect: { matching: ({ element_type }) => ["action", "section"].includes(element_type) },
  },
  {
    that: "all but a value",
    search: { ...ALL, filter_by: "element_type:!=action" },
    expect: { matching: ({ element_type }) => element_type !== "action" },
  },
  {
    that: "all but several values",
    search: { ...ALL, filter_by: "element_type:!=[action,section,spokenWord]" },
    expect: { matching: ({ element_type }) => ["character", "script"].includes(element_type) },
  },
  {
    that: "the beginning of a value",
    search: { ...ALL, filter_by: "element_type:=spoken*" },
    expect: { matching: ({ element_type }) => element_type === "spokenWord" },
  },
  {
    that: "a number",
    search: { ...ALL, filter_by: "script_id:=2" },
    expect: { matching: ({ script_id }) => script_id === 2 },
  },
  {
    that: "any of several numbers",
    search: { ...ALL, filter_by: "element_id:[3, 5, 9999]" },
    expect: { matching: ({ element_id }) => [3, 5].includes(element_id) },
  },
  {
    that: "all but a number, those without one too",
    search: { ...ALL, filter_by: "script_id:!=9" },
    expect: { matching: ({ script_id }) => script_id !== 9 },
  },
  {
    that: "more than a number",
    search: { ...ALL, filter_by: "sequence_number:>190" },
    expect: { matching: ({ sequence_number }) => sequence_number > 190 },
  },
  {
    that: "at least a number",
    search: { ...ALL, filter_by: "sequence_number:>=190" },
    expect: { matching: ({ sequence_number }) => sequence_number >= 190 },
  },
  {
    that: "less than a number",
    search: { ...ALL, filter_by: "sequence_number:<10" },
    expect: { matching: ({ sequence_number }) => sequence_number < 10 },
  },
  {
    that: "at most a number",
    search: { ...ALL, filter_by: "sequence_number:<=10" },
    expect: { matching: ({ sequence_number }) => sequence_number <= 10 },
  },
  {
    that: "a range with both its ends",
    search: { ...ALL, filter_by: "sequence_number:[10..20]" },
    expect: { matching: ({ sequence_number }) => sequence_number >= 10 && sequence_number <= 20 },
  },
  {
    that: "ranges and numbers together",
    search: { ...ALL, filter_by: "sequence_number:[1..3, 7, 199..400]" },
    expect: { matching: ({ sequence_number: n }) => n <= 3 || n === 7 || n >= 199 },
  },
  {
    that: "instants, which are numbers",
    search: { ...ALL, filter_by: "updated_at:<1700000600" },
    expect: { matching: ({ updated_at }) => updated_at < 1_700_000_600 },
  },
  {
    that: "any number of 64 bits",
    search: { ...ALL, filter_by: "updated_at:[-9223372036854775808..9223372036854775807]" },
    expect: { matching: () => true },
  },
  {
    that: "nothing beyond them",
    search: { ...ALL, filter_by: "updated_at:>=9223372036854775807 || element_id:=9223372036854775807" },
    expect: { ids: [], found: 0 },
  },
  { that: "an id", search: { ...ALL, filter_by: "id:=e7" }, expect: { ids: ["e7"], found: 1 } },
  { that: "ids", search: { ...ALL, filter_by: "id:[e7,e9,nope]" }, expect: { ids: ["e7", "e9"], found: 2 } },
  { that: "all but ids", search: { ...ALL, filter_by: "id:!=[e7,e9]" }, expect: { found: 209 } },
  { that: "every id", search: { ...ALL, filter_by: "id:*" }, expect: { found: 211 } },
  { that: "no unknown id", search: { ...ALL, filter_by: "id:=nope" }, expect: { ids: [], found: 0 } },
  {
    that: "a word of a text",
    search: { ...ALL, filter_by: "text:courtyard" },
    expect: { matching: ({ text }) => text.includes("courtyard") },
  },
  {
    that: "any of several words",
    search: { ...ALL, filter_by: "text:[lighthouse, harbour]" },
    expect: { ids: ["lighthouse", "harbour"], found: 2 },
  },
  { that: "the beginning of a word", search: { ...ALL, filter_by: "text:lightho*" }, expect: { ids: ["lighthouse"] } },
  { that: "no part of a word otherwise", search: { ...ALL, filter_by: "text:lightho" }, expect: { ids: [] } },
  {
    that: "all without a word",
    search: { ...ALL, filter_by: "comment:!shot && sequence_number:<200" },
    expect: { matching: ({ comment, sequence_number }) => !comment.includes("shot") && sequence_number < 200 },
  },
  { that: "a whole text", search: { ...ALL, filter_by: "comment:=`Final Cut`" }, expect: { ids: ["cut"] } },
  {
    that: "a whole text in whatever case",
    search: { ...ALL, filter_by: "comment:=final cut" },
    expect: { ids: ["cut"] },
  },
  {
    that: "a whole text, accents left out",
    search: { ...ALL, filter_by: "text:=zoe laughs" },
    differs: {
      because:
        "`:=` and `:!=` on text compare every character except ASCII case; Typesense ignores accents and punctuation.",
      libsql: { ids: [] },
      typesense: { ids: ["zoe"] },
    },
  },
  {
    that: "what fits both of two filters",
    search: { ...ALL, filter_by: "element_type:=action && script_id:=1" },
    expect: { matching: ({ element_type, script_id }) => element_type === "action" && script_id === 1 },
  },
  {
    that: "what fits either of two filters",
    search: { ...ALL, filter_by: "script_id:=1 || script_id:=9" },
    expect: { matching: ({ script_id }) => script_id === 1 || script_id === 9 },
  },
  {
    that: "parentheses bind",
    search: { ...ALL, filter_by: "script_id:=1 && (element_type:=action || sequence_number:<4)" },
    expect: {
      matching: ({ script_id, element_type, sequence_number }) =>
        script_id === 1 && (element_type === "action" || sequence_number < 4),
    },
  },
  {
    that: "without parentheses both operators bind from the left",
    search: { ...ALL, filter_by: "sequence_number:<4 || element_type:=action && script_id:=1" },
    expect: {
      matching: ({ script_id, element_type, sequence_number }) =>
        (sequence_number < 4 || element_type === "action") && script_id === 1,
    },
  },
  {
    that: "signs in backticks are part of the value",
    search: { ...ALL, filter_by: "id:=`a && b || (c)`" },
    expect: { ids: [], found: 0 },
  },
  {
    that: "words and filters narrow each other",
    search: { q: "courtyard", query_by: "text", per_page: 250, filter_by: "script_id:=2" },
    expect: { matching: ({ text, script_id }) => text.includes("courtyard") && script_id === 2 },
  },
  {
    that: "words with errors keep to the filter",
    search: { q: "harbor", query_by: "text", filter_by: "id:!=harbour" },
    expect: { ids: [], found: 0 },
  },
  {
    that: "a value with a backtick in it",
    search: { ...ALL, filter_by: "comment:=`a \\` b`" },
    differs: {
      because: "Only the embedded engine can filter by a value that contains a backtick.",
      libsql: { ids: [], found: 0 },
      typesense: { refused: [400, /./] },
    },
  },
];
