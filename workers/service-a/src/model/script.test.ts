import { describe, expect, test } from "vitest";
import { atOnce } from "#shared/lang/steps.ts";
import { MAX_TEXT_LENGTH } from "../screenplay/element.ts";
import * as script from "./script.ts";

const readScript = (source: string) => atOnce(script.readScript(source));
const writeScript = (...given: Parameters<typeof script.writeScript>) => atOnce(script.writeScript(...given));

const SCREENPLAY = `Title: The Bus
Author: Nobody

FADE IN:

INT. STATION - NIGHT

BOB
Hello.

EXT. ROAD - NIGHT

ANN
Goodbye.
`;

const read = (source: string) => {
  const result = readScript(source);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value;
};

describe("reading a script", () => {
  test("numbers the elements of each type, and names the section that heads each", () => {
    const { title, counts, elements } = read(SCREENPLAY);
    expect(title).toBe("The Bus");
    expect(counts).toEqual({ section: 2, character: 2, action: 1, spokenWord: 2 });
    expect(elements.map(({ elementType, ordinal, sectionOrdinal }) => [elementType, ordinal, sectionOrdinal])).toEqual([
      ["script", 1, null],
      ["action", 1, null],
      ["section", 1, 1],
      ["character", 1, 1],
      ["spokenWord", 1, 1],
      ["section", 2, 2],
      ["character", 2, 2],
      ["spokenWord", 2, 2],
    ]);
    expect(elements[0]?.text).toBe("The Bus");
  });

  test.each([
    ["nothing", "", "empty"],
    ["blank lines", "\n \n\n", "empty"],
    ["a title page only", "Title: X\n", "empty"],
    ["a NUL", "INT. A\0B", "nul"],
    ["too many elements", "Walks.\n\n".repeat(10_001), "too-many-elements"],
    ["an endless element", "x".repeat(MAX_TEXT_LENGTH + 1), "element-too-long"],
  ])("is refused for %s", (_, source, kind) => {
    expect(readScript(source)).toMatchObject({ ok: false, error: { kind } });
  });

  test("takes an element of the greatest length", () => {
    expect(readScript("x".repeat(MAX_TEXT_LENGTH)).ok).toBe(true);
  });
});

describe("writing a script", () => {
  const stored = (source: string): script.StoredScript => {
    const { title, titlePage, tail, elements } = read(source);
    const lines = elements.flatMap(({ markup, lead, source: written }, position) =>
      markup === null ? [] : [{ markup, text: undefined, lead, source: written, position }],
    );
    return { title, titlePage, tail, lines };
  };

  test("gives the same screenplay again", () => {
    expect(writeScript(stored(SCREENPLAY))).toBe(SCREENPLAY);
  });

  test("carries a new title", () => {
    const written = writeScript({ ...stored(SCREENPLAY), title: "The Tram" });
    expect(written).toBe(SCREENPLAY.replace("The Bus", "The Tram"));
  });

  test("has its sections in another order, and the same start", () => {
    const { lines, ...rest } = stored(SCREENPLAY);
    const [start, ...others] = lines;
    const moved = [...(start ? [start] : []), ...others.slice(3), ...others.slice(0, 3)];
    expect(writeScript({ ...rest, lines: moved })).toBe(`Title: The Bus
Author: Nobody

FADE IN:

EXT. ROAD - NIGHT

ANN
Goodbye.

INT. STATION - NIGHT

BOB
Hello.
`);
  });

  test("writes by rule what was stored before sources were kept", () => {
    const { lines, ...rest } = stored(SCREENPLAY);
    const texts = read(SCREENPLAY).elements.slice(1);
    const old = lines.map((line, at) => ({ ...line, text: texts[at]?.text, lead: null, source: null }));
    expect(writeScript({ ...rest, tail: "\n", lines: old })).toBe(SCREENPLAY.replace("FADE IN:", "!FADE IN:"));
  });
});
