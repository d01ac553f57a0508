/** Bounded reads of rows with texts: the server gives at most 10 MB an answer, and a text may be long. */
import { type AnyColumn, type SQL, sql } from "drizzle-orm";

/** In characters, of which the last text may take another `MAX_TEXT_LENGTH`; six bytes each would still fit. */
export const TEXT_BUDGET = 2 ** 19;

/** The text, or null once the texts before it, in this order, have used up the budget. */
export const textWithinBudget = (text: AnyColumn, order: AnyColumn): SQL<string | null> =>
  sql`iif(sum(length(${text})) OVER (ORDER BY ${order}) - length(${text}) <= ${TEXT_BUDGET}, ${text}, NULL)`;

/** A page cannot hold all that was asked for: it ends where the texts do, and goes on from there. */
export const cutToBudget = <Row extends { text: string | null }>(
  rows: readonly Row[],
): (Omit<Row, "text"> & { text: string })[] =>
  rows.flatMap(({ text, ...row }) => (text === null ? [] : [{ ...row, text }]));
