import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { atOnce } from "#shared/lang/steps.ts";
import { indexText, tokensOf } from "./tokens.ts";

/** The tokens as the index has them, and the words among them. */
const indexed = (text: string) => {
  const words = new Set<string>();
  return { tokens: atOnce(indexText(text, words)), words: [...words] };
};

describe("the tokens of", () => {
  test.each([
    ["punctuation in words", "O'Brien’s well-known.co/a:b_c", "o brien s well known co a b c"],
    ["apostrophes that are letters", "Hawaiʻi пʼять", "hawai i п ять"],
    ["Chinese", "他走进咖啡馆，坐下", "他走 走进 进咖 咖啡 啡馆 馆 坐下 下"],
    ["one Chinese character", "窗", "窗"],
    ["Japanese, all its scripts in one run", "東京タワーの々", "東京 京タ タワ ワー ーの の々 々"],
    ["Japanese of half width", "ｺｰﾋｰ ｶﾞｽ", "コー ーヒ ヒー ー ガス ス"],
    ["Thai", "ตัวน้ำ", "ตั ัว วน น้ ้ํ ํา า"],
    ["Lao", "ລາວ", "ລາ າວ ວ"],
    ["Khmer, with zero-width spaces between words", "ខ្មែរ\u200bទៅ", "ខ្ ្ម មែ ែរ រទ ទៅ ៅ"],
    ["Burmese", "မြန်မာ", "မြ ြန န် ်မ မာ ာ"],
    ["Hindi, whole words", "हिन्दी में किताब", "हिन्दी में किताब"],
    ["Bengali, Tamil and Sinhala", "বাংলা தமிழ் සිංහල", "বাংলা தமிழ் සිංහල"],
    ["Hindi with joiners", "क्\u200dष क्\u200cष", "क्ष क्ष"],
    ["Korean, whole words", "한국어를 배우다", "한국어를 배우다"],
    ["mixed scripts", "iPhone手机 第12回", "iphone 手机 机 第 12 回"],
    ["emoji beside words", "boo👻 🌱plants", "boo 👻 🌱 plants"],
    ["joined emoji, skin tones and flags", "👩‍👩‍👧‍👦👍🏽🇩🇪🇫🇷", "👩‍👩‍👧‍👦 👍 🇩🇪 🇫🇷"],
    ["emoji in both styles, with tags and as keycaps", "❤️❤🏴󠁧󠁢󠁥󠁮󠁧󠁿1️⃣#️⃣", "❤ ❤ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1 #⃣"],
    ["signs that are no emoji", "Acme™ © 2024 → ½", "acme 2024 12"],
    ["nothing to compare", "— … \u0301 \u200d", ""],
  ])("%s", (_, text, tokens) => {
    expect(indexed(text).tokens).toBe(tokens);
  });

  test("words are known to typo tolerance; pairs and emoji are not", () => {
    expect(indexed("Zoë 咖啡馆 👻 zoe fox").words).toEqual(["zoe", "fox"]);
  });

  test("stand where they are in the text, marks with their letter", () => {
    const text = "a น้ำ 👍🏽 Straße";
    const places = [...tokensOf(text)].map(({ from, to }) => text.slice(from, to));
    expect(places).toEqual(["a", "น้", "น้ำ", "ำ", "ำ", "👍🏽", "Straße"]);
  });
});

test("a run of any length has a token for each of its characters", () => {
  for (const character of ["走", "ก", "𠀀"]) {
    const size = 100_000;
    const tokens = [...tokensOf(character.repeat(size))];
    expect(tokens).toHaveLength(size);
    expect(tokens.at(-1)).toMatchObject({ kind: "end", folded: character, to: character.length * size });
  }
});

const text = fc.array(
  fc.oneof(
    fc.constantFrom("Fox", "Größe", "чай", "नमस्ते", "咖啡", "ไทย", "👻", " ", "-", "’", "\u200d", "\u0301", "ｶﾞ"),
    fc.string({ unit: "grapheme", maxLength: 3 }),
    fc.string({ unit: "binary", maxLength: 2 }),
  ),
  { maxLength: 12 },
);

describe("for every text", () => {
  test("tokens follow each other, and their places are in the text", () => {
    fc.assert(
      fc.property(text, (pieces) => {
        const source = pieces.join("");
        let at = 0;
        for (const { from, to, folded } of tokensOf(source)) {
          expect(folded).not.toBe("");
          expect(from).toBeGreaterThanOrEqual(at);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(source.length);
          at = from;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("the index has the tokens that highlights are made from", () => {
    fc.assert(
      fc.property(text, (pieces) => {
        const source = pieces.join("");
        expect(indexed(source).tokens).toBe([...tokensOf(source)].map(({ folded }) => folded).join(" "));
      }),
      { numRuns: 2_000 },
    );
  });

  test("no token has a space or a quotation mark", () => {
    fc.assert(
      fc.property(text, (pieces) => {
        for (const { folded } of tokensOf(pieces.join(""))) expect(folded).not.toMatch(/[\s"]/);
      }),
    );
  });
});
