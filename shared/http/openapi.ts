/** Building blocks of the OpenAPI declarations: a JSON body, a JSON response, and the problems of a route. */
import { z } from "@hono/zod-openapi";
import { integer, members, text } from "../contracts/input.ts";
import { PROBLEMS, type ProblemCode } from "../problem/catalogue.ts";

/** Makes a parameter in a route's path take several segments: `/secrets/{path{.+}}`. */
export const SEGMENTS = "{.+}";

/** Far more than any body has that is declared here: what has more is not looked at. */
const MAX_BODY_MEMBERS = 1_000;

/** A required JSON request body, and one as clients send it. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema, example: z.input<Schema>) => ({
  required: true,
  content: { "application/json": { schema: members(schema, MAX_BODY_MEMBERS), example } },
});

/** A JSON response, and one as clients receive it. */
export const json = <Schema extends z.ZodType>(schema: Schema, description: string, example?: z.input<Schema>) => ({
  description,
  content: { "application/json": { schema, ...(example !== undefined && { example }) } },
});

/** The component that every error response refers to. */
export const PROBLEM_COMPONENT = "Problem";

export const problemSchema = z
  .object({
    type: z.string().describe("`urn:fountain:problem:` and the code"),
    title: z.string().describe("The same for every problem of this code"),
    status: z.int(),
    detail: z.string().describe("What is wrong with this request, and what to do"),
    code: z.string().describe("What to program against"),
    instance: z.string().describe("The path of the request"),
    requestId: z.string().describe("In every log line of the request"),
    errors: z
      .array(
        z.object({ pointer: z.string().describe("JSON Pointer of the field, such as `#/name`"), detail: z.string() }),
      )
      .describe("What is wrong with which field")
      .optional(),
  })
  .openapi(PROBLEM_COMPONENT);

interface ProblemResponse {
  description: string;
  content: { "application/problem+json": { schema: typeof problemSchema } };
}

/**
 * The error responses of a handler's own, by their codes in the catalogue, for documentation; routes throw them. Those
 * that follow from the route table are added in `document.ts`.
 */
export const problems = (...codes: ProblemCode[]): object => {
  const titles = new Map<number, string[]>();
  for (const code of codes) {
    const { status, title } = PROBLEMS[code];
    titles.set(status, [...(titles.get(status) ?? []), title]);
  }
  return Object.fromEntries(
    [...titles].map(([status, lines]): [number, ProblemResponse] => [
      status,
      { description: lines.join("; "), content: { "application/problem+json": { schema: problemSchema } } },
    ]),
  );
};

/** The digits of the largest integer that a number can be trusted with, and a sign. */
const MAX_INTEGER_CHARACTERS = 17;

/** An integer in a path or a query, in decimal digits. */
export const countParameter = (range: { min: number; max: number }) =>
  text({ max: MAX_INTEGER_CHARACTERS })
    .transform((given) => (/^-?\d+$/.test(given) ? Number(given) : Number.NaN))
    .pipe(integer(range))
    .openapi({ type: "integer", minimum: range.min, maximum: range.max });

/** `true` or `false` in a query. */
export const flag = z
  .enum(["true", "false"])
  .transform((given) => given === "true")
  .openapi({ type: "boolean" });

const DEFAULT_LIMIT = 50;

/** `?limit=` and `?after=` of every list: 50 items by default, 200 at most; `after` is an opaque cursor. */
export const pageQuery = z.object({
  limit: countParameter({ min: 1, max: 200 }).default(DEFAULT_LIMIT).openapi({ default: DEFAULT_LIMIT }),
  after: text({ min: 1, max: 512 }).optional(),
});

/** A page of a list; `next` is null on the last one. */
export const page = <Schema extends z.ZodType>(item: Schema) =>
  z.object({ items: z.array(item), next: z.string().nullable() });
