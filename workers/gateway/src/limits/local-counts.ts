/**
 * Counts in the memory of this process. All limits together remember a bounded number of callers, and forget those that are at
 * zero again as others come. When all places are taken by callers that are not, the limit with the most of them gives one up:
 * of eight that it looks at in turn, the one that will be at zero first. So callers get rid of a count of their own only by
 * having more calls counted than that, from each of very many addresses or accounts.
 */
import type { Consumer } from "./consumers.ts";
import { callsOwed, judge, type Outcome, type Pace } from "./gcra.ts";

/** How many of those who come next in order are asked whether they are at zero again, whenever someone new comes. */
const LOOKED_AT = 2;
const COMPARED = 8;

export interface LocalCounter {
  /** Counts a call of theirs, unless it is one too many. */
  take(who: string, nowMs: number): Outcome;
  /** What would come of a call of theirs, without counting it. */
  peek(who: string, nowMs: number): Outcome;
  /** Takes back a call that was counted. */
  giveBack(who: string): void;
  /** Those of whom calls count at present. */
  consumers(nowMs: number): Iterable<Consumer>;
}

export interface LocalCounts {
  /** A counter that shares the places with all others. */
  open(pace: Pace): LocalCounter;
  /** Forgets the counter and all that it has counted. */
  close(counter: LocalCounter): void;
  /** How many callers are remembered. */
  size(): number;
}

interface Counter extends LocalCounter {
  callers: Callers;
}

/** Callers in places of their own, the places without a gap: those of an iterated map would cost more the more are forgotten. */
const createCallers = () => {
  const places = new Map<string, number>();
  const names: string[] = [];
  /** When each is at zero again, in milliseconds since the start: small numbers are exact to fractions of microseconds. */
  const zeroAt: number[] = [];
  let hand = 0;

  /** Its place is taken by the last. */
  const forget = (place: number): void => {
    const [last, lastZeroAt] = [names.pop(), zeroAt.pop()];
    if (last === undefined || lastZeroAt === undefined) return;
    places.delete(names[place] ?? last);
    if (place === names.length) return;
    names[place] = last;
    zeroAt[place] = lastZeroAt;
    places.set(last, place);
  };

  const turn = (): number => {
    hand = hand + 1 < names.length ? hand + 1 : 0;
    return hand;
  };

  return {
    size: (): number => names.length,
    all: function* (): Iterable<readonly [who: string, zeroAt: number]> {
      for (const [place, who] of names.entries()) yield [who, zeroAt[place] ?? 0];
    },
    find: (who: string): number | undefined => places.get(who),
    zeroAt: (place: number): number => zeroAt[place] ?? Number.NEGATIVE_INFINITY,
    set: (place: number, at: number): void => {
      zeroAt[place] = at;
    },
    add: (who: string, at: number): void => {
      places.set(who, names.length);
      names.push(who);
      zeroAt.push(at);
    },
    /** Forgets those among the next who are at zero. */
    forgetZeros: (now: number): void => {
      for (let looked = 0; looked < LOOKED_AT; looked += 1) {
        const place = turn();
        if ((zeroAt[place] ?? now + 1) <= now) forget(place);
      }
    },
    /** Forgets the one among the next who is at zero first. */
    forgetNext: (): void => {
      let first = turn();
      for (let compared = 1; compared < COMPARED; compared += 1) {
        const place = turn();
        if ((zeroAt[place] ?? 0) < (zeroAt[first] ?? 0)) first = place;
      }
      forget(first);
    },
  };
};

type Callers = ReturnType<typeof createCallers>;

/** `max`: how many callers are remembered. */
export const createLocalCounts = ({ max, startMs }: { max: number; startMs: number }): LocalCounts => {
  const counters = new Set<Counter>();
  let size = 0;

  const makeRoom = (): void => {
    let largest: Callers | undefined;
    for (const { callers } of counters) if (!largest || callers.size() > largest.size()) largest = callers;
    largest?.forgetNext();
    size -= 1;
  };

  const addTo = (callers: Callers, who: string, zeroAtMs: number, now: number): void => {
    const before = callers.size();
    callers.forgetZeros(now);
    size += callers.size() - before;
    if (size >= max) makeRoom();
    callers.add(who, zeroAtMs);
    size += 1;
  };

  return {
    open: (pace) => {
      const callers = createCallers();
      const judgeOf = (place: number | undefined, now: number) =>
        judge(pace, place === undefined ? now : callers.zeroAt(place), now);
      const counter: Counter = {
        callers,
        peek: (who, nowMs) => judgeOf(callers.find(who), nowMs - startMs),
        take: (who, nowMs) => {
          const now = nowMs - startMs;
          const place = callers.find(who);
          const judged = judgeOf(place, now);
          if (place === undefined) addTo(callers, who, judged.zeroAtMs, now);
          else callers.set(place, judged.zeroAtMs);
          return judged;
        },
        giveBack: (who) => {
          const place = callers.find(who);
          if (place !== undefined) callers.set(place, callers.zeroAt(place) - pace.intervalMs);
        },
        consumers: function* (nowMs) {
          for (const [who, zeroAtMs] of callers.all()) {
            const used = callsOwed(pace, zeroAtMs, nowMs - startMs);
            if (used > 0) yield { who, used, untilMs: startMs + zeroAtMs };
          }
        },
      };
      counters.add(counter);
      return counter;
    },
    close: (closed) => {
      for (const counter of counters)
        if (counter === closed) {
          size -= counter.callers.size();
          counters.delete(counter);
        }
    },
    size: () => size,
  };
};
