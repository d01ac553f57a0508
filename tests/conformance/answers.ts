/** Order, pages, counts, highlights and the fields that are shown. */
import type { Case } from "./case.ts";

const ALL = { q: "*" };
const TEXT = { query_by: "text" };
const PLAIN = "sequence_number:<=176";

const MATCHED = "<mark>harbour</mark>";

const ORDERS: readonly Case[] = [
  {
    that: "without a word to rank by, documents are in sequence",
    search: { ...ALL, per_page: 3 },
    expect: { ids: ["e1", "e2", "e3"], found: 211 },
  },
  {
    that: "a number sorts downwards",
    search: { ...ALL, sort_by: "sequence_number:desc", per_page: 3, filter_by: PLAIN },
    expect: { ids: ["e176", "e175", "e174"] },
  },
  {
    that: "a second field decides between equals",
    search: { ...ALL, sort_by: "version_number:desc,sequence_number:desc", per_page: 3, filter_by: PLAIN },
    expect: { ids: ["e176", "e173", "e170"] },
  },
  {
    that: "text of one word sorts too",
    search: { ...ALL, sort_by: "element_type:asc,sequence_number:asc", per_page: 2 },
    expect: { ids: ["e1", "e5"] },
  },
  {
    that: "documents without the field come last, upwards",
    search: { ...ALL, sort_by: "script_id:asc,sequence_number:asc", filter_by: "sequence_number:[9..12]" },
    expect: { ids: ["e9", "e10", "e12", "e11"] },
  },
  {
    that: "and downwards",
    search: { ...ALL, sort_by: "script_id:desc,sequence_number:asc", filter_by: "sequence_number:[43..46]" },
    expect: { ids: ["e45", "e46", "e43", "e44"] },
  },
  {
    that: "or first, where the query says so",
    search: {
      ...ALL,
      sort_by: "script_id(missing_values: first):desc,sequence_number:asc",
      filter_by: "sequence_number:[43..46]",
    },
    expect: { ids: ["e44", "e45", "e46", "e43"] },
  },
  {
    that: "how well documents match can be one of several keys",
    search: { q: "fox", query_by: "text,comment", sort_by: "version_number:asc,_text_match:asc,sequence_number:asc" },
    expect: { ids: ["fox-begins", "fox-comment", "fox-text", "fox-both"] },
  },
];

const PAGES: readonly Case[] = [
  {
    that: "a page follows the one before",
    search: { ...ALL, per_page: 4, page: 3 },
    expect: { ids: ["e9", "e10", "e11", "e12"], found: 211, answers: { page: 3, out_of: 211 } },
  },
  {
    that: "past the end there is nothing, and the count stays",
    search: { ...ALL, page: 50 },
    expect: { ids: [], found: 211 },
  },
  { that: "page 0 is the first", search: { ...ALL, page: 0, per_page: 1 }, expect: { ids: ["e1"] } },
  { that: "a page may be empty on purpose", search: { ...ALL, per_page: 0 }, expect: { ids: [], found: 211 } },
  {
    that: "offset and limit count hits",
    search: { ...ALL, offset: 5, limit: 2 },
    expect: { ids: ["e6", "e7"], answers: { offset: 5 } },
  },
  {
    that: "hits beyond a limit are shown on no page",
    search: { ...ALL, limit_hits: 5, per_page: 3, page: 2 },
    expect: { ids: ["e4", "e5"], found: 211 },
  },
  {
    that: "pages of words go on as well",
    search: { q: "courtyard", ...TEXT, per_page: 4, page: 2 },
    expect: { ids: ["e30", "e36", "e42", "e48"], found: 29 },
  },
  {
    that: "documents can be hidden",
    search: { q: "keeper", ...TEXT, hidden_hits: "lighthouse,nope" },
    expect: { ids: ["keeper"], found: 1 },
  },
];

