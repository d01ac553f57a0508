/** Screenplays as large as one may be, each of which makes some part of the parser work hardest. */

const BYTES = 8 * 2 ** 20;
const ELEMENTS = 10_000;
const filled = (length: number, text: string): string => text.repeat(Math.floor(length / text.length));
/** So many of the same, which fill the body. */
const times = (count: number, of: (length: number) => string): string =>
  of(Math.floor(BYTES / count) - 1).repeat(count);

export const imports: Record<string, () => string> = {
  speeches: () => times(ELEMENTS / 2, (length) => `BOB\n${filled(length - 8, "All work and no play. ")}\n\n`),
  "sections of short lines": () =>
    times(ELEMENTS / 2 - 1, (length) => `# Act\n${filled(Math.min(length - 16, 120), "to be ")}\n\n`),
  "elements of a million characters": () =>
    times(9, (length) => `${filled(Math.min(length - 2, 2 ** 20 - 64), `${"a".repeat(99)}\n`)}\n\n`),
  "as many lines as there may be": () => `${filled(200_000 * 4, "abc\n")}`,
  "lines that end in carriage returns": () => `x\n\n${filled(BYTES - 16, "\r")}`,
  "a blank line after each": () =>
    `${filled(20_000, "x\n\n").slice(0, 3 * (ELEMENTS - 1))}${filled(BYTES - 64_000, "\n")}`,
  boneyards: () => `x\n\n${filled(BYTES - 16, "/**/")}`,
  "boneyards that never close": () => `x\n\n${filled(BYTES - 16, "/*")}`,
  "escaped boneyards": () => times(9, (length) => `${filled(Math.min(length - 2, 1_000_000), "/\\*")}\n\n`),
  notes: () => filled(1_000_000, "[[a]]\n"),
  emphasis: () => filled(2_400_000, `${"**_*".repeat(60)}\n\n`),
  "nearly centered": () => filled(2_400_000, `>${"> <".repeat(79)}x\n\n`),
  lyrics: () => filled(700_000, "~la la\n"),
  "a long title page": () => `${filled(1_000_000, "Title: x\n")}\n\nx`,
  "a title page of keys without end": () => `${filled(BYTES - 16, "a:\n")}\n\nx`,
  "an endless line": () => filled(BYTES, "A "),
  "an endless line of spaces": () => `x${filled(BYTES - 16, " ")}x`,
  "what is not text, at the end": () => `${filled(BYTES - 16, "a")}\u0000`,
};
