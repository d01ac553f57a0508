/** What the program reads from and writes to, so that tests can stand in for a terminal and a process. */
import type { ChildProcess, SpawnOptions } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** A person who can be asked. */
export interface Terminal {
  input: Readable;
  output: Writable;
  /** Lets go of what was opened to ask. */
  close(): void;
}

export interface Io {
  stdin: Readable & { isTTY?: boolean | undefined };
  stdout: Writable & { isTTY?: boolean | undefined };
  stderr: Writable & { isTTY?: boolean | undefined };
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** `undefined`: there is no one to ask. */
  openTerminal(): Terminal | undefined;
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess;
}
