import { parsedText, text } from "#shared/contracts/input.ts";
import { MAX_TYPED_CODE_LENGTH } from "#shared/contracts/twofa.ts";
import { parseOneTimeCode } from "../domain/one-time-code.ts";
import { parseTotpCode } from "../domain/totp.ts";

const LENGTH = { min: 1, max: MAX_TYPED_CODE_LENGTH };

/** What may be a code, as a person types or pastes it. */
export const typedCode = text(LENGTH);

const codeOf = (parse: (typed: string) => string | undefined, fault: string, example: string) =>
  parsedText(LENGTH, parse, fault).openapi({ example });

/** A code of an authenticator app as a person types it. */
export const totpCode = codeOf(parseTotpCode, "a code has 6 digits", "123456");

/** A code that was sent as a person types it. */
export const sentCode = codeOf(parseOneTimeCode, "a code that was sent has 8 digits", "12345678");
