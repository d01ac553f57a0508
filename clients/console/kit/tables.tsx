/** Tables, which become lists of cards where the screen is narrow. */
import type { ComponentChildren, JSX } from "preact";
import { Button, Empty, Loading } from "./elements.tsx";
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

interface PagesProps<Item> {
  of: Listed<Item>;
  /** What there is to see of the items. */
  children: (items: readonly Item[]) => ComponentChildren;
}

/** A list, with a button for its next page; before it is there, or instead, what there is to say. */
export const Pages = <Item,>({ of: list, children }: PagesProps<Item>): JSX.Element => (
  <>
    <Loading of={list} isThere={list.items !== undefined}>
      {list.items && children(list.items)}
    </Loading>
    {list.more && (
      <p class="more">
        <Button isBusy={list.isLoading} onClick={list.more}>
          Show more
        </Button>
      </p>
    )}
  </>
);

interface ListTableProps<Row> extends Omit<TableProps<Row>, "rows"> {
  list: Listed<Row>;
}

/** A table of a list. */
export const ListTable = <Row,>({ list, ...table }: ListTableProps<Row>): JSX.Element => (
  <Pages of={list}>{(rows) => <Table {...table} rows={rows} />}</Pages>
);
