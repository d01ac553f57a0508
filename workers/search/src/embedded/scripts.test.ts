/** One folding in the index, the list of words and the query; words of all scripts, and emoji, are found and marked. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { create, openTestEngine } from "../../../../tests/support/search-index.ts";
import { parseTerms } from "../text/terms.ts";

const engine = await openTestEngine();

const found = async (text: string, q: string, parameters: object = {}): Promise<boolean> => {
  await engine.sync([create("a", { text }), create("other", { text: "something else", sequence_number: 2 })]);
  return (await engine.idsOf({ q, drop_tokens_threshold: 0, ...parameters })).includes("a");
};

const EXACT = { num_typos: 0, split_join_tokens: "off" };

describe("both spellings of a word find each other", () => {
  test.each([
    ["Straße", "strasse"],
    ["Größe", "grosse"],
    ["Ærø", "aero"],
    ["Þór hleðslu", "thor hledslu"],
    ["Łódź", "lodz"],
    ["Smørrebrød", "smorrebrod"],
    ["Điện", "dien"],
    ["Işık", "isik"],
    ["cœlacanthe œuvre", "coelacanthe oeuvre"],
    ["oﬃce", "office"],
    ["ＡＢＣ", "abc"],
    ["x² ½", "x2 12"],
    ["ёжик", "ежик"],
    ["чайник", "чаиник"],
    ["Україна", "украіна"],
    ["дзяўчына", "дзяучына"],
    ["Αθήνα ΛΌΓΟΣ", "αθηνα λογος"],
    ["مُحَمَّد", "محمد"],
    ["שָׁלוֹם", "שלום"],
    ["co\u00adoperate", "cooperate"],
    ["한국어".normalize("NFD"), "한국어"],
    ["ｺｰﾋｰ", "コーヒー"],
  ])("%s, %s", async (text, q) => {
    expect(await found(text, q, EXACT)).toBe(true);
    expect(await found(q, text, EXACT)).toBe(true);
  });
});

describe("words of every alphabet may be mistyped, before and after upkeep", () => {
  const TEXT = "На столе чайник. Трамвай, который. Україна, дзяўчына. Αθήνα. Straße, Größe, Þórshöfn, smørrebrød.";

  test.each([
    "чайнек",
    "чайнык",
    "трамвал",
    "каторый",
    "Укроїна",
    "дзяўчинка",
    "Αθινα",
    "strase",
    "grose",
    "thorshofm",
  ])("%s", async (q) => {
    expect(await found(TEXT, q)).toBe(true);
    for (let round = 0; round < 20; round += 1) await engine.maintain();
    expect(await engine.idsOf({ q, drop_tokens_threshold: 0 })).toEqual(["a"]);
  });
});

describe("a word with signs in it is as many words", () => {
  test.each([
    ["well-known", "well-knwon"],
    ["well-known", "known-well"],
    ["O’Brien", "O'Brein"],
    ["O'Brien", "O’Brien"],
    ["middle-high school", "middle-school"],
    ["www.example.com/path", "exmaple.com"],
    ["Act 1: Scene 2", "act:scene"],
    ["it's here", "its"],
    ["its here", "it's"],
    ["I don't know", "dont"],
    ["a lighthouse", "light house"],
    ["a light house", "lighthouse"],
    ["one lighthouse stands", "one light house"],
  ])("%s, %s", async (text, q) => {
    expect(await found(text, q)).toBe(true);
  });

  test("the rest is left out when one of them is nowhere", async () => {
    expect(await found("XYZ-123", "XYZ-124", { drop_tokens_threshold: 1 })).toBe(true);
  });

  test("spaces are no typing errors where the query says so", async () => {
    expect(await found("a lighthouse", "light house", { split_join_tokens: "off" })).toBe(false);
  });
});

test("a phrase in quotes is never left out", async () => {
  expect(await found("the keeper waits", 'keeper "no such phrase"', { drop_tokens_threshold: 1 })).toBe(false);
  expect(await found("the keeper waits", '"keeper waits" xylophone', { drop_tokens_threshold: 1 })).toBe(true);
});

describe("any part of a run without spaces is found, and marked", () => {
  test.each([
    ["他走进咖啡馆，坐在窗边", "咖啡馆", "他走进<mark>咖啡馆</mark>，坐在窗边"],
    ["他走进咖啡馆，坐在窗边", "窗边", "他走进咖啡馆，坐在<mark>窗边</mark>"],
    ["他走进咖啡馆，坐在窗边", "窗", "他走进咖啡馆，坐在<mark>窗</mark>边"],
    ["他走进咖啡馆，坐在窗边", "边", "他走进咖啡馆，坐在窗<mark>边</mark>"],
    ["他走进咖啡馆", "他走进咖啡馆", "<mark>他走进咖啡馆</mark>"],
    ["昔の東京都のドリル", "東京都", "昔の<mark>東京都</mark>のドリル"],
    ["昔の東京都のドリル", "ドリル", "昔の東京都の<mark>ドリル</mark>"],
    ["これはตัวอย่างนะ", "ตัวอย่าง", "これは<mark>ตัวอย่าง</mark>นะ"],
    ["นี่คือน้ำตาล", "น้ำ", "นี่คือ<mark>น้ำ</mark>ตาล"],
    ["ສະບາຍດີລາວ", "ລາວ", "ສະບາຍດີ<mark>ລາວ</mark>"],
    ["ខ្ញុំទៅផ្សារ", "ផ្សារ", "ខ្ញុំទៅ<mark>ផ្សារ</mark>"],
    ["မြန်မာနိုင်ငံ", "နိုင်ငံ", "မြန်မာ<mark>နိုင်ငံ</mark>"],
    ["买iPhone手机壳", "手机", "买iPhone<mark>手机</mark>壳"],
  ])("%s, %s", async (text, q, snippet) => {
    expect(await found(text, q, { ...EXACT, prefix: false })).toBe(true);
    const [hit] = (await engine.search({ q })).hits;
    expect(hit?.highlights[0]?.snippet).toBe(snippet);
  });

  test("but not characters in another order, or apart", async () => {
    expect(await found("他走进咖啡馆", "馆咖")).toBe(false);
    expect(await found("他走进咖啡馆", "他咖")).toBe(false);
  });

  test("of a long one, the surroundings are shown", async () => {
    expect(await found(`${"走".repeat(50)}咖啡馆${"坐".repeat(50)}`, "咖啡馆")).toBe(true);
    const [hit] = (await engine.search({ q: "咖啡馆", highlight_affix_num_tokens: 2 })).hits;
    expect(hit?.highlights[0]?.snippet).toBe("走走<mark>咖啡馆</mark>坐坐");
  });

  test("in phrases and filters too", async () => {
    expect(await found("第12回 东京 咖啡馆", '"第12回 东京"')).toBe(true);
    expect(await engine.idsOf({ filter_by: "text:啡馆" })).toEqual(["a"]);
    expect(await engine.idsOf({ q: "-东京" })).toEqual(["other"]);
  });
});

describe("vowel signs belong to their word", () => {
  const TEXT = "वह हिन्दी में किताब पढ़ता है। தமிழ் மொழி। বাংলা ভাষা";

  test.each([
    ["किताब", "<mark>किताब</mark>"],
    ["कित", "<mark>किता</mark>ब"],
    ["हिन्दी", "<mark>हिन्दी</mark>"],
    ["हिन्द\u200cी", "<mark>हिन्दी</mark>"],
    ["தமிழ்", "<mark>தமிழ்</mark>"],
    ["ভাষা", "<mark>ভাষা</mark>"],
  ])("%s", async (q, marked) => {
    expect(await found(TEXT, q, EXACT)).toBe(true);
    expect((await engine.search({ q })).hits[0]?.highlights[0]?.snippet).toContain(marked);
  });

  test("no part of it is a word", async () => {
    expect(await found(TEXT, "ताब", EXACT)).toBe(false);
    expect(await found(TEXT, '"कत"', EXACT)).toBe(false);
  });
});

describe("emoji are found, and marked whole", () => {
  const TEXT = "boo 👻🌱plants 👩‍👩‍👧‍👦 👍🏽 🇩🇪🇫🇷 ❤️";

  test.each([
    ["👻", "<mark>👻</mark>"],
    ["🌱", "<mark>🌱</mark>plants"],
    ["plants", "🌱<mark>plants</mark>"],
    ["👩‍👩‍👧‍👦", "<mark>👩‍👩‍👧‍👦</mark>"],
    ["👍🏽", "<mark>👍🏽</mark>"],
    ["👍", "<mark>👍🏽</mark>"],
    ["🇫🇷", "🇩🇪<mark>🇫🇷</mark>"],
    ["❤", "<mark>❤️</mark>"],
  ])("%s", async (q, marked) => {
    expect(await found(TEXT, q, EXACT)).toBe(true);
    expect((await engine.search({ q })).hits[0]?.highlights[0]?.snippet).toContain(marked);
  });

  test("and only those that are there", async () => {
    expect(await found(TEXT, "🇪🇫")).toBe(false);
    expect(await found(TEXT, "🎃")).toBe(false);
  });
});

test("whatever a text consists of is found by it, and marked", async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "Größe",
      "чайник",
      "Αθήνα",
      "नमस्ते",
      "咖啡馆",
      "ドリル",
      "ตัวอย่าง",
      "👩‍👩‍👧‍👦",
      "O’Brien",
      "½",
      "한국어",
      "ﬁ",
    ),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
  );
  const gap = fc.constantFrom(" ", "", "-", "。", "\u200b");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(piece, gap), { minLength: 1, maxLength: 5 }), async (pieces) => {
      const text = pieces
        .map((parts) => parts.join(""))
        .join("")
        .toWellFormed();
      await engine.sync([create("a", { text })]);
      const words = text.replaceAll(/["\s-]+/g, " ").trim();
      if (parseTerms(words).include.length === 0) return;
      const { found, hits } = await engine.search({ q: words, ...EXACT, drop_tokens_threshold: 0 });
      expect([text, found]).toEqual([text, 1]);
      expect(hits[0]?.highlights).toHaveLength(1);
    }),
    { numRuns: 150 },
  );
});
