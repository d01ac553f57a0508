import { createHash } from "node:crypto";
import { dictionary } from "@zxcvbn-ts/language-common";
import fc from "fast-check";
import { expect, test } from "vitest";
import { passwordFault } from "./password-rules.ts";

const ISSUER = "https://gate.lighthouse.example";
const EVE = { username: "eve", email: "eve.moneypenny@example.com" };

const faultOf = (password: string, owner = EVE, issuer = ISSUER): string | undefined =>
  passwordFault(password, { ...owner, issuer });

/** Text that no list has and no rule makes, of so many characters; the same in each run. */
const random = (characters: number, seed = 0): string =>
  createHash("shake256", { outputLength: characters }).update(`${seed}`).digest("base64url").slice(0, characters);

test("accepts 12 characters to 1,024 bytes, of whatever kind", () => {
  expect(faultOf("12 letters !")).toBeUndefined();
  expect(faultOf(random(1024))).toBeUndefined();
  expect(faultOf("11 letters!")).toContain("12 characters");
  expect(faultOf("🎬".repeat(6))).toContain("12 characters");
  expect(faultOf("éèêëē".repeat(103))).toContain("1024 bytes");
  expect(faultOf("x".repeat(1_000_000))).toContain("1024 bytes");
  expect(faultOf("a lone surrogate \ud800")).toContain("Unicode");
});

test("counts what is hashed, after normalization", () => {
  expect(faultOf("e\u0301e\u0300u\u0302o\u0308i\u0301a\u0300")).toContain("12 characters");
  expect(faultOf("ﷺ".repeat(60))).toContain("1024 bytes");
});

test.each([
  "Password1234",
  "1234password",
  "p@ssw0rd2026",
  "P4$$w0rd!!!!",
  "passwordpassword",
  "password-password",
  "dragon.dragon.1",
  "qwerty123456",
  "123456qwerty",
  "qwertyuiop[]",
  "1qaz2wsx3edc",
  "LeaveMeAlone",
  "ＰＡＳＳＷＯＲＤ１２３４",
  "abc123456789",
  "sunshine2026!",
])("refuses what is common or made of it: %s", (password) => {
  expect(faultOf(password)).toContain("common");
});

test.each([
  ...["123456789012", "987654321098", "abcdefghijkl", "zyxwvutsrqpo", "1234567890ab"],
  ...["qwertyuiopas", "zxcvbnmasdfg", "poiuytrewq12", "mnbvcxzlkjhg", "qwertzuiopas", "azertyuiopqs", "147258369147"],
  ...["24.12.1985-24", "1985-12-24abc", "19851224198512"],
  ...[
    "correcthorsebatterystaple",
    "CorrectHorseBatteryStaple1",
    "thisispassword",
    "maytheforcebewithyou!",
    "thequickbrownfox",
  ],
  ...["google.com123", "abcdefghabcdefgh".repeat(4), "letmeinplease"],
])("refuses a sequence, a row of keys, a date, a phrase: %s", (password) => {
  expect(faultOf(password)).toContain("common");
  expect(faultOf(password)).toContain("use more unrelated words");
});

test.each([
  ...["passwordpasswordpasswordpassword1", "p4$$w0rdp4$$w0rdp4$$w0rdp4$$w0rd1", "11112222333344445"],
  ...["Sommer2026Sommer", "passwort1234passwort", "mypasswordismypassword", "Passwort!Passwort!"],
])("refuses a repetition with something before, between or behind: %s", (password) => {
  expect(faultOf(password)).toContain("common");
});

test.each([
  ...["qazwsxedcrfvtgbyhnujm", "zaq12wsxcde34rfvbgt5", "!QAZ@WSX#EDC$RFV", "1q2w3e4r5t6z7u8i", "qaywsxedcrfv"],
  ...["poiuytrewqlkjhgfdsa", "1qay2wsx3edc4rfv"],
])("refuses a walk over a keyboard, column by column: %s", (password) => {
  expect(faultOf(password)).toContain("common");
});

test.each(["12 34 56 78 90 12", "p-a-s-s-w-o-r-d-1", "1.2.3.4.5.6.7.8.9"])(
  "refuses what is common but for separators: %s",
  (password) => {
    expect(faultOf(password)).toContain("common");
  },
);

