/** Colours, for people who read on a terminal. */
import { styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Returns the text in these styles; or as it is, where there are no colours. */
export type Paint = (text: string, ...styles: Style[]) => string;

export const plain: Paint = (text) => text;

export const inColour: Paint = (text, ...styles) => styleText(styles, text, { validateStream: false });

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * How a stream is painted: as `FORCE_COLOR` says; where it is not set, in colours on a terminal without `NO_COLOR`. This is Node's
 * own order.
 */
export const paintOn = (
  { isTTY }: { isTTY?: boolean | undefined },
  { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal }: Environment,
): Paint => {
  if (forced !== undefined) return ["0", "false"].includes(forced) ? plain : inColour;
  return isTTY && !refused && terminal !== "dumb" ? inColour : plain;
};
