/**
 * How many guesses a walk over a keyboard takes, column by column (`qazwsxedc`) or row by row, with Shift or without. What
 * counts is the steps from key to key: a walk repeats them, text does not.
 */
import { shorten } from "./repetition.ts";

/** From the top row down, a key above the one that is typed with the same finger. */
const LAYOUTS = {
  qwerty: ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"],
  qwertz: ["1234567890ß", "qwertzuiopü+", "asdfghjklöä#", "yxcvbnm,.-"],
  azerty: ["1234567890)=", "azertyuiop^$", "qsdfghjklmù*", "wxcvbn,;:!"],
} as const;

/** Shifted digits by layout, and the few other signs that walks begin or end with. */
const SHIFTED: Readonly<Record<keyof typeof LAYOUTS, Readonly<Record<string, string>>>> = {
  qwerty: Object.fromEntries([...'!@#$%^&*()_+{}:"<>?'].map((sign, at) => [sign, "1234567890-=[];',./"[at] ?? ""])),
  qwertz: Object.fromEntries([..."!\"§$%&/()=?*';:_"].map((sign, at) => [sign, "1234567890ß+#,.-"[at] ?? ""])),
  azerty: Object.fromEntries([..."&é\"'(-è_çà"].map((sign, at) => [sign, "1234567890"[at] ?? ""])),
};

/** As powers of ten: a first key, a step to the next key of the row or column, another step, and how often it is repeated. */
const COST = { start: 1.6, neighbour: 0.6, jump: 1.6, run: 0.3, repetition: 1.5, shift: 1 };

interface Key {
  row: number;
  column: number;
}

const keysOf = (rows: readonly string[]): Map<string, Key> =>
  new Map(rows.flatMap((keys, row) => [...keys].map((key, column): [string, Key] => [key, { row, column }])));

const KEYBOARDS = [
  { keys: keysOf(LAYOUTS.qwerty), shifted: SHIFTED.qwerty },
  { keys: keysOf(LAYOUTS.qwertz), shifted: SHIFTED.qwertz },
  { keys: keysOf(LAYOUTS.azerty), shifted: SHIFTED.azerty },
];

/** A step as one character, so that a walk can be compared with itself as text. */
const stepOf = (from: Key, to: Key): string =>
  String.fromCharCode(0x100 + (to.row - from.row + 4) * 32 + (to.column - from.column + 16));

const NEIGHBOURS = new Set(
  [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
    [0, 0],
  ].map(([row = 0, column = 0]) => stepOf({ row: 0, column: 0 }, { row, column })),
);

const costOfSteps = (steps: string): number => {
  const { rest, copies } = shorten(steps);
  let cost = copies * COST.repetition;
  let previous = "";
  for (const step of rest) {
    if (step === previous) continue;
    cost += COST.run + (NEIGHBOURS.has(step) ? COST.neighbour : COST.jump);
    previous = step;
  }
  return cost;
};

/** The guesses as a power of ten, for the keyboard that it takes fewest on; infinity when it has keys of none. */
export const guessesOfWalk = (password: string): number => {
  const characters = [...password.toLowerCase()];
  const shift = password === password.toLowerCase() ? 0 : COST.shift;
  const costs = KEYBOARDS.map(({ keys, shifted }) => {
    const walk = characters.map((character) => keys.get(character) ?? keys.get(shifted[character] ?? ""));
    if (walk.includes(undefined)) return Number.POSITIVE_INFINITY;
    const steps = walk.slice(1).map((key, at) => {
      const before = walk[at];
      return key && before ? stepOf(before, key) : "";
    });
    return COST.start + shift + costOfSteps(steps.join(""));
  });
  return Math.min(...costs);
};
