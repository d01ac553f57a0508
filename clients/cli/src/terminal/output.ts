/** What the program prints: results on stdout, for people or as JSON, and everything else on stderr. */
import type { Writable } from "node:stream";
import type { Io } from "./io.ts";

/** Control characters and marks of direction: a stored text could steer the terminal, or hide what it says. */
const CONTROLS = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text that others have stored, safe to show on a terminal. */
export const plain = (text: string): string => text.replace(CONTROLS, (found) => (found === "\n" ? " " : "\ufffd"));

const STYLES = { bold: 1, red: 31, green: 32 } as const;
type Style = keyof typeof STYLES;

const hasColours = (stream: { isTTY?: boolean | undefined }, env: Io["env"]): boolean =>
  stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";

const cellOf = (value: unknown): string => {
  if (value === null || value === undefined || value === "") return "-";
  if (Array.isArray(value)) return value.length === 0 ? "-" : value.map(cellOf).join(" ");
  return plain(typeof value === "object" ? JSON.stringify(value) : String(value));
};

export type Row = Readonly<Record<string, unknown>>;

const GAP = "  ";

/** Lines of columns under their names. */
const tableOf = (columns: readonly string[], rows: readonly Row[], heading: (text: string) => string): string => {
  const cells = [
    columns.map((name) => name.toUpperCase()),
    ...rows.map((row) => columns.map((name) => cellOf(row[name]))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? "").length)));
  const lines = cells.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join(GAP)
      .trimEnd(),
  );
  return lines.map((line, index) => (index === 0 ? heading(line) : line)).join("\n");
};

/** A line for each member. */
const membersOf = (data: Row): string => {
  const names = Object.keys(data);
  const width = Math.max(0, ...names.map((name) => name.length));
  return names.map((name) => `${name.padEnd(width)}${GAP}${cellOf(data[name])}`).join("\n");
};

export interface Output {
  readonly isJson: boolean;
  /** A result: as JSON, or in the words that `human` makes. */
  result(data: unknown, human: () => string): void;
  /** One object. */
  members(data: Row): void;
  /** A list, of which people see these columns. */
  table(rows: readonly Row[], columns: readonly string[]): void;
  /** Bytes or text as they are. */
  raw(text: string): void;
  /** A line for people. */
  note(line: string): void;
  /** In colour where stderr is a terminal. */
  paint(style: Style, text: string): string;
}

const line = (stream: Writable, text: string): void => {
  stream.write(`${text}\n`);
};

export const createOutput = ({ stdout, stderr, env }: Io, isJson: boolean): Output => {
  const painter =
    (stream: { isTTY?: boolean | undefined }) =>
    (style: Style, text: string): string =>
      hasColours(stream, env) ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
  const paintResult = painter(stdout);
  const result = (data: unknown, human: () => string): void =>
    line(stdout, isJson ? JSON.stringify(data ?? null) : human());
  const note = (text: string): void => line(stderr, text);
  return {
    isJson,
    result,
    members: (data) => result(data, () => membersOf(data)),
    table: (rows, columns) => {
      if (!isJson && rows.length === 0) note("There is nothing to list.");
      else result(rows, () => tableOf(columns, rows, (text) => paintResult("bold", text)));
    },
    raw: (text) => {
      stdout.write(text);
    },
    note,
    paint: painter(stderr),
  };
};