test.each([
  ...["ReallyLongPassword1", "whatisyourpassword", "ninjaturtles1987", "iamthewalrus1967", "ILoveYouBaby123!"],
  ...["ichliebedich2024", "fuerimmerunddich", "welcome2thejungle"],
])("refuses common words of English and German run together: %s", (password) => {
  expect(faultOf(password)).toContain("common");
});

test.each([
  ...["cobaltmarblefrostlunar", "tundraclarinetvelvetmossy", "CobaltMarbleFrostLunar"],
  ...["abacusshowplacemoonstoneacting", "sappiness lingo lingo deepen", "decency-duh-certainly-abrasive"],
])("accepts four words that have nothing to do with each other: %s", (password) => {
  expect(faultOf(password)).toBeUndefined();
});

test("accepts random characters, twelve of them or more", () => {
  for (let seed = 0; seed < 400; seed += 1) {
    const password = random(12 + (seed % 20), seed);
    expect(faultOf(password), password).toBeUndefined();
  }
});

test("takes signs between letters for words only where four characters agree", () => {
  expect(faultOf("KYz3lA73dH4d")).toBeUndefined();
  expect(faultOf("dr4g0nm0nk3y")).toContain("common");
});

test.each(["fountain-admin", "Fountain2026!", "lighthouse-42", "gate.lighthouse.example"])(
  "refuses what is made of the installation's name: %s",
  (password) => {
    expect(faultOf(password)).toContain("installation");
  },
);

test("refuses the name of the machine itself where the installation has no other", () => {
  expect(faultOf("localhost1234", EVE, "http://localhost:8787")).toContain("installation");
  expect(faultOf("lighthouse keeper storm", EVE)).toBeUndefined();
});

test.each(["aaaaaaaaaaaa", "xyzxyzxyzxyz", "121212121212"])("refuses a pattern: %s", (password) => {
  expect(faultOf(password)).toContain("different characters");
});

test("refuses the user's own name and address, and what is made of them", () => {
  const owner = { username: "Moneypenny", email: "jane.moneypenny@example.com" };
  for (const password of [
    "moneypenny-1",
    "MONEYPENNY2026",
    "jane.moneypenny@example.com",
    "xjane.moneypennyx",
    "moneypennymoneypenny",
  ])
    expect(faultOf(password, owner), password).toContain("username");
  expect(faultOf("moneypenny sings in the rain", owner)).toBeUndefined();
  expect(faultOf("Same-As-The-Name", { username: "same-as-the-name", email: "" })).toContain("username");
});

test.each([
  ...[
    "correct horse battery staple",
    "a long enough password",
    "fountain-test-password",
    "monkey dragon shadow master",
  ],
  ...["kX9#vQ2!mZ7$", "849201736452", "lantern-orchid-92", "a good password"],
  ...[
    "пароль из четырёх слов",
    "grüne Gurken im Garten",
    "我家的猫喜欢吃鱼和虾米饭",
    "كلمة سر طويلة جدا",
    "四つの単語で作る合言葉です",
  ],
])("accepts what no guesser tries first: %s", (password) => {
  expect(faultOf(password)).toBeUndefined();
});

test("accepts what is long and strong at its beginning or at its end", () => {
  expect(faultOf(`${"a1b2c3d4e5".repeat(8)}${random(32)}`)).toBeUndefined();
  expect(faultOf(`${random(32)}${"a1b2c3d4e5".repeat(8)}`)).toBeUndefined();
  expect(faultOf("password1234".repeat(20))).toContain("common");
});

test("knows the common passwords of published breaches, whole and in whatever case", () => {
  const common = dictionary["passwords-common"].filter((password) => password.length >= 12);
  expect(dictionary["passwords-common"]).toHaveLength(49_233);
  expect(common).toHaveLength(308);
  const accepted = common.filter(
    (password) => faultOf(password) === undefined || faultOf(password.toUpperCase()) === undefined,
  );
  expect(accepted).toEqual([]);
});

test("judges any text at all, and the same text alike", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 12, maxLength: 1024 }), (password) => {
      expect(faultOf(password)).toBe(faultOf(password));
    }),
    { numRuns: 200 },
  );
});