const FACETS: readonly Case[] = [
  {
    that: "values are counted",
    search: { ...ALL, per_page: 0, facet_by: "element_type,service_name" },
    expect: {
      facets: {
        element_type: { spokenWord: 78, section: 44, action: 44, character: 44, script: 1 },
        service_name: { writer: 167, importer: 44 },
      },
    },
  },
  {
    that: "among all that was found, not only those on the page",
    search: { q: "courtyard", ...TEXT, per_page: 1, facet_by: "element_type" },
    expect: { facets: { element_type: { character: 15, section: 14 } } },
  },
  {
    that: "the most frequent come first",
    search: { ...ALL, per_page: 0, facet_by: "service_name", filter_by: "script_id:=[1,9]" },
    expect: { facets: { service_name: { writer: 65, importer: 10 } }, ordered: true },
  },
  {
    that: "documents without the field are not counted",
    search: { ...ALL, per_page: 0, facet_by: "script_id" },
    expect: { facets: { script_id: { 1: 40, 2: 40, 3: 40, 4: 40, 9: 35 } } },
  },
  {
    that: "numbers have statistics",
    search: { ...ALL, per_page: 0, facet_by: "version_number", filter_by: "sequence_number:[1..6]" },
    expect: { stats: { version_number: { min: 1, max: 3, sum: 12, avg: 2, total_values: 3 } } },
  },
  {
    that: "so many values at most",
    search: { ...ALL, per_page: 0, facet_by: "element_type", max_facet_values: 1 },
    expect: { facets: { element_type: { spokenWord: 78 } } },
  },
  {
    that: "the statistics of more values than are shown",
    search: { ...ALL, per_page: 0, facet_by: "version_number", max_facet_values: 1, filter_by: "id:[e1,e3,last]" },
    differs: {
      because:
        "`stats` of the embedded engine cover all values; Typesense's `total_values`, `sum` and `avg` cover those returned.",
      libsql: { stats: { version_number: { min: 1, max: 9, sum: 12, avg: 4, total_values: 3 } } },
      typesense: {},
    },
  },
  {
    that: "in the order of the values, where the query says so",
    search: { ...ALL, per_page: 0, facet_by: "element_type(sort_by:_alpha:desc)" },
    expect: {
      facets: { element_type: { spokenWord: 78, section: 44, script: 1, character: 44, action: 44 } },
      ordered: true,
    },
  },
  {
    that: "in ranges, whose end does not belong to them",
    search: { ...ALL, per_page: 0, facet_by: "element_id(low:[0,100], high:[100,1000])" },
    expect: { facets: { element_id: { low: 99, high: 77 } } },
  },
  {
    that: "those with a word that begins so, marked",
    search: { ...ALL, facet_by: "element_type", facet_query: "element_type:s" },
    expect: {
      ids: [],
      facets: { element_type: { spokenWord: 78, section: 44, script: 1 } },
      highlightedValues: ["<mark>s</mark>pokenWord", "<mark>s</mark>ection", "<mark>s</mark>cript"],
    },
  },
  {
    that: "those with such a word that is mistyped, if there are none otherwise",
    search: { ...ALL, facet_by: "element_type", facet_query: "element_type:acton" },
    expect: { facets: { element_type: { action: 44 } } },
  },
  {
    that: "unless errors are forbidden there",
    search: { ...ALL, facet_by: "element_type", facet_query: "element_type:acton", facet_query_num_typos: 0 },
    expect: { facets: { element_type: {} } },
  },
  {
    that: "of nothing",
    search: { q: "xylophone", ...TEXT, facet_by: "element_type" },
    expect: { facets: { element_type: {} }, found: 0 },
  },
];

const SHOWN: readonly Case[] = [
  {
    that: "what matched is marked",
    search: { q: "harbour", ...TEXT },
    expect: { snippets: { harbour: { text: `Fog rolls over the ${MATCHED} again` } } },
  },
  {
    that: "of a beginning, only that is marked",
    search: { q: "harb", ...TEXT },
    expect: { snippets: { harbour: { text: "Fog rolls over the <mark>harb</mark>our again" } } },
  },
  {
    that: "a word with errors is marked whole",
    search: { q: "harbor", ...TEXT },
    expect: { snippets: { harbour: { text: `Fog rolls over the ${MATCHED} again` } } },
  },
  {
    that: "accents stay",
    search: { q: "brulee", ...TEXT },
    expect: { snippets: { creme: { text: "Crème <mark>brûlée</mark> in the café" } } },
  },
  {
    that: "every field is marked, every time",
    search: { q: "echo", query_by: "text,comment" },
    expect: {
      snippets: { twice: { text: "<mark>echo</mark> after <mark>echo</mark>", comment: "<mark>echo</mark>" } },
    },
  },
  {
    that: "of a long text the surroundings are shown",
    search: { q: "zeppelin", ...TEXT },
    expect: {
      snippets: { long: { text: "alpha26 alpha27 alpha28 alpha29 <mark>zeppelin</mark> omega0 omega1 omega2 omega3" } },
    },
  },
  {
    that: "as many as the query says",
    search: { q: "zeppelin", ...TEXT, highlight_affix_num_tokens: 1 },
    expect: { snippets: { long: { text: "alpha29 <mark>zeppelin</mark> omega0" } } },
  },
  {
    that: "with the tags that it names",
    search: { q: "harbour", ...TEXT, highlight_start_tag: "<b>", highlight_end_tag: "</b>" },
    expect: { snippets: { harbour: { text: "Fog rolls over the <b>harbour</b> again" } } },
  },
  {
    that: "and the whole text too, where it asks for it",
    search: { q: "harbour", ...TEXT, highlight_full_fields: "text" },
    expect: { values: { harbour: { text: `Fog rolls over the ${MATCHED} again` } } },
  },
  {
    that: "or nothing",
    search: { q: "harbour", ...TEXT, highlight_fields: "none" },
    expect: { ids: ["harbour"], snippets: { harbour: {} } },
  },
  {
    that: "HTML in a text is given as it is",
    search: { q: "slanted", ...TEXT },
    expect: { snippets: { markup: { text: "<i><mark>slanted</mark></i> & proud" } } },
  },
  {
    that: "hits show the fields that are asked for",
    search: { q: "harbour", ...TEXT, include_fields: "id,text,nope" },
    expect: { shown: ["id", "text"] },
  },
  {
    that: "without those that are not wanted",
    search: { q: "harbour", ...TEXT, include_fields: "id,text,comment", exclude_fields: "text" },
    expect: { shown: ["comment", "id"] },
  },
  {
    that: "parameters of caches change nothing",
    search: { q: "harbour", ...TEXT, use_cache: true, exhaustive_search: false, search_cutoff_ms: 500 },
    expect: { ids: ["harbour"], found: 1 },
  },
];

export const ANSWERS = { ORDERS, PAGES, FACETS, SHOWN };
