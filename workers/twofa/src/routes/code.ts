import { z } from "@hono/zod-openapi";
import { MAX_TYPED_CODE_LENGTH } from "#shared/contracts/twofa.ts";
import { parseOneTimeCode } from "../domain/one-time-code.ts";
import { parseTotpCode } from "../domain/totp.ts";

/** What may be a code, as a person types or pastes it. */
export const typedCode = z.string().min(1).max(MAX_TYPED_CODE_LENGTH);

const codeOf = (parse: (typed: string) => string | undefined, fault: string, example: string) =>
  typedCode
    .transform((typed, context) => {
      const code = parse(typed);
      if (code !== undefined) return code;
      context.addIssue({ code: "custom", message: fault });
      return z.NEVER;
    })
    .openapi({ type: "string", example });

/** A code of an authenticator app as a person types it. */
export const totpCode = codeOf(parseTotpCode, "a code has 6 digits", "123456");

/** A code that was sent as a person types it. */
export const sentCode = codeOf(parseOneTimeCode, "a code that was sent has 8 digits", "12345678");
