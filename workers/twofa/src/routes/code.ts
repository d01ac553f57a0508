import { z } from "@hono/zod-openapi";
import { parseTotpCode } from "../domain/totp.ts";

const MAX_TYPED_LENGTH = 16;

/** A code as a person types it. */
export const totpCode = z
  .string()
  .max(MAX_TYPED_LENGTH)
  .transform((typed, context) => {
    const code = parseTotpCode(typed);
    if (code !== undefined) return code;
    context.addIssue({ code: "custom", message: "a code has 6 digits" });
    return z.NEVER;
  })
  .openapi({ type: "string", example: "123456" });
