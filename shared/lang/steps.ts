/**
 * Work that a caller can make long, done in steps. Everything here runs on the one thread that serves all requests, and
 * no input may block it for long: such work is a generator that yields, every now and then, how much it has done. Counted
 * is what was looked at, in characters or what takes as long: the clock stands still while code runs on the edge.
 */
import { sleep } from "./sleep.ts";

/** Each number is the work since the one before. */
export type Steps<Value> = Generator<number, Value, void>;

/** Some milliseconds of work. */
const SLICE = 250_000;

/** Lets everything else that waits for the thread run. */
export const breathe = (): Promise<void> => sleep(0);

/** So much makes a step, where one piece of work is too little for one. */
const STEP = 32_768;

/** Adds up small pieces of work: `if (work.add(cost)) yield work.take();` */
export const tally = () => {
  let spent = 0;
  return {
    /** Whether it is enough for a step. */
    add: (work: number): boolean => {
      spent += work;
      return spent >= STEP;
    },
    /** What was added since it was asked last. */
    take: (): number => {
      const taken = spent;
      spent = 0;
      return taken;
    },
  };
};

/** Does the work in slices, between which other requests run. */
export const inSlices = async <Value>(steps: Steps<Value>): Promise<Value> => {
  let spent = 0;
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    spent += step.value;
    if (spent < SLICE) continue;
    spent = 0;
    await breathe();
  }
};

/** Does all of the work at once, which only what is known to be short may ask for. */
export const atOnce = <Value>(steps: Steps<Value>): Value => {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
};

/** What one element of a list costs beside its characters. */
const ELEMENT = 32;

/** `work` on each element, as `forEach` does it. `sizeOf` says what an element costs, in characters. */
export function* eachInSteps<Element>(
  elements: Iterable<Element>,
  work: (element: Element, index: number) => void,
  sizeOf: (element: Element) => number = () => 0,
): Steps<void> {
  const done = tally();
  let index = 0;
  for (const element of elements) {
    work(element, index);
    index += 1;
    if (done.add(ELEMENT + sizeOf(element))) yield done.take();
  }
  yield done.take();
}
