/** The responses of an operation: by status, with their fields, schema and example. */
import { exampleText, givenExample, isJson } from "../document/examples.ts";
import {
  type ApiDocument,
  type Media,
  membersIn,
  type Operation,
  objectIn,
  type ResponseOf,
  resolve,
  textIn,
} from "../document/openapi.ts";
import { codeBlock } from "../elements/code.ts";
import { type Child, disclosure, el } from "../elements/elements.ts";
import { described, schemaTree } from "./schema-tree.ts";

/** `isMade`: where the document has no example, one is made. */
export const mediaOf = (mediaType: string, media: Media, spec: ApiDocument, isMade: boolean): Child[] => {
  const example = isMade || givenExample(media) !== undefined ? exampleText(mediaType, media, spec) : "";
  return [
    el("p", { class: "soft" }, el("code", {}, mediaType)),
    media.schema && schemaTree(media.schema, spec.components.schemas),
    example === "" ? undefined : codeBlock("Example", example, isJson(mediaType)),
  ];
};

const fieldsOf = (response: ResponseOf, { components }: ApiDocument): Child[] => {
  const fields = membersIn(response.headers);
  if (fields.length === 0) return [];
  const items = fields.map(([name, given]) => {
    const header = resolve(given, components.headers);
    const words = described(header.schema, components.schemas, textIn(header.description));
    return el("li", {}, el("code", { class: "member" }, name), ...words);
  });
  return [el("p", { class: "soft" }, "Header fields:"), el("ul", { class: "tree" }, ...items)];
};

const responseOf = (status: string, given: ResponseOf, spec: ApiDocument): Element => {
  const response: ResponseOf = objectIn(resolve(given, spec.components.responses));
  const isSuccess = status.startsWith("2");
  const kind = isSuccess ? "good" : "bad";
  return disclosure(
    [el("code", { class: `status ${kind}` }, status), ` ${textIn(response.description)}`],
    () => [
      ...fieldsOf(response, spec),
      ...membersIn(response.content).flatMap(([mediaType, media]) => mediaOf(mediaType, media, spec, isSuccess)),
      membersIn(response.content).length === 0 ? el("p", { class: "soft" }, "Without a body.") : undefined,
    ],
    { class: "response" },
  );
};

/** All of them; that of a success is open. */
export const responsesOf = (operation: Operation, spec: ApiDocument): Element[] => {
  const responses = membersIn(operation.responses).map(([status, given]) => responseOf(status, given, spec));
  const [first] = responses;
  if (first instanceof HTMLDetailsElement) first.open = true;
  return responses;
};
