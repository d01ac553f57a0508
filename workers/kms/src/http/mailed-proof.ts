/** Links and codes that were mailed, as requests carry them. */
import { text } from "#shared/contracts/input.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";

/** Longer than any of ours. */
const MAX_TOKEN_INPUT = 128;
const MAX_CODE_INPUT = 32;

export const token = text({ min: 1, max: MAX_TOKEN_INPUT }).openapi({ description: "What the link has in `?token=`" });
export const tokenField = token.optional();
export const codeField = text({ min: 1, max: MAX_CODE_INPUT })
  .optional()
  .openapi({ description: "The code that was mailed with the link" });

/** Either the token or the code; refuses both and neither with 422. */
export const assertOneOf = (given: {
  token?: string | undefined;
  code?: string | undefined;
}): { token: string } | { code: string } => {
  const { token: link, code } = given;
  if (link !== undefined && code === undefined) return { token: link };
  if (code !== undefined && link === undefined) return { code };
  throw problem("invalid-input", {
    errors: [{ pointer: link === undefined ? "#/token" : "#/code", detail: "send either the token or the code" }],
  });
};

/** The one response to a link or a code that is wrong, used or expired. */
export const linkRefused = (): Problem =>
  problem("link-refused", { detail: "This link or code is wrong, used or expired. Ask for a new one." });
