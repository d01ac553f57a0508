/** What runs a program on a terminal of its own, and Fountain on one. */
import { START_COMMAND, type StartedProcess, spawnStart } from "../workerd.ts";

/** Python's own pseudo-terminal: what it reads is typed, what it writes was shown. */
export const ON_A_TERMINAL = [
  "python3",
  "-c",
  "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
] as const;

export interface OnTerminal extends StartedProcess {
  /** The link for the first login that was shown, if one was. */
  link(): string | undefined;
  /** Presses Ctrl-C, and waits for the end. Returns the exit code. */
  interrupt(): Promise<number | null>;
}

/** `npm start` on a terminal, in black and white. Resolves when it is ready, or when it has ended instead. */
export const startOnTerminal = async (settings: Record<string, string>): Promise<OnTerminal> => {
  const started = await spawnStart({ NO_COLOR: "1", ...settings }, [...ON_A_TERMINAL, ...START_COMMAND], "pipe");
  await started.readyOrEnded();
  const { child, lines } = started;
  return {
    ...started,
    link: () => /http\S+\/account\/first-login\?token=ftl_[\w-]{43}/.exec(lines.join("\n"))?.[0],
    interrupt: () =>
      new Promise((resolve) => {
        child.once("close", resolve);
        child.stdin?.write("\u0003");
      }),
  };
};
