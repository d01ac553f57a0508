/** What a command is: a value from which parsing, help, shell completion and the reference follow. */
import type { Io } from "../terminal/io.ts";
import type { Output } from "../terminal/output.ts";

export interface Option {
  type: "string" | "boolean";
  short?: string;
  /** May be given several times. */
  multiple?: boolean;
  /** What stands for its value in help, such as `FILE`. */
  value?: string;
  summary: string;
}

/** What a command was called with. */
export interface Given<Name extends string = string> {
  /** What is no option, as many as the command takes. */
  args: readonly string[];
  flag(name: Name): boolean;
  text(name: Name): string | undefined;
  texts(name: Name): string[];
  /** A whole number. Throws a usage error for anything else. */
  number(name: Name): number | undefined;
}

/** What every command works with. */
export interface Context {
  io: Io;
  output: Output;
  /** Of `--url`. */
  url: string | undefined;
}

export interface Command<Name extends string = string> {
  summary: string;
  /** Further sentences for help and the reference. */
  details?: string;
  /** What it takes, such as `PATH`, `[VERSION]` or `[PATH…]`. */
  args?: readonly string[];
  options?: Readonly<Record<Name, Option>>;
  /** Lines to try, without `fountain`. */
  examples?: readonly string[];
  /** It continues after Ctrl-C, which it passes on. */
  outlivesInterruption?: boolean;
  /** Returns the exit code, where it is not 0. */
  run(context: Context, given: Given<Name>): Promise<number | undefined>;
}

export interface Group {
  summary: string;
  commands: Readonly<Record<string, Command | Group>>;
}

/** A command, whose options are known to its `run`. */
export const command = <const Name extends string>(definition: Command<Name>): Command => definition;

export const isGroup = (node: Command | Group): node is Group => "commands" in node;

/** What every command takes. */
export const GLOBAL_OPTIONS: Readonly<Record<string, Option>> = {
  url: { type: "string", value: "URL", summary: "the installation, instead of FOUNTAIN_URL or the last login" },
  json: { type: "boolean", summary: "print the result as JSON" },
  help: { type: "boolean", short: "h", summary: "show help" },
};

export interface Named {
  /** Without `fountain`, such as `secrets get`. */
  name: string;
  node: Command | Group;
}

/** All groups and commands below a group, in their order. */
export const allBelow = (group: Group, before = ""): Named[] =>
  Object.entries(group.commands).flatMap(([word, node]) => {
    const name = before === "" ? word : `${before} ${word}`;
    return [{ name, node }, ...(isGroup(node) ? allBelow(node, name) : [])];
  });
