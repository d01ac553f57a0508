import { describe, expect, test } from "vitest";
import { atOnce } from "#shared/lang/steps.ts";
import { decodeText } from "./charset.ts";

const utf16 = (text: string, isBigEndian: boolean): number[] =>
  [...text].flatMap((character) => {
    const code = character.charCodeAt(0);
    return isBigEndian ? [code >> 8, code & 0xff] : [code & 0xff, code >> 8];
  });
const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
const decode = (bytes: number[], contentType = "text/plain") => atOnce(decodeText(Uint8Array.from(bytes), contentType));

const TEXT = "Élan\nДа";

describe("a text", () => {
  test.each<[string, number[], string?]>([
    ["UTF-8 where nothing is named", utf8(TEXT)],
    ["UTF-8 where nothing is sent", utf8(TEXT), ""],
    ["UTF-8 by name", utf8(TEXT), "text/plain; charset=utf-8"],
    ["UTF-8 by a quoted name after another parameter", utf8(TEXT), 'text/markdown;variant=x ; Charset = "UTF-8"'],
    ["UTF-8 by its mark", [0xef, 0xbb, 0xbf, ...utf8(TEXT)], "application/octet-stream"],
    ["UTF-16 by its mark", [0xff, 0xfe, ...utf16(TEXT, false)]],
    ["UTF-16 by its other mark", [0xfe, 0xff, ...utf16(TEXT, true)]],
    ["UTF-16 by name and mark", [0xfe, 0xff, ...utf16(TEXT, true)], "text/plain; charset=utf-16"],
    ["little-endian UTF-16 by name", utf16(TEXT, false), "text/plain; charset=UTF-16LE"],
    ["big-endian UTF-16 by name", utf16(TEXT, true), "text/plain; charset=utf-16be"],
    ["UTF-16 by its mark, whatever is named", [0xff, 0xfe, ...utf16(TEXT, false)], "text/plain; charset=iso-8859-1"],
  ])("is read as %s", (_, bytes, contentType) => {
    expect(decode(bytes, contentType)).toEqual({ ok: true, value: TEXT });
  });

  const LATIN = [
    "iso-8859-1",
    "ISO-8859-1",
    "iso8859-1",
    "ISO_8859-1",
    "latin1",
    "l1",
    "windows-1252",
    "cp1252",
    "x-cp1252",
  ];

  test.each(LATIN)("is read as %s", (charset) => {
    const bytes = [0xc9, 0x6c, 0x61, 0x6e, 0x20, 0x80, 0x93, 0x94, 0xff];
    expect(decode(bytes, `text/plain; charset=${charset}`)).toEqual({ ok: true, value: "Élan €“”ÿ" });
  });

  test.each(["utf-7", "koi8-r", "shift_jis", "x"])("is refused in the charset %s, which is not taken", (charset) => {
    expect(decode([0x61], `text/plain; charset=${charset}`)).toEqual({
      ok: false,
      error: { kind: "unknown-charset", charset },
    });
  });

  test.each(["utf-16", "UTF16"])("is refused in %s that does not say which byte comes first", (charset) => {
    expect(decode(utf16(TEXT, true), `text/plain; charset=${charset}`)).toEqual({
      ok: false,
      error: { kind: "no-byte-order" },
    });
  });

  test.each<readonly [string, number[], string, number]>([
    ["a letter of Latin 1", [0x61, 0x0a, 0x62, 0x0a, 0xc9, 0x0a, 0x64], "utf-8", 3],
    ["a character that ends in the middle", [...utf8("a\r\nb\rc"), 0xe2, 0x82], "utf-8", 3],
    ["a surrogate", [...utf8("a\n"), 0xed, 0xa0, 0x80], "utf-8", 2],
    ["an overlong sequence", [0xc0, 0xaf], "utf-8", 1],
    ["half a surrogate pair", [...utf16("a\nb\n", true), 0xd8, 0x00, 0x00, 0x61], "utf-16be", 3],
    ["an odd number of bytes", [...utf16("a\nb", false), 0x61], "utf-16le", 2],
  ])("is refused for %s, on the line that has it", (_, bytes, charset, line) => {
    const refused = { ok: false, error: { kind: "malformed", charset, line } };
    expect(decode(bytes, `text/plain; charset=${charset}`)).toEqual(refused);
  });

  test("is refused on the line that has the fault, in a large file", () => {
    const bytes = new TextEncoder().encode("Ünd so weiter.\n".repeat(400_000));
    bytes[bytes.length - 4] = 0xff;
    expect(atOnce(decodeText(bytes, ""))).toMatchObject({ error: { kind: "malformed", line: 400_000 } });
  });
});
