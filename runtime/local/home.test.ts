import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { openHome } from "./home.ts";

const directory = mkdtempSync(path.join(tmpdir(), "fountain-home-"));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("creates the folder for its owner only, and closes one that was open", () => {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const home = openHome(directory);
  for (const folder of [home.directory, home.data, home.secrets, home.logs, home.build]) {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  }
  home.release();
});

test("one at a time: a second one is refused until the first lets go", () => {
  const first = openHome(directory);
  expect(() => openHome(directory)).toThrow(`another Fountain runs on ${directory}: stop it`);
  first.release();
  openHome(directory).release();
});

test("a lock dies with the process that held it, even when it was killed", () => {
  const script = `import { openHome } from ${JSON.stringify(path.join(import.meta.dirname, "home.ts"))};
openHome(${JSON.stringify(directory)}); process.kill(process.pid, "SIGKILL");`;
  const { signal } = spawnSync(process.execPath, ["--input-type=module", "--eval", script]);
  expect(signal).toBe("SIGKILL");
  openHome(directory).release();
});

test("a place that cannot be a folder is refused in one line", () => {
  const file = path.join(tmpdir(), `fountain-file-${process.pid}`);
  writeFileSync(file, "");
  expect(() => openHome(file)).toThrow(/^FOUNTAIN_HOME .* cannot be used .*: make it a folder you can write to$/);
  expect(statSync(file).mode & 0o777).not.toBe(0o700);
  rmSync(file);
  expect(() => openHome("/dev/null/home")).toThrow("cannot be used");
});

test("a folder that others use for something else is left alone", () => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, "notes.txt"), "");
  chmodSync(directory, 0o1777);
  expect(() => openHome(directory)).toThrow(
    `FOUNTAIN_HOME ${directory} has other files in it, and is open to other users: set it to a folder of its own`,
  );
  expect(readdirSync(directory)).toEqual(["notes.txt"]);
  expect(statSync(directory).mode & 0o7777).toBe(0o1777);
});

test.each([
  ["is empty but for what a new disk has", "lost+found"],
  ["holds a backup that was restored", "data"],
])("a folder that others can read, and that %s, is taken and closed", (_case, name) => {
  mkdirSync(path.join(directory, name), { recursive: true });
  chmodSync(directory, 0o755);
  openHome(directory).release();
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test("other files in a folder of one's own do no harm", () => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(directory, "notes.txt"), "");
  openHome(directory).release();
});

test.runIf(process.platform === "linux")("a file system that holds no folders is refused", () => {
  expect(() => openHome("/proc/nowhere/home")).toThrow("FOUNTAIN_HOME /proc/nowhere/home cannot be used");
});
