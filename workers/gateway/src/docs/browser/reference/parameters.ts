/** What an operation takes: its parameters, and its body. */
import {
  type ApiDocument,
  membersIn,
  type Operation,
  objectIn,
  type Parameter,
  parametersOf,
  textIn,
} from "../document/openapi.ts";
import { type Child, chip, el, prose } from "../elements/elements.ts";
import { mediaOf } from "./responses.ts";
import { described } from "./schema-tree.ts";

const PLACES = { path: "in the path", query: "in the query", header: "header field", cookie: "cookie" };

const parameterOf = (parameter: Parameter, { components }: ApiDocument): Element =>
  el(
    "li",
    {},
    el("code", { class: "member" }, parameter.name),
    el("span", { class: "soft" }, PLACES[parameter.in]),
    parameter.required ? chip("required", "strong") : undefined,
    parameter.deprecated ? chip("deprecated") : undefined,
    ...described(parameter.schema, components.schemas, textIn(parameter.description)),
  );

/** The list of parameters, under its heading; nothing without parameters. */
export const parameterList = (operation: Operation, spec: ApiDocument): Child[] => {
  const parameters = parametersOf(operation, spec);
  if (parameters.length === 0) return [];
  const items = parameters.map((parameter) => parameterOf(parameter, spec));
  return [el("h4", {}, "Parameters"), el("ul", { class: "tree" }, ...items)];
};

/** The body, under its heading; nothing without a body. */
export const requestBody = (operation: Operation, spec: ApiDocument): Child[] => {
  const { content, description, required } = objectIn(operation.requestBody);
  const media = membersIn(content);
  if (media.length === 0) return [];
  return [
    el("h4", {}, "Body ", required === true ? chip("required", "strong") : undefined),
    ...prose(textIn(description)),
    ...media.slice(0, 1).flatMap(([mediaType, first]) => mediaOf(mediaType, first, spec, true)),
    media.length === 1
      ? undefined
      : el(
          "p",
          { class: "soft" },
          `Or as ${media
            .slice(1)
            .map(([mediaType]) => mediaType)
            .join(", ")}`,
        ),
  ];
};
