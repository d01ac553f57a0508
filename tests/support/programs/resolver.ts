/** Runs a program with a resolver of the test's own, which takes root. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface Resolver {
  /** Runs the command that follows it where names are asked of that server. */
  within: string[];
  /** Whether that can be done here; if not, it is said. */
  isPossible: boolean;
  remove(): void;
}

/** `address`: where the name server listens. */
export const createResolver = (address: string): Resolver => {
  const directory = mkdtempSync(path.join(tmpdir(), "fountain-resolver-"));
  const file = path.join(directory, "resolv.conf");
  writeFileSync(file, `nameserver ${address}\noptions timeout:1 attempts:2\n`);
  const within = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', file];
  const canMount = (): boolean => {
    try {
      const [program = "", ...args] = [...within, "true"];
      execFileSync(program, args, { stdio: "ignore" });
      return process.getuid?.() === 0;
    } catch {
      return false;
    }
  };
  const isPossible = canMount();
  if (!isPossible) console.warn("Names that lead elsewhere are not tried: it takes root and mount namespaces.");
  return { within, isPossible, remove: () => rmSync(directory, { recursive: true }) };
};
