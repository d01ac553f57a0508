import { z } from "@hono/zod-openapi";
import { TOTP_CODE } from "../domain/totp.ts";

/** A code as a person types it: apps show it with a gap in the middle, which does not count. */
export const totpCode = z
  .string()
  .max(16)
  .transform((typed) => typed.replaceAll(" ", ""))
  .pipe(z.string().regex(TOTP_CODE, "a code has 6 digits"))
  .openapi({ type: "string", example: "123456" });
