/** What the operator sees while Fountain starts: a bar on a terminal, one line a step elsewhere. */
import type { WriteStream } from "node:tty";

const BAR_WIDTH = 24;
const CLEAR_LINE = "\r\u001b[2K";

export interface Progress {
  /** The next step begins. */
  step(text: string): void;
  /** All steps are done, or none will follow. */
  end(): void;
}

const bar = (done: number, total: number): string => {
  const filled = Math.round((BAR_WIDTH * done) / total);
  return `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}`;
};

/** Shows `total` steps on `stream`. */
export const createProgress = (total: number, stream: Pick<WriteStream, "write" | "isTTY">): Progress => {
  let done = 0;
  return {
    step: (text) => {
      stream.write(stream.isTTY ? `${CLEAR_LINE}${bar(done, total)} ${text}` : `${text} …\n`);
      done += 1;
    },
    end: () => {
      if (stream.isTTY) stream.write(CLEAR_LINE);
    },
  };
};
