/** The statements of one search: the counts and a page of hits. */
import { and, getTableColumns, type SQL, sql } from "drizzle-orm";
import { isTextField } from "../model/fields.ts";
import type { SearchQuery, Sort } from "../query/engine.ts";
import { both } from "../query/filter.ts";
import type { Interpretation } from "../query/interpretations.ts";
import { orderOf } from "../query/order.ts";
import { documents } from "../storage/schema.ts";
import { asksForEverything, parseTerms, type Term } from "../text/terms.ts";
import { compileFilter, rowsMatching } from "./filter-sql.ts";
import { any, inColumns, phrase } from "./match.ts";
import { type RankingTier, rank } from "./ranking-tiers.ts";

/** What is searched, as SQL. */
export interface Selection {
  /** The words to highlight. */
  terms: Term[];
  /** The expressions for the full-text index, best matches first; empty if it is not used. */
  tiers: RankingTier[];
  /** All that the tiers match. */
  total: string | undefined;
  /** A condition on `documents`. */
  where: SQL | undefined;
}

const NOTHING = sql`FALSE`;
/** A cross join keeps its order: the full-text index is asked once, then each of its rows is looked up. */
const MATCHING_DOCUMENTS = sql`document_tokens CROSS JOIN documents ON documents.pk = document_tokens.rowid`;

const matches = (expression: string): SQL => sql`document_tokens MATCH ${expression}`;

const whereClause = (...conditions: (SQL | undefined)[]): SQL => {
  const condition = and(...conditions);
  return condition ? sql` WHERE ${condition}` : sql``;
};

const conditionOf = ({ embeddedFilter, filter, hidden }: SearchQuery): SQL | undefined => {
  const allowed = both(embeddedFilter, filter);
  return and(
    allowed && compileFilter(allowed),
    hidden.length > 0
      ? sql`${documents.id} NOT IN (SELECT value FROM json_each(${JSON.stringify(hidden)}))`
      : undefined,
  );
};

/** All that the caller may find. */
export const reachOf = ({ embeddedFilter }: SearchQuery): Selection => ({
  terms: [],
  tiers: [],
  total: undefined,
  where: embeddedFilter && compileFilter(embeddedFilter),
});

const withoutAnyOf = ({ queryBy }: SearchQuery, exclude: readonly Term[]): SQL => {
  const columns = queryBy.map(({ field }) => field);
  return sql`${documents.pk} NOT IN ${rowsMatching(inColumns(columns, any(exclude.map(phrase))))}`;
};

/** A query without words to look for: everything, all but what is excluded, or nothing when only signs were typed. */
export const wordlessSelection = (query: SearchQuery): Selection | undefined => {
  const where = conditionOf(query);
  const selection = { terms: [], tiers: [], total: undefined };
  if (asksForEverything(query.q)) return { ...selection, where };
  const { include, exclude } = parseTerms(query.q);
  if (include.length > 0) return undefined;
  return { ...selection, where: and(exclude.length === 0 ? NOTHING : withoutAnyOf(query, exclude), where) };
};

/** What the interpretations match, those of the first before those that only a later one adds. */
export const selectionOf = (query: SearchQuery, interpretations: readonly Interpretation[]): Selection => {
  const { exclude } = parseTerms(query.q);
  const rankings: ReturnType<typeof rank>[] = [];
  for (const interpretation of interpretations) {
    const earlier = rankings.map(({ total }) => total);
    rankings.push(rank(query.queryBy, interpretation, exclude, earlier));
  }
  return {
    terms: interpretations.flatMap(({ tokens }) => tokens.flat()),
    tiers: rankings.flatMap(({ tiers }) => tiers),
    total: any(rankings.map(({ total }) => total)),
    where: conditionOf(query),
  };
};

/** The rows of a selection, and the condition on them. */
export const sourceOf = ({ total, where }: Selection, ...conditions: (SQL | undefined)[]): SQL =>
  total === undefined
    ? sql`documents${whereClause(where, ...conditions)}`
    : sql`${MATCHING_DOCUMENTS}${whereClause(matches(total), where, ...conditions)}`;

export const countStatement = (selection: Selection): SQL => {
  const { total, where } = selection;
  if (where !== undefined) return sql`SELECT count(*) AS found FROM ${sourceOf(selection)}`;
  if (total === undefined) return sql`SELECT documents AS found FROM documents_total`;
  return sql`SELECT count(*) AS found FROM document_tokens WHERE ${matches(total)}`;
};

const nullsOf = ({ field, missing }: Sort): SQL => {
  if (field !== "script_id") return sql``;
  return missing === "first" ? sql` NULLS FIRST` : sql` NULLS LAST`;
};

const termOf = (sort: Sort): SQL => {
  const value = sort.field === "_text_match" ? sql`text_match` : sql`${documents[sort.field]}`;
  return sql`${value} ${sort.descending ? sql`DESC` : sql`ASC`}${nullsOf(sort)}`;
};

/** The id comes last, so that the order is total. */
const orderBy = (order: readonly Sort[]): SQL =>
  sql`ORDER BY ${sql.join([...order.map(termOf), sql`${documents.id} ASC`], sql`, `)}`;

