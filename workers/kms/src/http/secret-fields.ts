/** What requests about secrets have in common. */
import { integer, text, unicodeText } from "#shared/contracts/input.ts";
import { isSecretPath, MAX_SECRET_PATH_CHARACTERS } from "#shared/contracts/secret-path.ts";

const MAX_VALUE_BYTES = 64 * 1024;

export const secretPath = text({ max: MAX_SECRET_PATH_CHARACTERS }).refine(
  isSecretPath,
  `must be segments of letters, digits, ".", "_" and "-", joined by slashes, with at most ${MAX_SECRET_PATH_CHARACTERS} characters, and contain no credential`,
);

/** A lone surrogate has no UTF-8: what is stored would not be what was sent. */
export const secretValue = unicodeText({ max: MAX_VALUE_BYTES }).refine(
  (value) => Buffer.byteLength(value) <= MAX_VALUE_BYTES,
  `must have at most ${MAX_VALUE_BYTES} bytes`,
);

export const versionNumber = integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
