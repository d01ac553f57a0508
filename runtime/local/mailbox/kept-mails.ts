/** Mails as text files of FOUNTAIN_HOME, which only its owner can read: the newest ones, one file each. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** More than that, and the oldest are deleted. */
const MAX_MAILS = 100;
const SUFFIX = ".txt";

export interface KeptMails {
  keep(mail: string): void;
  /** Newest first. */
  list(): { name: string; mail: string }[];
}

/** In a folder, which is created. Names begin with the time in UTC, so that they sort by it. */
export const createKeptMails = (folder: string, now: () => number): KeptMails => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  let kept = 0;
  const names = (): string[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith(SUFFIX))
      .sort()
      .reverse();
  return {
    keep: (mail) => {
      kept += 1;
      const at = new Date(now()).toISOString().replaceAll(":", "-");
      writeFileSync(path.join(folder, `${at}-${String(kept).padStart(6, "0")}${SUFFIX}`), mail, { mode: 0o600 });
      for (const name of names().slice(MAX_MAILS)) rmSync(path.join(folder, name), { force: true });
    },
    list: () => names().map((name) => ({ name, mail: readFileSync(path.join(folder, name), "utf8") })),
  };
};
