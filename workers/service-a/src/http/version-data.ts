/** What a new version is made of: a text, or a JSON object that is kept as it is. */
import { z } from "@hono/zod-openapi";
import { MAX_TEXT_LENGTH } from "../screenplay/element.ts";
import { text } from "./schemas.ts";

/** Of its JSON, in UTF-8. */
const MAX_DATA_BYTES = 65_536;

/** A version's text, and the JSON of the object that it was given in. */
export interface VersionData {
  text: string;
  data: string | null;
}

type Path = readonly (string | number)[];
type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where a number is that would not be kept: larger than JSON's readers count, or than any number is. */
const inexactNumber = (value: unknown, path: Path): Path | undefined => {
  if (typeof value === "number") {
    const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    return isExact ? undefined : path;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const members: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [name, member] of members) {
    const found = inexactNumber(member, [...path, name]);
    if (found) return found;
  }
  return undefined;
};

/** What is wrong with an object, and where. */
const faultOf = (value: JsonObject, json: string): { message: string; path: Path } | undefined => {
  if (new TextEncoder().encode(json).length > MAX_DATA_BYTES)
    return { message: `must have at most ${MAX_DATA_BYTES} bytes as JSON`, path: [] };
  const inexact = inexactNumber(value, []);
  return inexact && { message: "is a number beyond 2^53: send it as a string", path: inexact };
};

export const versionData = z
  .unknown()
  .transform((value, context): VersionData => {
    const refuse = (issues: readonly { message: string; path: readonly PropertyKey[] }[]) => {
      for (const { message, path } of issues) context.addIssue({ code: "custom", message, path: [...path] });
      return z.NEVER;
    };
    if (typeof value === "string") {
      const parsed = text.safeParse(value);
      return parsed.success ? { text: parsed.data, data: null } : refuse(parsed.error.issues);
    }
    if (!isObject(value)) return refuse([{ message: "must be text or a JSON object", path: [] }]);
    const data = JSON.stringify(value);
    const fault = faultOf(value, data);
    if (fault) return refuse([fault]);
    if (!Object.hasOwn(value, "text")) return { text: "", data };
    const parsed = text.safeParse(value["text"]);
    if (parsed.success) return { text: parsed.data, data };
    return refuse(parsed.error.issues.map(({ message }) => ({ message, path: ["text"] })));
  })
  .openapi({
    anyOf: [
      { type: "string", maxLength: MAX_TEXT_LENGTH },
      {
        type: "object",
        description: `At most ${MAX_DATA_BYTES} bytes as JSON. Its \`text\` is what is searched and exported.`,
        properties: { text: { type: "string", maxLength: MAX_DATA_BYTES } },
        additionalProperties: true,
      },
    ],
  });

/** The object of a version, as it was given. */
export const storedObject = (data: string): JsonObject => {
  const value: unknown = JSON.parse(data);
  if (!isObject(value)) throw new Error("the data of a version is no object");
  return value;
};
