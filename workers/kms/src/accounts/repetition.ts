/** Takes repetitions out of a text: runs of a character, and parts that stood in it before, with whatever lies between. */

/** A shorter part comes twice in text of any kind. */
const MIN_REPEATED = 3;

export interface Shortened {
  /** What stands in the text for the first time. */
  rest: string;
  /** How often an earlier part is repeated; `abcabcabc` repeats it once, for longer. */
  copies: number;
}

/** How far the text repeats, from `at` on, a part that begins before; zero when that is too short to count. */
const repeatedAt = (text: string, at: number): number => {
  let length = MIN_REPEATED - 1;
  let from = 0;
  while (at + length < text.length) {
    from = text.indexOf(text.slice(at, at + length + 1), from);
    if (from === -1 || from >= at) break;
    while (at + length < text.length && text[from + length] === text[at + length]) length += 1;
  }
  return length < MIN_REPEATED ? 0 : length;
};

/** `alike`: the text as it is compared, of the same length. */
export const shorten = (text: string, alike: string = text): Shortened => {
  let rest = "";
  let copies = 0;
  let at = 0;
  while (at < text.length) {
    const length = repeatedAt(alike, at);
    if (length > 0) copies += 1;
    else rest += text[at];
    at += Math.max(length, 1);
  }
  return { rest, copies };
};
