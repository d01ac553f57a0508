/** Says which regular expressions may take more than linear time, and remembers what was proved. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { check } from "recheck";
import type { Findings } from "./find.ts";

/** Of one expression. Far beyond what any takes. */
const TIMEOUT_MS = 60_000;

/** What is found by trying texts counts only if it is found each time: on a busy machine, one that is not slow may look so. */
const TRIES = 3;

/** How an expression grows with its text; "safe" when in a line. */
export const judge = async ({ source, flags }: RegExp): Promise<string> => {
  let verdict = await check(source, flags, { timeout: TIMEOUT_MS });
  for (let tries = 1; tries < TRIES && verdict.status === "vulnerable" && verdict.checker === "fuzz"; tries += 1)
    verdict = await check(source, flags, { timeout: TIMEOUT_MS, randomSeed: tries });
  if (verdict.status === "vulnerable") return verdict.complexity.summary;
  return verdict.status === "safe" ? "safe" : `unknown (${verdict.error.kind})`;
};

export interface Exceptions {
  bounded: Readonly<Record<string, string>>;
  composing: Readonly<Record<string, string>>;
}

/** What is wrong with these findings, a line for each. */
export const faultsOf = async (
  { literals, composing }: Findings,
  exceptions: Exceptions,
  verdictOf: (pattern: RegExp) => Promise<string>,
): Promise<string[]> => {
  const faults: string[] = [];
  const polynomial = new Set<string>();
  for (const { pattern, file } of literals) {
    const verdict = await verdictOf(pattern);
    if (verdict === "safe") continue;
    polynomial.add(String(pattern));
    if (!(String(pattern) in exceptions.bounded)) faults.push(`${file}: ${pattern} is not linear: ${verdict}`);
  }
  for (const file of composing) {
    if (!(file in exceptions.composing)) faults.push(`${file}: composes regular expressions, and nothing says of what`);
  }
  for (const pattern of Object.keys(exceptions.bounded)) {
    if (!polynomial.has(pattern)) faults.push(`${pattern} is linear or used no more: it needs no exception`);
  }
  for (const file of Object.keys(exceptions.composing)) {
    if (!composing.includes(file)) faults.push(`${file} composes no regular expression: it needs no exception`);
  }
  return faults;
};

const readVerdicts = (file: string): Map<string, string> => {
  try {
    const known: unknown = JSON.parse(readFileSync(file, "utf8"));
    return new Map(
      Object.entries(typeof known === "object" && known !== null ? known : {}).map(([k, v]) => [k, `${v}`]),
    );
  } catch {
    return new Map();
  }
};

/** {@link judge}, asked once for each expression: what it said is kept in `file`, as it takes some seconds in all. */
export const rememberingJudge = (file: string) => {
  const verdicts = readVerdicts(file);
  return {
    judge: async (pattern: RegExp): Promise<string> => {
      const verdict = verdicts.get(String(pattern)) ?? (await judge(pattern));
      verdicts.set(String(pattern), verdict);
      return verdict;
    },
    save: (): void => {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(Object.fromEntries(verdicts)));
    },
  };
};
