/** Finds the command that is called, and reads its options. */
import { parseArgs } from "node:util";
import { usageError } from "../terminal/exit.ts";
import { type Command, type Given, GLOBAL_OPTIONS, type Group, isGroup, type Named } from "./command.ts";

export interface Called extends Named {
  args: string[];
}

const isValueOption = (arg: string): boolean => GLOBAL_OPTIONS[arg.replace(/^--/, "")]?.type === "string";

/** The command by its words, wherever options for all commands stand between them. Throws for a word that is none. */
export const findCommand = (root: Group, argv: readonly string[]): Called => {
  let found: Named = { name: "", node: root };
  const args: string[] = [];
  const rest = [...argv];
  while (isGroup(found.node) && rest.length > 0) {
    const arg = rest.shift() ?? "";
    if (arg.startsWith("-")) {
      args.push(arg, ...(isValueOption(arg) ? rest.splice(0, 1) : []));
      continue;
    }
    const node = Object.hasOwn(found.node.commands, arg) ? found.node.commands[arg] : undefined;
    const name = `${found.name} ${arg}`.trim();
    const see = `See: ${["fountain", found.name, "--help"].filter((word) => word !== "").join(" ")}`;
    if (node === undefined) throw usageError(`There is no command "fountain ${name}".`, see);
    found = { name, node };
  }
  return { ...found, args: [...args, ...rest] };
};

const WHOLE = /^\d{1,15}$/;

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

const givenOf = (values: Values, args: readonly string[]): Given => ({
  args,
  flag: (name) => values[name] === true,
  text: (name) => {
    const value = values[name];
    return typeof value === "string" ? value : undefined;
  },
  texts: (name) => [values[name] ?? []].flat().map(String),
  number: (name) => {
    const value = values[name];
    if (value === undefined) return undefined;
    if (typeof value !== "string" || !WHOLE.test(value)) throw usageError(`--${name} must be a whole number.`);
    return Number(value);
  },
});

/** What follows is another program's. */
const END_OF_OPTIONS = "--";

const isOptional = (arg: string): boolean => arg.startsWith("[");
const isRepeated = (arg: string): boolean => arg.includes("…");

/** Reads the arguments of a command. Throws a usage error for what it does not take. */
export const parse = (command: Command, args: readonly string[], name: string): Given => {
  const see = `See: fountain ${name} --help`;
  const options = { ...GLOBAL_OPTIONS, ...command.options };
  const wanted = (command.args ?? []).filter((arg) => arg !== END_OF_OPTIONS);
  let parsed: { values: Values; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error), see);
  }
  const given = givenOf(parsed.values, parsed.positionals);
  if (command.args?.includes(END_OF_OPTIONS) && !args.includes(END_OF_OPTIONS))
    throw usageError(`-- must stand before ${wanted[0]}.`, `Such as: fountain ${command.examples?.[0]}`);
  const missing = wanted.find((arg, index) => !isOptional(arg) && parsed.positionals[index] === undefined);
  if (missing !== undefined) throw usageError(`${missing} is missing.`, see);
  if (parsed.positionals.length > wanted.length && !wanted.some(isRepeated))
    throw usageError(`"${parsed.positionals[wanted.length]}" is one argument too many.`, see);
  return given;
};
