/** A schema as a tree of its members. What is inside a member is made when it is opened, so that a schema may hold itself. */
import { listIn, membersIn, objectIn, resolve, type Schema, textIn } from "../document/openapi.ts";
import { type Child, chip, disclosure, el, prose } from "../elements/elements.ts";
import { choicesOf, constraintsOf, nameOf, typeWords } from "./schema-words.ts";

type Schemas = Record<string, Schema>;

const resolved = (given: Schema | undefined, schemas: Schemas): Schema => objectIn(resolve(objectIn(given), schemas));

const MAX_DEPTH = 3;

/** All parts of `allOf` as one. */
const whole = (given: Schema | undefined, schemas: Schemas, depth = 0): Schema => {
  const schema = resolved(given, schemas);
  const parts = depth > MAX_DEPTH ? [] : listIn(schema.allOf).map((part) => whole(part, schemas, depth + 1));
  if (parts.length === 0) return schema;
  return {
    ...schema,
    properties: Object.assign({}, ...parts.map((part) => objectIn(part.properties)), objectIn(schema.properties)),
    required: [...parts, schema].flatMap((part) => listIn(part.required)),
  };
};

/** The schema whose members are worth showing: of an array, that of its items. */
const innermost = (given: Schema | undefined, schemas: Schemas, depth = 0): Schema => {
  const schema = whole(given, schemas);
  const choices = choicesOf(schema);
  const inside = choices.length === 1 ? choices[0] : schema.items;
  return inside !== undefined && depth < MAX_DEPTH ? innermost(inside, schemas, depth + 1) : schema;
};

/** A button that opens what is inside; `undefined` where there is nothing. */
const opened = (inside: Schema, schemas: Schemas): Element | undefined => {
  const hasMembers = membersIn(inside.properties).length > 0 || typeof inside.additionalProperties === "object";
  if (!hasMembers && choicesOf(inside).length < 2) return undefined;
  return disclosure([hasMembers ? "Members" : "Alternatives"], () => contentsOf(inside, schemas));
};

/** Type, constraints and description of a member or a parameter. */
export const described = (given: Schema | undefined, schemas: Schemas, description = ""): Child[] => {
  const schema = resolved(given, schemas);
  const items = schema.items ? resolved(schema.items, schemas) : {};
  const constraints = [...constraintsOf(schema), ...constraintsOf(items).map((words) => `each ${words}`)];
  const words = description || textIn(schema.description);
  return [
    el("span", { class: "type" }, typeWords(schema, schemas)),
    constraints.length === 0 ? undefined : el("span", { class: "constraints" }, constraints.join("; ")),
    words === "" ? undefined : el("div", { class: "words" }, ...prose(words)),
  ];
};

const memberOf = (name: string, given: Schema, isRequired: boolean, schemas: Schemas): Element =>
  el(
    "li",
    {},
    el("code", { class: "member" }, name),
    isRequired ? chip("required", "strong") : undefined,
    ...described(given, schemas, textIn(given.description)),
    opened(innermost(given, schemas), schemas),
  );

const choiceOf = (given: Schema, index: number, schemas: Schemas): Element => {
  const name = nameOf(given) || textIn(given.title) || typeWords(given, schemas);
  return el(
    "li",
    {},
    el("span", { class: "type" }, `${index + 1}. ${name}`),
    ...described(given, schemas).slice(1),
    opened(innermost(given, schemas), schemas),
  );
};

const contentsOf = (schema: Schema, schemas: Schemas): Child[] => {
  const required = new Set(listIn(schema.required));
  const members = membersIn(schema.properties).map(([name, part]) => memberOf(name, part, required.has(name), schemas));
  const others = schema.additionalProperties;
  if (typeof others === "object") members.push(memberOf("any other name", others, false, schemas));
  const choices = choicesOf(schema);
  return [
    members.length === 0 ? undefined : el("ul", { class: "tree" }, ...members),
    choices.length === 0 ? undefined : el("p", { class: "soft" }, "One of:"),
    choices.length === 0
      ? undefined
      : el("ul", { class: "tree" }, ...choices.map((choice, index) => choiceOf(choice, index, schemas))),
  ];
};

/** The schema, with the members that it demands and takes. */
export const schemaTree = (given: Schema, schemas: Schemas): Element => {
  const inside = innermost(given, schemas);
  const words = described(given, schemas);
  const isPlain = typeWords(given, schemas) === "object" && membersIn(inside.properties).length > 0;
  return el(
    "div",
    { class: "schema" },
    el("div", {}, ...(isPlain ? words.slice(1) : words)),
    ...contentsOf(inside, schemas),
  );
};
