#!/usr/bin/env node
/** The program as a process: its streams, its signals, and its exit code. */
import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { ReadStream } from "node:tty";
import { main } from "./main.ts";
import type { Terminal } from "./terminal/io.ts";

/** The terminal of this session, for when something else is piped in. */
const openTerminal = (): Terminal | undefined => {
  if (!process.stderr.isTTY) return undefined;
  if (process.stdin.isTTY) return { input: process.stdin, output: process.stderr, close: () => process.stdin.pause() };
  try {
    const input = new ReadStream(openSync("/dev/tty", "r"));
    return { input, output: process.stderr, close: () => input.destroy() };
  } catch {
    return undefined;
  }
};

const interruption = new AbortController();
process.once("SIGINT", () => interruption.abort());
// A reader such as `head` has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const { stdin, stdout, stderr, env } = process;
const code = await main(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  signal: interruption.signal,
  openTerminal,
  spawn,
});
// Neither a pipe that no one closes nor a call that was interrupted keeps the program.
process.exit(code);
