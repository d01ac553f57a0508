/** Ends child processes when their parent dies without a chance to do so itself (SIGKILL, power of the terminal). */
import { spawn } from "node:child_process";

/** Reads lists of process ids until the pipe from the parent closes, then kills the last list. */
const SCRIPT = 'while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -9 $pids 2>/dev/null';

export interface Guard {
  /** From now on `name` is this process; the one it was before is forgotten. */
  watch(name: string, pid: number | undefined): void;
  /** Forgets everything: the children have ended. */
  release(): void;
}

/** A guard that lives outside the parent's process group, so that what kills the group spares it. */
export const createGuard = (): Guard => {
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  shell.unref();
  const watched = new Map<string, number>();
  const update = (): void => {
    shell.stdin.write(`${[...watched.values()].join(" ")}\n`);
  };
  return {
    watch: (name, pid) => {
      if (pid === undefined) watched.delete(name);
      else watched.set(name, pid);
      update();
    },
    release: () => {
      watched.clear();
      update();
      shell.stdin.end();
    },
  };
};
