/** What a scoped key that is restricted to some fields cannot ask, because the response would show something of the others. */
import type { FieldName } from "../model/fields.ts";
import type { ParameterFault } from "./engine.ts";
import { type SearchParameters, splitList, textOf } from "./parameters.ts";

const unknownField = (parameter: string, name: string): ParameterFault => ({
  parameter,
  status: 404,
  message: `Could not find a field named \`${name}\` in the schema.`,
});

/** The faults of parameters that no field is read from here, but by which a document or a cluster would be asked. */
export const hiddenFieldFaults = (
  parameters: SearchParameters,
  fields: readonly FieldName[] | undefined,
): ParameterFault[] => {
  if (fields === undefined) return [];
  const isKnown = (name: string): boolean => fields.some((field) => field === name);
  const hidden = splitList(textOf(parameters, "group_by")).find((name) => !isKnown(name));
  const byId = ["hidden_hits", "pinned_hits"].filter((name) => textOf(parameters, name).trim() !== "");
  return [
    ...(hidden === undefined ? [] : [unknownField("group_by", hidden)]),
    ...(isKnown("id") ? [] : byId.map((parameter) => unknownField(parameter, "id"))),
    ...(textOf(parameters, "preset") === ""
      ? []
      : [
          {
            parameter: "preset",
            status: 400 as const,
            message: "Parameter `preset` is not supported with a scoped key that is restricted to some fields.",
          },
        ]),
  ];
};
