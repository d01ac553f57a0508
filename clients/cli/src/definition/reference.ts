/** The reference of all commands, in Markdown: `docs/cli.md` from where it says so. */
import { EXIT_CODES } from "../terminal/exit.ts";
import { allBelow, GLOBAL_OPTIONS, type Group, isGroup, type Named, type Option } from "./command.ts";
import { sentence, spelled, usageOf } from "./help.ts";

const escaped = (text: string): string => text.replaceAll("|", "\\|");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(escaped).join(" | ")} |`).join("\n");

const optionsOf = (options: Readonly<Record<string, Option>>): string =>
  table(
    ["option", ""],
    Object.entries(options).map(([name, option]) => [
      `\`${spelled(name, option)}\``,
      `${option.summary}${option.multiple ? "; may be given several times" : ""}`,
    ]),
  );

const sectionOf = (named: Named): string => {
  const { name, node } = named;
  if (isGroup(node)) return `## fountain ${name}\n\n${sentence(node.summary)}`;
  const depth = name.includes(" ") ? "###" : "##";
  const parts = [
    `${depth} fountain ${name}`,
    `\`\`\`\n${usageOf(named)}\n\`\`\``,
    sentence(node.summary) + (node.details ? ` ${node.details}` : ""),
    ...(node.options && Object.keys(node.options).length > 0 ? [optionsOf(node.options)] : []),
    ...(node.examples ? [`\`\`\`\n${node.examples.map((example) => `fountain ${example}`).join("\n")}\n\`\`\``] : []),
  ];
  return parts.join("\n\n");
};

/** The whole page. */
export const referenceOf = (root: Group): string => {
  const codes = Object.values(EXIT_CODES).map(({ code, meaning }) => [String(code), meaning]);
  return [
    "# Command line",
    "This page is generated from the definitions of the commands by `npm run fix`. How to get the command line, and how to begin:\n[clients/cli](../clients/cli/README.md).",
    `## Exit codes\n\n${table(["code", "meaning"], codes)}\n\n\`fountain run\` ends with the exit code of the program.`,
    `## Options of all commands\n\n${optionsOf(GLOBAL_OPTIONS)}`,
    ...allBelow(root).map(sectionOf),
  ]
    .join("\n\n")
    .concat("\n");
};
