/** Tables, which become lists of cards where the screen is narrow. */
import type { ComponentChildren, JSX } from "preact";
import { Button, Empty, Failure } from "./elements.tsx";
import type { Listed } from "./state.ts";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** Numbers stand to the right. */
  isNumber?: boolean;
}

interface TableProps<Row> {
  /** What it lists, for those who do not see it. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Instead of an empty table. */
  empty?: ComponentChildren;
}

export const Table = <Row,>({
  label,
  columns,
  rows,
  keyOf,
  empty = "Nothing here yet.",
}: TableProps<Row>): JSX.Element => {
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by the keyboard.
    <section class="table" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th scope="col" class={isNumber ? "number" : undefined}>
                {title || <span class="unseen">Actions</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, cell, isNumber }) => (
                <td data-title={title} class={isNumber ? "number" : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

interface ListTableProps<Row> extends Omit<TableProps<Row>, "rows"> {
  list: Listed<Row>;
}

/** A table of a list, with a button for its next page. */
export const ListTable = <Row,>({ list, ...table }: ListTableProps<Row>): JSX.Element => (
  <>
    <Failure error={list.error} />
    {list.items === undefined && list.isLoading && <p class="meta">Loading …</p>}
    {list.items && <Table {...table} rows={list.items} />}
    {list.more && (
      <p class="more">
        <Button isBusy={list.isLoading} onClick={list.more}>
          Show more
        </Button>
      </p>
    )}
  </>
);
