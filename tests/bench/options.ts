/** What one says on the command line of `npm run bench`. */
import { parseArgs } from "node:util";
import type { SliceOptions } from "./load/slices.ts";

export interface BenchOptions {
  /** The benchmarks; none: all. */
  names: readonly string[];
  slices: SliceOptions;
  /** Print where the time goes, by source line. */
  profile: boolean;
  /** Another checkout to compare with. */
  against: string | undefined;
}

export const readOptions = (args: readonly string[]): BenchOptions => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { rounds: { type: "string" }, profile: { type: "boolean", default: false }, against: { type: "string" } },
  });
  return {
    names: positionals,
    slices: values.rounds === undefined ? {} : { rounds: Number(values.rounds) },
    profile: values.profile,
    against: values.against,
  };
};
