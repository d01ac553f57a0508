/** The documents that both engines search in the suite: some two hundred, always the same. */
import type { ElementDocument } from "#shared/contracts/search.ts";

const TYPES = ["section", "action", "character", "spokenWord"] as const;
const ACTORS = ["Marta", "Ivo", "Selin", "Bruno", "Agnes", "Tomasz", "Wilma"] as const;
const VERBS = ["crosses", "sweeps", "watches", "paints", "guards"] as const;
const PLACES = ["the courtyard", "an orchard", "the stairwell", "a quarry", "the rooftop", "a chapel"] as const;
const LAST_PLAIN = 176;
const EPOCH_SECONDS = 1_700_000_000;

const pick = <Value>(values: readonly [Value, ...Value[]], index: number): Value =>
  values[index % values.length] ?? values[0];

/** Four scripts of 44 elements each; every eleventh belongs to none. */
const plain = (number: number): ElementDocument => ({
  id: `e${number}`,
  element_type: pick(TYPES, number),
  element_id: number,
  sequence_number: number,
  version_number: 1 + (number % 3),
  comment: number % 8 === 0 ? "shot at night" : "shot at noon",
  text: `${pick(ACTORS, number)} ${pick(VERBS, number)} ${pick(PLACES, number)}`,
  ...(number % 11 !== 0 && { script_id: 1 + Math.floor((number - 1) / 44) }),
  service_name: number % 4 === 0 ? "importer" : "writer",
  updated_at: EPOCH_SECONDS + ((number * 37) % 200) * 60,
});

const LONG = [
  ...Array.from({ length: 30 }, (_, index) => `alpha${index}`),
  "zeppelin",
  ...Array.from({ length: 30 }, (_, index) => `omega${index}`),
].join(" ");

/** Documents with words of their own; the key is the id, and their sequence follows on. */
const SPECIAL: Record<
  string,
  Partial<Pick<ElementDocument, "text" | "comment" | "element_type" | "version_number">>
> = {
  lighthouse: { text: "The lighthouse keeper waits for dawn" },
  harbour: { text: "Fog rolls over the harbour again", comment: "second unit" },
  keeper: { text: "A keeper of old secrets." },
  creme: { text: "Crème brûlée in the café" },
  zoe: { text: "Zoë laughs" },
  "fox-begins": { text: "many foxes run" },
  "fox-comment": { text: "nothing there", comment: "one fox runs" },
  "fox-text": { text: "one fox runs" },
  "fox-both": { text: "another fox runs", comment: "another fox runs" },
  "barn-apart": { text: "barn doors painted crimson" },
  "barn-together": { text: "that crimson barn burns" },
  "barn-spread": { text: "crimson skies tonight", comment: "barn exterior" },
  long: { text: LONG },
  markup: { text: "<i>slanted</i> & proud" },
  room: { text: "Room 4711 is locked" },
  empty: { text: "", comment: "" },
  cut: { comment: "Final Cut" },
  "cut-extended": { comment: "Final Cut Extended" },
  hyphen: { text: "a never-ending quarrel" },
  apostrophe: { text: "they shan't follow" },
  umlaut: { text: "Übermut tut selten gut" },
  twice: { text: "echo after echo", comment: "echo" },
  separated: { text: "wind and/or waves" },
  last: { text: "The very end", element_type: "script", version_number: 9 },
  forge: { text: "the iron castle forge" },
  folded: { text: "Große Straße in Łódź, Ærø und Þórshöfn" },
  compatible: { text: "ＡＢＣ ½ x² oﬃce, dusk—noonday" },
  cyrillic: { text: "На столе чайник, рядом ёжик" },
  greek: { text: "Η Αθήνα το βράδυ" },
  signs: { text: "O'Brien met well-known people at middle-high school, it's XYZ-123" },
  chinese: { text: "他走进咖啡馆，坐在窗边" },
  japanese: { text: "昔の東京都のドリル" },
  thai: { text: "นี่คือตัวอย่าง" },
  hindi: { text: "वह हिन्दी में किताब पढ़ता है" },
  emoji: { text: "boo 👻 and 👩‍👩‍👧‍👦" },
};

const special = Object.entries(SPECIAL).map(
  ([id, fields], index): ElementDocument => ({
    id,
    element_type: "spokenWord",
    element_id: 1_000 + index,
    sequence_number: LAST_PLAIN + 1 + index,
    version_number: 5,
    comment: "",
    text: "",
    script_id: 9,
    service_name: "writer",
    updated_at: EPOCH_SECONDS + 20_000 + index,
    ...fields,
  }),
);

export const CORPUS: readonly ElementDocument[] = [
  ...Array.from({ length: LAST_PLAIN }, (_, index) => plain(index + 1)),
  ...special,
];
