/** `npm run secrets [-- DIRECTORY]`: makes the secrets of the Compose stack that are missing, and says what comes next. */
import { existsSync } from "node:fs";
import path from "node:path";
import { reasonOf } from "../local/operator-error.ts";
import { readTopology } from "../workerd/topology.ts";
import { ensureComposeSecrets } from "./secrets.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

const summary = (created: readonly string[], directory: string): string =>
  created.length === 0
    ? `All secrets already exist in ${directory}. Nothing was changed.`
    : `Created in ${directory}: ${created.join(", ")}. Back up this folder, separately from the data.`;

try {
  const directory = path.resolve(process.argv[2] ?? path.join(ROOT, "secrets"));
  const shown = path.relative(process.cwd(), directory) || directory;
  console.log(summary(await ensureComposeSecrets(readTopology(ROOT), directory), shown));
  console.log("Next:");
  if (!existsSync(path.join(ROOT, ".env"))) console.log("  cp .env.example .env        and set DOMAIN in it");
  console.log("  docker compose up -d        or docker-compose up -d");
  console.log(`  cat ${path.join(shown, "admin_password")}   the first administrator's password`);
} catch (error) {
  console.error(`Fountain: ${reasonOf(error)}`);
  process.exitCode = 1;
}
