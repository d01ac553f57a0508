/** The fields of the collection `elements`, and what each of them can be used for; names as in Typesense. */

/** The only collection there is. */
export const COLLECTION = "elements";

/**
 * `id`: compared as it is. `keyword`: compared as a whole, ASCII case ignored. `text`: searched word by word.
 * `integer`: compared, sorted and counted.
 */
export type FieldType = "id" | "keyword" | "text" | "integer";

export const FIELDS = {
  id: "id",
  element_type: "keyword",
  element_id: "integer",
  sequence_number: "integer",
  version_number: "integer",
  comment: "text",
  text: "text",
  script_id: "integer",
  service_name: "keyword",
  updated_at: "integer",
} as const satisfies Record<string, FieldType>;

/** Parts of a response that are no fields, and that `exclude_fields` can name as well. */
export const OMITTABLE = ["out_of", "search_time_ms"] as const;
export type Omittable = (typeof OMITTABLE)[number];
export const isOmittable = (name: string): name is Omittable => OMITTABLE.some((omittable) => omittable === name);

export type FieldName = keyof typeof FIELDS;

type FieldOf<Type extends FieldType> = {
  [Name in FieldName]: (typeof FIELDS)[Name] extends Type ? Name : never;
}[FieldName];

export type IntegerField = FieldOf<"integer">;
/** What `query_by` can name. */
export type TextField = FieldOf<"text">;
/** What can be sorted by and counted. */
export type ValueField = FieldOf<"keyword" | "integer">;

export const isFieldName = (name: string): name is FieldName => Object.hasOwn(FIELDS, name);

export const FIELD_NAMES: readonly FieldName[] = Object.keys(FIELDS).filter(isFieldName);

export const isTextField = (name: string): name is TextField => isFieldName(name) && FIELDS[name] === "text";

export const isIntegerField = (name: string): name is IntegerField => isFieldName(name) && FIELDS[name] === "integer";

export const isValueField = (name: string): name is ValueField =>
  isFieldName(name) && (FIELDS[name] === "keyword" || FIELDS[name] === "integer");
