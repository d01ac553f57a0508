/**
 * Installs what is missing, so that `npm start` and `npm test` are one command in a fresh clone. Plain JavaScript without
 * dependencies: it runs on whatever Node (20 or later) runs npm, before the pinned Node of node_modules exists.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const LOCK = path.join(ROOT, ".setup.lock");
const MINIMUM_NODE_MAJOR = 20;
const POLL_MS = 250;
/** The owner of the lock renews it at every poll; one this old belongs to nobody any more. */
const STALE_LOCK_MS = 10_000;

/** Older npm knows no `allowScripts`; of all install scripts only Node's own must run: it fetches the binary. */
const STEPS = [
  ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
  ["rebuild", "node"],
];

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(path.join(ROOT, file), "utf8"));
  } catch {
    return undefined;
  }
};

/** Is every package of the lock file, but optional ones for other machines, in node_modules in that very version? */
const isInstalled = () => {
  const wanted = readJson("package-lock.json")?.packages;
  const present = readJson("node_modules/.package-lock.json")?.packages;
  if (wanted === undefined || present === undefined) return false;
  const fits = Object.entries(wanted).every(
    ([where, { version, optional }]) =>
      where === "" || present[where]?.version === version || (optional === true && present[where] === undefined),
  );
  return fits && existsSync(path.join(ROOT, "node_modules/node/bin/node"));
};

/** Waits for whoever installs at the moment, then keeps others waiting; returns what lets them in. */
const acquireLock = async () => {
  for (;;) {
    try {
      writeFileSync(LOCK, "", { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const renewedAt = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - renewedAt > STALE_LOCK_MS) rmSync(LOCK, { force: true });
    await sleep(POLL_MS);
  }
  const renewal = setInterval(() => utimesSync(LOCK, new Date(), new Date()), POLL_MS);
  return () => {
    clearInterval(renewal);
    rmSync(LOCK, { force: true });
  };
};

const MODULES = path.join(ROOT, "node_modules") + path.sep;

/** Scripts of npm run with the Node of node_modules, which an installation replaces: another one must run npm. */
const lastingNode = () =>
  [process.execPath, ...(process.env.PATH ?? "").split(path.delimiter).map((folder) => path.join(folder, "node"))].find(
    (file) => existsSync(file) && !realpathSync(file).startsWith(MODULES),
  );

/** The npm that runs us, or the one on the PATH, as a command. */
const npmCommand = () => {
  const script = process.env.npm_execpath;
  const node = lastingNode();
  return script?.endsWith("npm-cli.js") && node !== undefined ? [node, script] : ["npm"];
};

/** Runs npm silently; rejects with everything it said when it fails. Ends it when we end or our own parent is gone. */
const runNpm = (args) =>
  new Promise((resolve, reject) => {
    const [file, ...before] = npmCommand();
    const child = spawn(file, [...before, ...args], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => said.push(chunk));
    let interrupted = false;
    const end = () => {
      interrupted = true;
      child.kill("SIGTERM");
    };
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, end);
    const parent = process.ppid;
    const orphaned = setInterval(() => process.ppid !== parent && end(), POLL_MS);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearInterval(orphaned);
      for (const name of ["SIGINT", "SIGTERM"]) process.off(name, end);
      if (code === 0) resolve();
      else if (interrupted) reject(new Error("the installation was interrupted: the next start begins it again"));
      else reject(new Error(`npm ${args.join(" ")} failed (${signal ?? code}):\n${Buffer.concat(said)}`));
    });
  });

/** Shows that something goes on: a running count of seconds on a terminal, one line elsewhere. */
const showProgress = (text) => {
  if (!process.stdout.isTTY) {
    console.log(`${text} …`);
    return () => {};
  }
  const startedAt = Date.now();
  const draw = () => process.stdout.write(`\r\u001b[2K${text} … ${Math.round((Date.now() - startedAt) / 1000)} s`);
  draw();
  const timer = setInterval(draw, 1000);
  return () => {
    clearInterval(timer);
    process.stdout.write("\r\u001b[2K");
  };
};

const install = async () => {
  const endProgress = showProgress("Installing dependencies");
  const release = await acquireLock();
  try {
    if (isInstalled()) return;
    for (const step of STEPS) await runNpm(step);
    if (!isInstalled()) throw new Error("npm ended well, but node_modules does not match package-lock.json");
  } finally {
    release();
    endProgress();
  }
};

try {
  if (Number.parseInt(process.versions.node, 10) < MINIMUM_NODE_MAJOR) {
    throw new Error(`Node ${MINIMUM_NODE_MAJOR} or later is needed, this is ${process.version}: install a newer one`);
  }
  if (!isInstalled()) await install();
} catch (error) {
  console.error(`Fountain: ${error.message}`);
  process.exitCode = 1;
}
