/**
 * Part of `npm run check`: ends with code 1 when a worker runs a regular expression, its own or that of a package, which
 * is not proved to take time in line with the length of its text and has no reason why it need not.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { SOCKETS_SERVICE } from "../../workers/gateway/src/upstreams/sockets/opener.ts";
import { BOUNDED, COMPOSING } from "../regular-expressions/bounded.ts";
import { findAll } from "../regular-expressions/find.ts";
import { faultsOf, rememberingJudge } from "../regular-expressions/judge.ts";
import { bundlePath, bundleWorkers } from "../workerd/bundle.ts";
import { HASHER_WORKER } from "../workerd/hasher.ts";
import { readTopology } from "../workerd/topology.ts";
import { TYPESENSE_SERVICE } from "../workerd/typesense.ts";
import { INTERNAL_WORKER } from "../workerd/workerd.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const VERDICTS = path.join(ROOT, "node_modules", ".cache", "regular-expressions", "recheck-4.5.0.json");

const directory = mkdtempSync(path.join(tmpdir(), "fountain-expressions-"));
try {
  const { workers } = readTopology(ROOT);
  await bundleWorkers(workers, directory);
  writeFileSync(path.join(directory, "package.json"), '{"type":"module"}');
  const names = [
    ...workers.map(({ worker }) => worker),
    INTERNAL_WORKER,
    TYPESENSE_SERVICE,
    SOCKETS_SERVICE,
    HASHER_WORKER,
  ];
  const found = await findAll(names.map((worker) => ({ worker, file: bundlePath(directory, worker) })));
  const { judge, save } = rememberingJudge(VERDICTS);
  const faults = await faultsOf(found, { bounded: BOUNDED, composing: COMPOSING }, judge);
  save();
  for (const fault of faults) console.error(fault);
  console.log(`Regular expressions: ${found.literals.length}, ${faults.length} faults.`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true });
}