const TEXTS = [documents.comment, documents.text];
const LENGTH = sql`length(${documents.comment}) + length(${documents.text})`;
const COLUMNS = sql.join(
  Object.values(getTableColumns(documents)).filter((column) => !TEXTS.some((text) => text === column)),
  sql`, `,
);

/** In characters: six bytes for each still fit into a response of sqld, which has 10 MB at most. */
export const TEXT_BUDGET = 2 ** 20;

const showsTexts = ({ shownFields, highlight }: SearchQuery): boolean =>
  highlight.fields.length > 0 || shownFields.some(isTextField);

/** The texts of the page's first documents, as far as they fit; of the others it is null, and to be asked for. */
const textsOf = (query: SearchQuery, order: SQL): SQL => {
  if (!showsTexts(query)) return sql`'' AS comment, '' AS text, 0 AS text_length`;
  const total = sql`sum(${LENGTH}) OVER (${order} ROWS UNBOUNDED PRECEDING)`;
  const fitting = TEXTS.map(
    (text) => sql`iif(${total} <= ${TEXT_BUDGET}, ${text}, NULL) AS ${sql.identifier(text.name)}`,
  );
  return sql`${sql.join(fitting, sql`, `)}, ${LENGTH} AS text_length`;
};

/** The texts of these documents, of those that the selection lets through. */
export const textsStatement = (keys: readonly number[], { where }: Selection): SQL =>
  sql`SELECT ${documents.pk} AS pk, ${documents.comment} AS comment, ${documents.text} AS text FROM documents${whereClause(sql`${documents.pk} IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`, where)}`;

interface Slice {
  limit: number;
  offset: number;
}

/** Hits beyond `maxHits` are left out. */
const sliceOf = ({ limit, offset, maxHits }: SearchQuery): Slice => ({
  offset,
  limit: Math.max(0, Math.min(limit, maxHits - offset)),
});

const tierRows = ({ expression, score }: RankingTier, where: SQL | undefined): SQL =>
  sql`SELECT ${documents.pk} AS pk, ${score} AS text_match FROM ${MATCHING_DOCUMENTS}${whereClause(matches(expression), where)}`;

const UNION = sql` UNION ALL `;

/** Best tiers first: SQLite reads no further tier once the page is full. */
const tierByTier = (selection: Selection, order: readonly Sort[], { limit, offset }: Slice): SQL => {
  const [{ descending } = { descending: true }, ...rest] = order;
  const tiers = descending ? selection.tiers : selection.tiers.toReversed();
  const parts = tiers.map(
    (tier) => sql`SELECT * FROM (${tierRows(tier, selection.where)} ${orderBy(rest)} LIMIT ${offset + limit})`,
  );
  return sql`${sql.join(parts, UNION)} LIMIT ${limit} OFFSET ${offset}`;
};

const ranksFirst = (order: readonly Sort[]): boolean => order[0]?.field === "_text_match";

/** Looks each row of a short list up, for how well it matches. */
const scoreOf = (tiers: readonly RankingTier[]): SQL => {
  const cases = tiers.map(
    ({ expression, score }) =>
      sql`WHEN EXISTS (SELECT 1 FROM document_tokens WHERE ${matches(expression)} AND document_tokens.rowid = page.pk) THEN ${score}`,
  );
  return sql`CASE ${sql.join(cases, sql` `)} ELSE 0 END`;
};

/** The keys of one page, and the score of each. */
const pageOf = (selection: Selection, order: readonly Sort[], slice: Slice): SQL => {
  const { tiers, where } = selection;
  if (tiers.length > 0 && ranksFirst(order)) return tierByTier(selection, order, slice);
  const { limit, offset } = slice;
  if (tiers.length > 0 && order.some(({ field }) => field === "_text_match")) {
    const rows = sql.join(
      tiers.map((tier) => tierRows(tier, where)),
      UNION,
    );
    return sql`SELECT ranked.pk AS pk, text_match FROM (${rows}) AS ranked CROSS JOIN documents ON documents.pk = ranked.pk ${orderBy(order)} LIMIT ${limit} OFFSET ${offset}`;
  }
  const useful = order.filter(({ field }) => field !== "_text_match");
  const keys = sql`SELECT ${documents.pk} AS pk FROM ${sourceOf(selection)} ${orderBy(useful)} LIMIT ${limit} OFFSET ${offset}`;
  return tiers.length === 0
    ? sql`SELECT pk, 0 AS text_match FROM (${keys})`
    : sql`SELECT page.pk AS pk, ${scoreOf(tiers)} AS text_match FROM (${keys}) AS page`;
};

/** One page of hits. Only its documents are read whole. */
export const hitsStatement = (query: SearchQuery, selection: Selection): SQL => {
  const order = orderOf(query.sort);
  const page = pageOf(selection, order, sliceOf(query));
  return sql`SELECT ${COLUMNS}, ${textsOf(query, orderBy(order))}, text_match FROM (${page}) AS hit CROSS JOIN documents ON documents.pk = hit.pk ${orderBy(order)}`;
};
