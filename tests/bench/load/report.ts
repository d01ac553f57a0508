/** What slices amount to: a table of the variants, and one of the targets. */
import { percentile } from "../measure.ts";
import { milliseconds, type Table } from "../table.ts";
import type { Measured, Run, Slice } from "./slices.ts";

const QUIET = 0.1;
const MEDIAN = 0.5;
const TAIL = 0.99;
const FAST = 0.9;

const finite = (values: readonly number[]): number[] => values.filter(Number.isFinite);
const at = (values: readonly number[], share: number): number =>
  finite(values).length === 0 ? Number.NaN : percentile(finite(values), share);
const number = (value: number, decimals: number): string =>
  Number.isNaN(value) ? "–" : value.toLocaleString("en", { maximumFractionDigits: decimals });

const measuredOf = ({ measured }: Run, name: string): Measured => {
  const found = measured.get(name);
  if (found === undefined) throw new Error(`nothing is called "${name}"`);
  return found;
};

/** A ratio of each round, and that of what both cost in slices that little else disturbed. */
export interface Ratio {
  values: readonly number[];
  quiet: number;
}

const ratioOf = (run: Run, over: string, under: string, of: keyof Slice, quietShare: number): Ratio => {
  const above = measuredOf(run, over).slices.map((slice) => slice[of]);
  const below = measuredOf(run, under).slices.map((slice) => slice[of]);
  return {
    values: above.map((value, round) => value / (below[round] ?? Number.NaN)),
    quiet: at(above, quietShare) / at(below, quietShare),
  };
};

/** Of the CPU time per request of two variants. */
export const cpuRatio = (run: Run, over: string, under: string): Ratio => ratioOf(run, over, under, "cpu", QUIET);

/** Of the requests a second of two variants. */
export const rateRatio = (run: Run, over: string, under: string): Ratio => ratioOf(run, over, under, "rate", FAST);

const row = (run: Run, name: string): string[] => {
  const { slices, latencies } = measuredOf(run, name);
  const cpu = slices.map((slice) => slice.cpu);
  const rate = slices.map((slice) => slice.rate);
  return [
    name,
    number(at(cpu, QUIET), 1),
    number(at(cpu, MEDIAN), 1),
    number(at(rate, MEDIAN), 0),
    number(at(rate, FAST), 0),
    milliseconds(at(latencies, MEDIAN)),
    milliseconds(at(latencies, TAIL)),
  ];
};

/** How the run was made, as one sentence for the reader of its ratios. */
export const methodOf = ({ rounds, sliceMs, foreignLoad }: Run): string =>
  `${rounds} rounds of slices of ${sliceMs} ms in palindromic order, ratios within a round. Other processes took ${number(foreignLoad * 100, 0)} % of the machine.`;

export const variantTable = (title: string, run: Run): Table => ({
  title,
  method: methodOf(run),
  columns: ["variant", "CPU µs p10", "CPU µs p50", "a second p50", "a second p90", "p50", "p99"],
  rows: [...run.measured.keys()].map((name) => row(run, name)),
  faults: [...run.measured.values()].flatMap(({ variant, faults }) =>
    [...faults].map(
      ([status, { count, body }]) => `${variant.name}: ${count} × ${status} instead of ${variant.expected}: ${body}`,
    ),
  ),
});

/** One line of the targets. */
export interface Goal {
  measure: string;
  /** As often as it was measured: once, or once a round. */
  values: readonly number[];
  /** The same from the slices that little else disturbed. */
  quiet?: number;
  mustReach: number;
  tryFor?: number;
  /** Whether a small value is the good one; by default a large one is. */
  isLess?: true;
  unit?: string;
}

/** A goal whose values cannot be had, and why. */
export interface Missing {
  measure: string;
  reason: string;
}

const verdict = (value: number, { mustReach, tryFor, isLess }: Goal): string => {
  const reaches = (bound: number): boolean => (isLess ? value <= bound : value >= bound);
  if (Number.isNaN(value)) return "–";
  if (tryFor !== undefined && reaches(tryFor)) return "reached both";
  return reaches(mustReach) ? "reached" : "**missed**";
};

const goalRow = (goal: Goal | Missing): string[] => {
  if ("reason" in goal) return [goal.measure, "–", "–", "–", "–", "–", goal.reason];
  const { measure, values, quiet, mustReach, tryFor, isLess, unit = "" } = goal;
  const bound = (value: number | undefined): string =>
    value === undefined ? "" : `${isLess ? "≤" : "≥"} ${number(value, 2)}${unit}`;
  const quantile = (share: number): string => `${number(at(values, share), 2)}${unit}`;
  return [
    measure,
    values.length > 1 ? quantile(QUIET) : "",
    quantile(MEDIAN),
    quiet === undefined ? "" : `${number(quiet, 2)}${unit}`,
    bound(mustReach),
    bound(tryFor),
    verdict(at(values, MEDIAN), goal),
  ];
};

export const goalTable = (title: string, method: string, goals: readonly (Goal | Missing)[]): Table => ({
  title,
  method,
  columns: ["measure", "p10", "p50", "quiet", "must reach", "try for", ""],
  rows: goals.map(goalRow),
});
