/** Asks a person, on their terminal. */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandError } from "./exit.ts";
import type { Io, Terminal } from "./io.ts";
import { readAll } from "./stdin.ts";

const DISCARDED = { write: (_chunk: unknown, _encoding: unknown, done: () => void): void => done() };

const interrupted = (): CommandError => new CommandError("interrupted", "Interrupted.");

/** One line of the terminal. What is typed shows only where `isEchoed`. */
const readLine = (terminal: Terminal, question: string, isEchoed: boolean): Promise<string> =>
  new Promise((resolve, reject) => {
    const output = isEchoed ? terminal.output : new Writable(DISCARDED);
    const lines = createInterface({ input: terminal.input, output, terminal: true, historySize: 0 });
    let isOver = false;
    const end = (settle: () => void): void => {
      if (isOver) return;
      isOver = true;
      lines.close();
      if (!isEchoed) terminal.output.write("\n");
      settle();
    };
    lines.on("SIGINT", () => end(() => reject(interrupted())));
    lines.on("close", () => end(() => reject(interrupted())));
    // Only now, when the terminal no longer echoes.
    if (!isEchoed) terminal.output.write(question);
    lines.question(isEchoed ? question : "", (typed) => end(() => resolve(typed)));
  });

export interface Prompt {
  /** What is typed after the question, without the spaces around it. */
  text(question: string): Promise<string>;
  /** The same, without echo, as it was typed. */
  secret(question: string): Promise<string>;
  /** Whether they agree; no is the default. */
  confirm(question: string): Promise<boolean>;
}

/** Asks on this terminal, which stays open. Ctrl-C and Ctrl-D end the command. */
const promptOn = (terminal: Terminal): Prompt => ({
  text: async (question) => (await readLine(terminal, question, true)).trim(),
  secret: (question) => readLine(terminal, question, false),
  confirm: async (question) => /^y(?:es)?$/i.test((await readLine(terminal, `${question} [y/N] `, true)).trim()),
});

/**
 * A secret that is typed without echo, or what is piped in, without the line break at its end: never an argument, which other
 * users of the machine could see.
 */
export const typedOrPiped = async (io: Pick<Io, "stdin" | "openTerminal">, question: string): Promise<string> => {
  const typed = io.stdin.isTTY ? await withPrompt(io, (prompt) => prompt.secret(question)) : undefined;
  return typed ?? (await readAll(io)).replace(/\r?\n$/, "");
};

/** Runs `ask` with a prompt; `undefined` where there is no terminal. */
export const withPrompt = async <Value>(
  io: Pick<Io, "openTerminal">,
  ask: (prompt: Prompt) => Promise<Value>,
): Promise<Value | undefined> => {
  const terminal = io.openTerminal();
  if (terminal === undefined) return undefined;
  try {
    return await ask(promptOn(terminal));
  } finally {
    terminal.close();
  }
};
