import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRecoveryCodes, normalizeRecoveryCode } from "./recovery-code.ts";

const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

describe("recovery codes", () => {
  test("are ten different ones, of ten symbols that cannot be taken for each other", () => {
    const codes = createRecoveryCodes(random);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$/);
  });

  test("use every symbol equally often", () => {
    const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    let at = 0;
    const codes = Array.from({ length: 64 }, () =>
      createRecoveryCodes((count) => Uint8Array.from({ length: count }, () => everyByte[at++ % 256] ?? 0)),
    );
    const counts = new Map<string, number>();
    for (const symbol of codes.flat().join("").replaceAll("-", "")) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    expect(counts.size).toBe(32);
    expect(new Set(counts.values())).toEqual(new Set([200]));
  });

  test("are recognised in whatever case and grouping they are typed", () => {
    const typings = fc.tuple(
      fc.constantFrom(...createRecoveryCodes(random)),
      fc.boolean(),
      fc.constantFrom("", " ", "-", " - "),
    );
    fc.assert(
      fc.property(typings, ([code, upper, separator]) => {
        const typed = code.replace("-", separator);
        return normalizeRecoveryCode(upper ? typed.toUpperCase() : ` ${typed} `) === normalizeRecoveryCode(code);
      }),
    );
  });

  test("are recognised when a digit was read as a letter", () => {
    expect(normalizeRecoveryCode("O1lI0-abcde")).toBe("01110abcde");
  });
});
