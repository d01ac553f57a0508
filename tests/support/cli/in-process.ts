/** The command line within the test: as fast as a call, without a terminal. */
import { spawn } from "node:child_process";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { main } from "../../../clients/cli/src/main.ts";

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line with these variables and nothing else of the environment. */
export const runInProcess = async (argv: readonly string[], env: Record<string, string>): Promise<Result> => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(stdout), text(stderr)]);
  const { signal } = new AbortController();
  const io = { stdin: Readable.from([]), stdout, stderr, env, signal, openTerminal: () => undefined, spawn };
  const code = await main(argv, io).finally(() => {
    stdout.end();
    stderr.end();
  });
  const [out, err] = await printed;
  return { code, stdout: out, stderr: err };
};
