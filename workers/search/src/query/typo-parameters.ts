/** Reads the parameters that say what is tried if the query as typed finds too little. */
import { success } from "#shared/lang/result.ts";
import type { TypoTolerance } from "./engine.ts";
import type { QueryParameter } from "./parameter-names.ts";
import { invalid, type Read } from "./parameters.ts";
import { parseBoolean, type Reader } from "./reader.ts";

type DropMode = Pick<TypoTolerance, "dropTokensMode" | "bothSidesLimit">;

/** Typesense's default: as good as none. */
const MAX_BOTH_SIDES = 1_000;
const DROP_MODE = /^(right_to_left|left_to_right|both_sides)(?::(\d{1,9}))?$/;
const DEFAULT_DROP_MODE: DropMode = { dropTokensMode: "right_to_left", bothSidesLimit: MAX_BOTH_SIDES };

const isMode = (mode: string | undefined): mode is DropMode["dropTokensMode"] =>
  mode === "right_to_left" || mode === "left_to_right" || mode === "both_sides";

const readDropMode = (written: string): Read<DropMode> => {
  if (written === "") return success(DEFAULT_DROP_MODE);
  const [, mode, limit] = DROP_MODE.exec(written) ?? [];
  if (!isMode(mode))
    return invalid(
      400,
      "Invalid format for drop tokens mode.",
      "Use `right_to_left`, `left_to_right` or `both_sides:N`, where N is the most words that a query may have for it.",
    );
  return success({ dropTokensMode: mode, bothSidesLimit: limit === undefined ? MAX_BOTH_SIDES : Number(limit) });
};

const SPLIT_JOIN_MODES = new Map<string, TypoTolerance["splitJoinTokens"]>([
  ["", "fallback"],
  ["true", "fallback"],
  ["fallback", "fallback"],
  ["false", "off"],
  ["off", "off"],
  ["always", "always"],
]);

const readSplitJoin = (written: string): Read<TypoTolerance["splitJoinTokens"]> => {
  const mode = SPLIT_JOIN_MODES.get(written.toLowerCase());
  return mode ? success(mode) : invalid(400, "Parameter `split_join_tokens` must be `off`, `fallback` or `always`.");
};

const readSwitch = (reader: Reader, name: QueryParameter, otherwise: boolean): boolean => {
  const written = reader.text(name).trim();
  const value = written === "" ? otherwise : parseBoolean(written);
  const read = value === undefined ? invalid(400, `Parameter \`${name}\` must be a boolean.`) : success(value);
  return reader.keep(name, read, otherwise);
};

export const readTypoTolerance = (reader: Reader): TypoTolerance => ({
  typoTokensThreshold: reader.unsigned("typo_tokens_threshold", 1),
  dropTokensThreshold: reader.unsigned("drop_tokens_threshold", 1),
  ...reader.keep("drop_tokens_mode", readDropMode(reader.text("drop_tokens_mode").trim()), DEFAULT_DROP_MODE),
  splitJoinTokens: reader.keep("split_join_tokens", readSplitJoin(reader.text("split_join_tokens").trim()), "fallback"),
  exhaustive: readSwitch(reader, "exhaustive_search", false),
  minLengthForOneTypo: reader.unsigned("min_len_1typo", 4),
  minLengthForTwoTypos: reader.unsigned("min_len_2typo", 7),
  typosInNumbers: readSwitch(reader, "enable_typos_for_numerical_tokens", true),
  typosInAlphanumerics: readSwitch(reader, "enable_typos_for_alpha_numerical_tokens", true),
});
