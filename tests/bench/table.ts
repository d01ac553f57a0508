/** What a benchmark has to say, as a table in Markdown. */

export interface Table {
  title: string;
  /** How it was measured, in a sentence or two. */
  method: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** Responses that should not have been: the figures are not to be trusted then. */
  faults?: readonly string[];
}

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

export const toMarkdown = ({ title, method, columns, rows }: Table): string =>
  [`## ${title}`, method, "", line(columns), line(columns.map(() => "---")), ...rows.map(line), ""].join("\n");

const decimals = (value: number): number => (value < 10 ? 2 : value < 100 ? 1 : 0);

export const milliseconds = (value: number): string => `${value.toFixed(decimals(value))} ms`;
export const ratio = (value: number): string => `${value.toFixed(2)}×`;
