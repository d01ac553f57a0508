/** Reads the parameters of a search that are lists of fields: those to search in, and those to show. */
import { success } from "#shared/lang/result.ts";
import { FIELDS, type FieldName, isFieldName, isTextField, type TextField } from "../model/fields.ts";
import { collect, expandName, invalid, type Read, splitList } from "./parameters.ts";

const readTextField = (name: string, known: readonly FieldName[]): Read<TextField[]> => {
  const fields = expandName(name, known.filter(isTextField));
  if (fields.length > 0) return success(fields);
  if (!isFieldName(name) || !known.includes(name))
    return invalid(404, `Could not find a field named \`${name}\` in the schema.`);
  if (FIELDS[name] === "integer") return invalid(400, `Field \`${name}\` should be a string or a string array.`);
  return invalid(
    400,
    `Field \`${name}\` is not full-text searchable: use \`filter_by\`.`,
    `\`${name}\` is compared as a whole and not full-text searchable: use \`filter_by\`, for example \`${name}:=value\`.`,
  );
};

/** The fields to search in, each once. */
export const readTextFields = (list: string, known: readonly FieldName[]): Read<TextField[]> => {
  const read = collect(splitList(list).map((name) => readTextField(name, known)));
  return read.ok ? success([...new Set(read.value.flat())]) : read;
};

/** The text fields that a list names; `none` and what is no text field stand for nothing. */
export const textFieldsIn = (list: string, known: readonly FieldName[]): TextField[] => [
  ...new Set(splitList(list).flatMap((name) => expandName(name, known.filter(isTextField)))),
];

/** The fields that hits show; names the collection does not have stand for nothing. */
export const shownFields = (include: string, exclude: string, known: readonly FieldName[]): FieldName[] => {
  const named = (list: string): FieldName[] => splitList(list).flatMap((name) => expandName(name, known));
  const included = new Set(splitList(include).length === 0 ? known : named(include));
  const excluded = new Set(named(exclude));
  return known.filter((name) => included.has(name) && !excluded.has(name));
};
