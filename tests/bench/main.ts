/**
 * `npm run bench [-- NAME…] [--rounds N] [--profile] [--against DIRECTORY]`: measures a real Fountain on this machine and
 * prints tables. No figure passes or fails; a response that should not have been ends it with 1.
 */
import { benchDatabase } from "./database.ts";
import { benchEnumeration } from "./enumeration.ts";
import { benchGateway } from "./gateway.ts";
import { benchIdle } from "./idle.ts";
import { benchImport } from "./import.ts";
import { benchKms } from "./kms.ts";
import { benchLogins } from "./logins.ts";
import { type BenchOptions, readOptions } from "./options.ts";
import { benchSearch } from "./search.ts";
import { benchStalls } from "./stalls.ts";
import { type Table, toMarkdown } from "./table.ts";

const BENCHMARKS: Record<string, (options: BenchOptions) => Promise<Table | Table[]>> = {
  import: benchImport,
  search: benchSearch,
  kms: benchKms,
  gateway: benchGateway,
  database: benchDatabase,
  logins: benchLogins,
  enumeration: benchEnumeration,
  idle: benchIdle,
  stalls: benchStalls,
};

const options = readOptions(process.argv.slice(2));
const { names } = options;
const unknown = names.find((name) => !(name in BENCHMARKS));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}": choose among ${Object.keys(BENCHMARKS).join(", ")}.`);
  process.exit(1);
}
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (const table of [await run(options)].flat()) {
    console.log(toMarkdown(table));
    for (const fault of table.faults ?? []) console.error(`unexpected: ${fault}`);
    if (table.faults?.length) process.exitCode = 1;
  }
}
