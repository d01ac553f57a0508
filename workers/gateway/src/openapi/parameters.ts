/** Parameters of an operation: how their values are read out of a request (OpenAPI 3.1 §4.8.12), and what is wrong with them. */
import type { Schema } from "@cfworker/json-schema";
import { pointerTo } from "#shared/http/pointer.ts";
import type { FieldError } from "#shared/problem/problem.ts";
import { trimBlanks } from "#shared/semantics/media-type.ts";
import { isWithheld } from "../upstreams/fields.ts";
import { type OpenApiDocument, resolved } from "./document.ts";
import { faultsOf } from "./faults.ts";
import { isText, listOf, member, membersOf } from "./json.ts";
import { itemsOf, type Schemas, typesOf } from "./schemas.ts";

const PLACES = { path: "param", query: "query", header: "header" } as const;
type Place = keyof typeof PLACES;

/** Where a request has its parameters. */
export interface Sent {
  path: ReadonlyMap<string, string>;
  query: URLSearchParams;
  header: (name: string) => string | null;
}

export interface Parameter {
  place: Place;
  name: string;
  faults: (sent: Sent) => FieldError[];
}

/** OpenAPI 3.1 §4.8.12.2.1: they describe no parameters. */
const NO_PARAMETERS: ReadonlySet<string> = new Set(["accept", "content-type", "authorization"]);

/** By place and style, what stands between the items of an array that is one text; others are not read. */
const SEPARATORS: Readonly<Record<string, string>> = {
  "path simple": ",",
  "header simple": ",",
  "query form": ",",
  "query spaceDelimited": " ",
  "query pipeDelimited": "|",
};

const NUMBER = /^-?(?:\d{1,308}(?:\.\d{0,308})?|\.\d{1,308})(?:e[+-]?\d{1,3})?$/i;
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, "1": true, "0": false };

/** What a text may stand for, the likeliest first: as which values services read it. */
const readings = (text: string, types: ReadonlySet<string>): unknown[] => {
  const read: unknown[] = [];
  if ((types.has("integer") || types.has("number")) && NUMBER.test(text)) read.push(Number(text));
  const truth = BOOLEANS[text.toLowerCase()];
  if (types.has("boolean") && truth !== undefined) read.push(truth);
  if (types.has("null") && text === "") read.push(null);
  return [...read, text];
};

interface Reader {
  document: OpenApiDocument;
  schema: unknown;
  types: ReadonlySet<string>;
}

const firstReading = ({ document, schema }: Pick<Reader, "document" | "schema">, text: string): unknown =>
  readings(text, typesOf(document, schema))[0];

/** The values that the texts may stand for. */
const valuesOf = (reader: Reader, texts: readonly string[], separator: string | undefined): unknown[] => {
  const { document, schema, types } = reader;
  const single = texts.length === 1 && !(types.size === 1 && types.has("array")) ? readings(texts[0] ?? "", types) : [];
  if (!types.has("array")) return single;
  const items = separator === undefined ? texts : texts.flatMap((text) => text.split(separator).map(trimBlanks));
  const item = itemsOf(document, schema);
  return [items.map((text) => firstReading({ document, schema: item }, text)), ...single];
};

const textsIn = (sent: Sent, place: Place, name: string): string[] => {
  if (place === "query") return sent.query.getAll(name);
  const text = place === "path" ? sent.path.get(name) : sent.header(name);
  return text === null || text === undefined ? [] : [text];
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** How the texts of a parameter are read; `undefined`: in a style that is not validated. */
const readingOf = (document: OpenApiDocument, place: Place, parameter: unknown) => {
  const content = member(parameter, "content");
  if (content !== undefined) {
    const [[type, media] = []] = membersOf(content);
    if (type !== "application/json") return undefined;
    const read = (texts: readonly string[]): unknown[] => texts.map(jsonOf).filter((value) => value !== undefined);
    return { schema: member(media, "schema"), read, isArray: false };
  }
  const style = member(parameter, "style") ?? (place === "query" ? "form" : "simple");
  const separator = SEPARATORS[`${place} ${style}`];
  const schema = member(parameter, "schema");
  const types = typesOf(document, schema);
  if (separator === undefined || types.has("object")) return undefined;
  const explode = member(parameter, "explode") ?? style === "form";
  const isRepeated = place === "query" && explode === true;
  const read = (texts: readonly string[]): unknown[] =>
    valuesOf({ document, schema, types }, texts, isRepeated ? undefined : separator);
  return { schema, read, isArray: isRepeated && types.has("array") };
};

const compileParameter = (document: OpenApiDocument, schemas: Schemas, given: unknown): Parameter[] => {
  const parameter = resolved(document, given);
  const [name, place] = [parameter?.["name"], parameter?.["in"]];
  if (!isText(name) || (place !== "path" && place !== "query" && place !== "header")) return [];
  if (place === "header" && (NO_PARAMETERS.has(name.toLowerCase()) || isWithheld(name.toLowerCase()))) return [];
  const reading = readingOf(document, place, parameter);
  const schema: Schema | boolean = reading === undefined ? true : schemas.add(reading.schema ?? true);
  const isRequired = parameter?.["required"] === true;
  const mayBeEmpty = parameter?.["allowEmptyValue"] === true;
  const errorsAt = (path: readonly string[], detail: string): FieldError => ({
    pointer: pointerTo(PLACES[place], [name, ...path]),
    detail,
  });
  const faults = (sent: Sent): FieldError[] => {
    const texts = textsIn(sent, place, name);
    if (texts.length === 0) return isRequired ? [errorsAt([], "required")] : [];
    if (reading === undefined || (mayBeEmpty && texts.every((text) => text === ""))) return [];
    // The service might read another one than was validated.
    if (texts.length > 1 && !reading.isArray) return [errorsAt([], "must occur once")];
    const values = reading.read(texts);
    if (values.length === 0) return [errorsAt([], "must be JSON")];
    const found = values.map((value) => faultsOf(value, schema, schemas.list));
    if (found.some((each) => each.length === 0)) return [];
    return (found[0] ?? []).map(({ path, detail }) => errorsAt(path, detail));
  };
  return [{ place, name, faults }];
};

/** The parameters of an operation: those of its path, and its own, which replace those. */
export const compileParameters = (
  document: OpenApiDocument,
  schemas: Schemas,
  item: unknown,
  operation: unknown,
): Parameter[] => {
  const all = [...listOf(member(item, "parameters")), ...listOf(member(operation, "parameters"))].flatMap((given) =>
    compileParameter(document, schemas, given),
  );
  return [...new Map(all.map((parameter) => [`${parameter.place} ${parameter.name}`, parameter])).values()];
};
