/** Instants that callers send, as the API document shows them. */
import "@hono/zod-openapi";
import { instantInput, MAX_INSTANT_CHARACTERS } from "../contracts/input.ts";

export const instant = instantInput().openapi({
  type: "string",
  format: "date-time",
  maxLength: MAX_INSTANT_CHARACTERS,
});
