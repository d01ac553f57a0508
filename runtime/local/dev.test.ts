/** `npm run dev` in a copy of the repository: it goes on noticing changes, however files are written. */
import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTemporaryHome, eventually } from "../../tests/support/workerd.ts";
import { changedFiles, takeSnapshot } from "./file-changes.ts";
import { freePorts } from "./ports.ts";
import { stopProcess } from "./process.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), "fountain-dev-"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** As editors save, and as `sed -i` and `git checkout` write: another file takes the name. */
const replace = (file: string, text: string): void => {
  writeFileSync(`${file}.swp`, text);
  renameSync(`${file}.swp`, file);
};

describe("what a snapshot notices", () => {
  let folder: string;
  let file: string;
  const snapshot = () => takeSnapshot([folder], (name) => name.endsWith(".ts"));

  beforeAll(() => {
    folder = mkdtempSync(path.join(copy, "snapshot-"));
    file = path.join(folder, "a.ts");
    writeFileSync(file, "one\n");
  });

  test.each<[string, () => void]>([
    ["a file written in place", () => appendFileSync(file, "more\n")],
    ["a file replaced", () => replace(file, "two\n")],
    ["a file replaced again", () => replace(file, "six\n")],
    ["sed -i", () => execFileSync("sed", ["-i.bak", "s/six/ten/", file])],
    ["an older copy that keeps its time", () => execFileSync("cp", ["-p", `${file}.bak`, file])],
    ["the same length written after a replacement", () => writeFileSync(file, "abc\n")],
  ])("%s", (_, change) => {
    const before = snapshot();
    change();
    expect(changedFiles(before, snapshot())).toEqual([file]);
  });

  test("git checkout, new folders, and what is removed", () => {
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], { cwd: folder, stdio: "ignore" });
    mkdirSync(path.join(folder, "sub"));
    const below = path.join(folder, "sub", "b.ts");
    writeFileSync(below, "b\n");
    git("init");
    git("add", ".");
    git("commit", "-m", "one");
    const committed = snapshot();
    rmSync(path.join(folder, "sub"), { recursive: true });
    expect(changedFiles(committed, snapshot())).toEqual([below]);
    const removed = snapshot();
    git("checkout", ".");
    expect(changedFiles(removed, snapshot())).toEqual([below]);
    replace(below, "another\n");
    const replaced = snapshot();
    git("checkout", ".");
    expect(changedFiles(replaced, snapshot())).toEqual([below]);
  });

  test("nothing, when files of no interest change", () => {
    const before = snapshot();
    writeFileSync(path.join(folder, "notes.txt"), "none of it");
    expect(changedFiles(before, snapshot())).toEqual([]);
  });
});

describe("npm run dev", () => {
  test("restarts with what a file says now, replaced three times and then written in place", {
    timeout: 240_000,
  }, async () => {
    const tree = path.join(copy, "tree");
    for (const place of ["workers", "shared", "runtime", "wrangler.toml", "package.json", "tsconfig.json"])
      cpSync(path.join(ROOT, place), path.join(tree, place), { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules"), path.join(tree, "node_modules"));
    const file = path.join(tree, "workers/gateway/src/docs/landing.ts");
    const original = readFileSync(file, "utf8");
    const home = createTemporaryHome();
    const [port] = await freePorts();
    const child = spawn(process.execPath, [path.join(tree, "runtime/local/dev.ts")], {
      cwd: tree,
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], FOUNTAIN_HOME: home, PORT: String(port) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines: string[] = [];
    createInterface(child.stdout).on("line", (line) => lines.push(line));
    const shows = (mark: string) => async () => {
      const page = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      return page !== undefined && (await page.text()).includes(mark);
    };
    const marked = (mark: string): string => original.replaceAll("</h1>", `${mark}</h1>`);
    try {
      await eventually(shows("</h1>"));
      for (const mark of ["first", "second", "third"]) {
        replace(file, marked(` ${mark} replacement`));
        await eventually(shows(`${mark} replacement`));
      }
      writeFileSync(file, marked(" written in place"));
      await eventually(shows("written in place"));
      expect(lines.filter((line) => line.includes("landing.ts changed: restarting"))).toHaveLength(4);
    } finally {
      await stopProcess(child);
      rmSync(home, { recursive: true, force: true });
    }
  });
});
