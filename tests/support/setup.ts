/** Once per test run: one sqld for all test files, and every worker's bundle. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { spawnSqld, waitForSqld } from "../../runtime/libsql/sqld.ts";
import { createGuard } from "../../runtime/local/guard.ts";
import { freePorts } from "../../runtime/local/ports.ts";
import { stopProcess } from "../../runtime/local/process.ts";
import { bundleWorkers } from "../../runtime/workerd/bundle.ts";
import { readTopology } from "../../runtime/workerd/topology.ts";
import { FOR_TESTS } from "./fountain/bundles.ts";

/** What a test file needs in order to use what this file started. */
export interface TestRun {
  sqld: { port: number; adminPort: number; adminKey: string };
  /** Private key (PKCS #8, PEM) that signs database tokens. */
  signingKeyPem: string;
  /** Folder with one bundle per worker. */
  bundles: string;
  /** Why a worker has no bundle. */
  bundleErrors: Record<string, string>;
}

declare module "vitest" {
  interface ProvidedContext {
    testRun: TestRun;
  }
}

const ROOT = path.join(import.meta.dirname, "..", "..");

/** Where Linux keeps files in memory, if it has room: databases of tests need not outlive a loss of power. */
const MEMORY = "/dev/shm";
const ENOUGH_BYTES = 2 ** 30;

const temporaryDirectory = (): string => {
  if (!existsSync(MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ENOUGH_BYTES ? MEMORY : tmpdir();
};

/** All workers at once; one by one when that fails, so that only tests of those that cannot be bundled fail. */
const bundleAll = async (directory: string): Promise<Record<string, string>> => {
  const { workers } = readTopology(ROOT);
  const done = await bundleWorkers(workers, directory, FOR_TESTS).then(
    () => true,
    () => false,
  );
  const errors: Record<string, string> = {};
  for (const worker of done ? [] : workers)
    await bundleWorkers([worker], directory, FOR_TESTS).catch((error: Error) => {
      errors[worker.worker] = error.message;
    });
  return errors;
};

export default async (project: TestProject): Promise<() => Promise<void>> => {
  const directory = mkdtempSync(path.join(temporaryDirectory(), "fountain-test-"));
  const { privateKey } = generateKeyPairSync("ed25519");
  const [port, adminPort] = await freePorts();
  const adminKey = randomBytes(32).toString("base64url");
  const dataDirectory = path.join(directory, "data");
  const guard = createGuard();
  const sqld = spawnSqld({ dataDirectory, port, adminPort, adminKey, signingKey: privateKey });
  guard.watch("sqld", sqld.pid);
  sqld.stdout?.resume();
  sqld.stderr?.pipe(process.stderr);
  const bundles = path.join(directory, "bundles");
  const [bundleErrors] = await Promise.all([bundleAll(bundles), waitForSqld(port, sqld)]);
  project.provide("testRun", {
    sqld: { port, adminPort, adminKey },
    signingKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    bundles,
    bundleErrors,
  });
  return async () => {
    await stopProcess(sqld);
    guard.release();
    rmSync(directory, { recursive: true, force: true });
  };
};
