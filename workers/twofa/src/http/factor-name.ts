import { z } from "@hono/zod-openapi";
import { HOLDS_CREDENTIAL, holdsNoCredential } from "#shared/contracts/credential-shape.ts";
import { text } from "#shared/contracts/input.ts";
import { isVisibleText, NOT_VISIBLE } from "#shared/contracts/visible-text.ts";
import { invalidInput } from "#shared/http/field-errors.ts";
import { problem } from "#shared/problem/problem.ts";

const MAX_NAME_LENGTH = 64;

/** What the owner calls a factor, to distinguish several. */
export const givenName = text({ max: MAX_NAME_LENGTH })
  .trim()
  .min(1)
  .refine(isVisibleText, NOT_VISIBLE)
  .refine(holdsNoCredential, HOLDS_CREDENTIAL);
export const factorName = (fallback: string) => givenName.default(fallback);

/** A body that may have a name, and may be left out altogether. */
export const optionalName = (example: string) => ({
  required: false,
  content: {
    "application/json": {
      schema: {
        type: "object" as const,
        additionalProperties: false,
        properties: { name: { type: "string" as const, minLength: 1, maxLength: MAX_NAME_LENGTH } },
      },
      example: { name: example },
    },
  },
});

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw problem("malformed-request", { detail: "The request body cannot be parsed." });
  }
};

/** The name in such a body, which the declared validators cannot read. */
export const parseOptionalName = (body: string, fallback: string): string => {
  const parsed = z.strictObject({ name: factorName(fallback) }).safeParse(body === "" ? {} : parseJson(body));
  if (parsed.success) return parsed.data.name;
  throw invalidInput("json", parsed.error.issues);
};
