import { expect, test } from "vitest";
import { holdsCredential } from "./credential-shape.ts";

const REST = "a".repeat(43);
const fullWidth = (text: string): string =>
  [...text].map((character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0)).join("");

test.each(["ftn_", "ftr_", "ftb_", "fwt_", "whsec_", "FTN_"])(
  "recognises a credential, in compatibility variants too: %s",
  (prefix) => {
    expect(holdsCredential(`x ${prefix}${REST}`)).toBe(true);
    expect(holdsCredential(fullWidth(`${prefix}${REST}`))).toBe(true);
    expect(holdsCredential(`${prefix}${"a".repeat(42)}`)).toBe(false);
  },
);
