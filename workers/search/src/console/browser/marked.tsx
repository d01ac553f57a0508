/** Shows what a query found in a text. The marks are characters that no one types, so that a text cannot bring its own. */
import type { JSX } from "preact";

/** Of the private use area, which has no characters of any script. */
export const START_TAG = "\uE000";
export const END_TAG = "\uE001";

export const Marked = ({ text }: { text: string }): JSX.Element => {
  const [before = "", ...parts] = text.split(START_TAG);
  return (
    <>
      {before}
      {parts.map((part) => {
        const [found = "", ...after] = part.split(END_TAG);
        return (
          <>
            <mark>{found}</mark>
            {after.join("")}
          </>
        );
      })}
    </>
  );
};
