/** The command line as a process of its own: without a terminal, and on one. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import type { Target } from "../call.ts";
import { ON_A_TERMINAL } from "./terminal.ts";

const ROOT = path.join(import.meta.dirname, "..", "..", "..");
const PROGRAM = path.join(ROOT, "clients", "cli", "src", "bin.ts");

const WAIT_MS = 50_000;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** What it has printed so far. */
  printed: { stdout: string; stderr: string };
  /** Waits until it has printed this since the last wait, on either stream. Returns the match. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  type(text: string): void;
  ended: Promise<Ended>;
}

export interface CommandLine {
  /** Of the credentials. */
  home: string;
  credentialsFile: string;
  /** Starts it with nothing on stdin but what the test types, and no terminal. */
  start(args: readonly string[], env?: Record<string, string>): Running;
  /** Starts it on a terminal of its own, which shows both of its streams as one. */
  startOnTerminal(args: readonly string[], env?: Record<string, string>): Running;
  /** Runs it to its end without a terminal, with this on stdin. */
  run(args: readonly string[], options?: { input?: string; env?: Record<string, string> }): Promise<Ended>;
  /** The result that it prints with `--json`. Throws where it fails. */
  json(args: readonly string[], input?: string): Promise<unknown>;
  /** Makes the saved access token one that has to be renewed. */
  expireToken(): void;
  remove(): void;
}

const watch = (child: ChildProcess): Running => {
  const printed = { stdout: "", stderr: "" };
  let all = "";
  let seen = 0;
  const note = (stream: "stdout" | "stderr") => (chunk: Buffer) => {
    printed[stream] += chunk;
    all += chunk;
  };
  child.stdout?.on("data", note("stdout"));
  child.stderr?.on("data", note("stderr"));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...printed }));
  });
  return {
    child,
    printed,
    ended,
    type: (text) => {
      child.stdin?.write(text);
    },
    shows: async (pattern) => {
      await expect.poll(() => all.slice(seen), { timeout: WAIT_MS }).toMatch(pattern);
      const match = pattern.exec(all.slice(seen));
      if (match === null) throw new Error(`not shown: ${pattern}`);
      seen += match.index + match[0].length;
      return match;
    },
  };
};

/** One with its own home, for the installation at `url`. Call `remove` when done. */
export const createCommandLine = ({ url }: Pick<Target, "url">): CommandLine => {
  const home = mkdtempSync(path.join(tmpdir(), "fountain-cli-"));
  const credentialsFile = path.join(home, "fountain", "credentials.json");
  const environment = (env: Record<string, string>): NodeJS.ProcessEnv => {
    const { FOUNTAIN_API_KEY: _, FOUNTAIN_TOKEN: __, NO_COLOR: ___, ...inherited } = process.env;
    return { ...inherited, TERM: "xterm", XDG_CONFIG_HOME: home, FOUNTAIN_URL: url, ...env };
  };
  const start: CommandLine["start"] = (args, env = {}) =>
    // In a session of its own, so that it has no terminal of the one that runs the tests.
    watch(spawn(process.execPath, [PROGRAM, ...args], { env: environment(env), detached: true }));
  const run: CommandLine["run"] = (args, { input = "", env = {} } = {}) => {
    const running = start(args, env);
    running.child.stdin?.end(input);
    return running.ended;
  };
  return {
    home,
    credentialsFile,
    start,
    run,
    startOnTerminal: (args, env = {}) => {
      const [program, ...rest] = [...ON_A_TERMINAL, process.execPath, PROGRAM, ...args];
      return watch(spawn(program, rest, { env: environment(env) }));
    },
    json: async (args, input = "") => {
      const { code, stdout, stderr } = await run(["--json", ...args], { input });
      if (code !== 0) throw new Error(`fountain ${args.join(" ")} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    expireToken: () => {
      const saved = JSON.parse(readFileSync(credentialsFile, "utf8"));
      for (const credentials of Object.values<Record<string, unknown>>(saved.servers))
        credentials["expiresAt"] = new Date(0).toISOString();
      writeFileSync(credentialsFile, JSON.stringify(saved));
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
};

/** Logs in by a password, without a terminal. */
export const logInByPassword = async (
  { run }: CommandLine,
  { username, password, code }: { username: string; password: string; code?: string },
): Promise<void> => {
  const ended = await run(["login", "--password"], { input: `${username}\n${password}\n${code ?? ""}\n` });
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
};
