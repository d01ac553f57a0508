/** `npm run dev`: `npm start`, restarted whenever a file that it is made of changes. */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { takeSnapshot, watchFiles } from "./file-changes.ts";
import { onParentEnd, stopProcess } from "./process.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const START = path.join(import.meta.dirname, "start.ts");
const PLACES = ["workers", "shared", "runtime", "wrangler.toml", "package.json"].map((place) => path.join(ROOT, place));

const isPart = (file: string): boolean => !/\.(?:test\.ts|md)$/.test(file);

const say = (line: string): void => console.log(`Fountain: ${line}`);

const start = (): ChildProcess => {
  const child = spawn(process.execPath, [START], { stdio: "inherit" });
  child.once("exit", (code) => {
    if (code !== 0 && code !== null) say("it ended: it is started again when a file changes");
  });
  return child;
};

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stopping.abort());
onParentEnd(() => stopping.abort());

let child = start();
await watchFiles(
  () => takeSnapshot(PLACES, isPart),
  async ([first = "", ...others]) => {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    say(`${path.relative(ROOT, first)}${more} changed: restarting`);
    await stopProcess(child);
    child = start();
  },
  stopping.signal,
);
await stopProcess(child);
