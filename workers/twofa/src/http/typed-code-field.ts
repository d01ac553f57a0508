import { parsedText, text } from "#shared/contracts/input.ts";
import { MAX_TYPED_CODE_LENGTH } from "#shared/contracts/twofa.ts";

const LENGTH = { min: 1, max: MAX_TYPED_CODE_LENGTH };

/** What may be a code, as a person types or pastes it. */
export const typedCode = text(LENGTH);

/** A code of one kind as a person types it; `parse` reads it or refuses it with `undefined`. */
export const codeOf = (parse: (typed: string) => string | undefined, fault: string, example: string) =>
  parsedText(LENGTH, parse, fault).openapi({ example });
