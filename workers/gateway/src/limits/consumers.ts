/** Who uses up a limit at present: those who have used most of it. */

/** How many are shown of a limit. */
export const MAX_CONSUMERS = 10;

/** Someone of whom calls count at present, as `countedAs` has them. */
export interface Consumer {
  who: string;
  /** Calls that count. */
  used: number;
  /** When none of them does any more, in milliseconds since the epoch. */
  untilMs: number;
}

export interface Consumers {
  /** How many have calls that count. */
  callers: number;
  /** The first of them, those before others who have used more. */
  top: Consumer[];
}

/** A limit as a process counts it. */
export interface UsedLimit extends Consumers {
  /** What the limit belongs to: `gateway`, `upstream NAME` or `upstream NAME ROUTE`. */
  scope: string;
  name: string;
  /** How many calls each of them may make. */
  allowed: number;
  /** Whether all processes count together. */
  exact: boolean;
}

/** Those of all, looked through once: memory does not grow with their number. */
export const rank = (all: Iterable<Consumer>): Consumers => {
  const top: Consumer[] = [];
  let callers = 0;
  for (const consumer of all) {
    callers += 1;
    if (top.length === MAX_CONSUMERS && consumer.used <= (top.at(-1)?.used ?? 0)) continue;
    const place = top.findIndex(({ used }) => used < consumer.used);
    top.splice(place === -1 ? top.length : place, 0, consumer);
    top.length = Math.min(top.length, MAX_CONSUMERS);
  }
  return { callers, top };
};

/** The same limit as several processes count it: what each counts for itself adds up, as does what it allows. */
export const merged = (counts: readonly UsedLimit[]): UsedLimit | undefined => {
  const [first] = counts;
  if (first === undefined) return undefined;
  const consumers = new Map<string, Consumer>();
  for (const { who, used, untilMs } of counts.flatMap(({ top }) => top)) {
    const known = consumers.get(who) ?? { who, used: 0, untilMs };
    const both = first.exact ? Math.max(known.used, used) : known.used + used;
    consumers.set(who, { who, used: both, untilMs: Math.max(known.untilMs, untilMs) });
  }
  const callers = counts.map((one) => one.callers);
  return {
    ...first,
    allowed: first.exact ? first.allowed : counts.reduce((sum, { allowed }) => sum + allowed, 0),
    // Most may be known to several of them.
    callers: Math.max(...callers, consumers.size),
    top: rank(consumers.values()).top,
  };
};
