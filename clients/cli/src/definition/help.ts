/** Help, from the definitions. */
import { type Command, GLOBAL_OPTIONS, type Group, isGroup, type Named, type Option } from "./command.ts";

/** `-d, --data BODY` */
export const spelled = (name: string, { short, value }: Option): string =>
  `${short ? `-${short}, ` : ""}--${name}${value ? ` ${value}` : ""}`;

/** How it is called, on one line. */
export const usageOf = ({ name, node }: Named): string => {
  const words = ["fountain", ...(name === "" ? [] : [name])];
  if (isGroup(node)) return [...words, "COMMAND"].join(" ");
  const hasOptions = Object.keys(node.options ?? {}).length > 0;
  return [...words, ...(hasOptions ? ["[OPTIONS]"] : []), ...(node.args ?? [])].join(" ");
};

const listed = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
};

const optionRows = (options: Readonly<Record<string, Option>>): [string, string][] =>
  Object.entries(options).map(([name, option]) => [spelled(name, option), option.summary]);

const rowsOf = (node: Command | Group): [string, string][] =>
  isGroup(node)
    ? Object.entries(node.commands).map(([word, { summary }]) => [word, summary])
    : optionRows(node.options ?? {});

/** A summary as a sentence. */
export const sentence = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}.`;

/** Help on a command or a group. */
export const helpOf = ({ name, node }: Named): string => {
  const rows = rowsOf(node);
  const parts = [
    sentence(node.summary),
    ...(!isGroup(node) && node.details ? [node.details] : []),
    `Usage: ${usageOf({ name, node })}`,
    ...(rows.length > 0 ? [`${isGroup(node) ? "Commands" : "Options"}:\n${listed(rows)}`] : []),
    `Options of all commands:\n${listed(optionRows(GLOBAL_OPTIONS))}`,
    ...(!isGroup(node) && node.examples
      ? [`Examples:\n${node.examples.map((example) => `  fountain ${example}`).join("\n")}`]
      : []),
  ];
  return parts.join("\n\n");
};
