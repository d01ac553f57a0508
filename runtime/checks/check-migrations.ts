/** Part of `npm run check`: ends with code 1 when a schema has changed without its migration. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { reasonOf } from "../local/operator-error.ts";
import { readTopology } from "../workerd/topology.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const DRIZZLE_KIT = path.join(ROOT, "node_modules", "drizzle-kit", "bin.cjs");

const configOf = (worker: string): string => path.join(ROOT, "workers", worker, "drizzle.config.ts");

const configSchema = z.object({ default: z.object({ schema: z.string() }) }).transform((module) => module.default);

/** What drizzle-kit would add to the migrations of this worker. Rejects if it cannot decide. */
const missingMigrations = async (worker: string): Promise<string[]> => {
  const migrations = path.join(ROOT, "workers", worker, "migrations");
  const copy = mkdtempSync(path.join(tmpdir(), "fountain-migrations-"));
  try {
    cpSync(migrations, copy, { recursive: true });
    const before = new Set(readdirSync(copy));
    const { schema } = configSchema.parse(await import(configOf(worker)));
    const out = path.relative(ROOT, copy);
    const args = [DRIZZLE_KIT, "generate", "--dialect=sqlite", `--schema=${schema}`, `--out=${out}`];
    await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    return readdirSync(copy).filter((file) => !before.has(file));
  } finally {
    rmSync(copy, { recursive: true });
  }
};

const workers = readTopology(ROOT)
  .workers.map(({ worker }) => worker)
  .filter((worker) => existsSync(configOf(worker)));
let outOfStep = 0;
for (const worker of workers) {
  const missing = await missingMigrations(worker).catch((error: unknown) => [reasonOf(error)]);
  if (missing.length === 0) continue;
  outOfStep += 1;
  console.error(`workers/${worker}/migrations are behind the schema: run drizzle-kit generate (${missing.join(", ")})`);
}
console.log(`Migrations: ${workers.length} schemas, ${outOfStep} out of step.`);
process.exitCode = outOfStep === 0 ? 0 : 1;
