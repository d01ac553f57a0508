/** A call with its values filled in, before credentials are added. */
import type { Call } from "./calls.ts";
import { typeOf } from "./examples.ts";
import { membersIn, objectIn, type Parameter } from "./openapi.ts";

export interface Value {
  parameter: Parameter;
  text: string;
}

export interface Filled {
  call: Call;
  /** Of every parameter, the empty ones included. */
  values: readonly Value[];
  body?: { mediaType: string; text: string };
}

/** An operation of Fountain's own. */
const isOwn = ({ operation }: Call): boolean => operation["x-upstream"] !== true;

/** Whether the typed client has it, by method and path: that has no pages. */
export const isTyped = (call: Call): boolean =>
  isOwn(call) &&
  !membersIn(call.operation.responses).some(([, { content }]) =>
    membersIn(content).some(([type]) => type === "text/html"),
  );

/** The values that are sent in this place. */
export const valuesIn = ({ values }: Filled, place: Parameter["in"]): Value[] =>
  values.filter(({ parameter, text }) => parameter.in === place && (text !== "" || place === "path"));

/** Several segments, whose slashes separate them: only secrets have such paths. */
const isSeveralSegments = (call: Call, { name }: Parameter): boolean => name === "path" && isOwn(call);

/** A browser resolves them, and the call would be another one. */
const LOST_SEGMENT = /^\.{0,2}$/;

/** Why this text cannot stand in the path; empty if it can. */
export const faultOf = (call: Call, parameter: Parameter, text: string): string => {
  if (parameter.in !== "path") return "";
  const segments = isSeveralSegments(call, parameter) ? text.split("/") : [text];
  return segments.some((segment) => LOST_SEGMENT.test(segment)) ? 'A segment must not be empty, "." or "..".' : "";
};

/** Path and query, percent-encoded. */
export const addressOf = (filled: Filled): string => {
  const { call } = filled;
  const path = valuesIn(filled, "path").reduce((before, { parameter, text }) => {
    const segments = isSeveralSegments(call, parameter) ? text.split("/") : [text];
    return before.replace(`{${parameter.name}}`, () => segments.map(encodeURIComponent).join("/"));
  }, call.path);
  const query = new URLSearchParams(valuesIn(filled, "query").map(({ parameter, text }) => [parameter.name, text]));
  return query.size === 0 ? path : `${path}?${query}`;
};

/** The value as its type in JSON, as far as the text is one. */
export const typedValue = ({ parameter, text }: Value): string | number | boolean => {
  const type = typeOf(objectIn(parameter.schema));
  if ((type === "integer" || type === "number") && text.trim() !== "" && Number.isFinite(Number(text)))
    return Number(text);
  return type === "boolean" && /^(?:true|false)$/.test(text) ? text === "true" : text;
};

/** The JSON value in the text; `undefined` where it is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
