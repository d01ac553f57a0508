/** `npm run bench [-- NAME…]`: measures a real Fountain on this machine and prints tables. Nothing here passes or fails. */
import { benchImport } from "./import.ts";
import { benchKms } from "./kms.ts";
import { benchSearch } from "./search.ts";
import { benchStalls } from "./stalls.ts";
import { type Table, toMarkdown } from "./table.ts";

const BENCHMARKS: Record<string, () => Promise<Table>> = {
  import: benchImport,
  search: benchSearch,
  kms: benchKms,
  stalls: benchStalls,
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in BENCHMARKS));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}": choose among ${Object.keys(BENCHMARKS).join(", ")}.`);
  process.exit(1);
}
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (wanted.length === 0 || wanted.includes(name)) console.log(toMarkdown(await run()));
}
