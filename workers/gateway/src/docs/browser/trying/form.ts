/** The form in which a call is filled in. */
import type { Call } from "../document/calls.ts";
import { exampleText, isJson, parameterExample } from "../document/examples.ts";
import {
  type ApiDocument,
  listIn,
  membersIn,
  objectIn,
  type Parameter,
  parametersOf,
  resolve,
  textIn,
} from "../document/openapi.ts";
import { type Filled, faultOf, parseJson } from "../document/request.ts";
import { el, field, fill } from "../elements/elements.ts";

type Control = HTMLInputElement | HTMLSelectElement;

export interface CallForm {
  element: HTMLFormElement;
  /** What is filled in now. */
  filled(): Filled;
}

const choicesFor = ({ schema, required }: Parameter, spec: ApiDocument): string[] => {
  const { enum: allowed, type } = objectIn(resolve(objectIn(schema), spec.components.schemas));
  const values = type === "boolean" ? [true, false] : listIn(allowed);
  const choices = values.filter((value) => typeof value !== "object").map(String);
  return choices.length === 0 || required === true ? choices : ["", ...choices];
};

const controlFor = (parameter: Parameter, spec: ApiDocument): Control => {
  const example = parameterExample(parameter, spec);
  const choices = choicesFor(parameter, spec);
  if (choices.length > 0) return el("select", {}, ...choices.map((value) => el("option", { value }, value || "–")));
  const isRequired = parameter.required === true;
  const control = el("input", {
    autocomplete: "off",
    spellcheck: "false",
    required: isRequired,
    placeholder: isRequired ? undefined : example,
  });
  if (isRequired) control.value = example;
  return control;
};

const fieldFor = (call: Call, parameter: Parameter, spec: ApiDocument) => {
  const control = controlFor(parameter, spec);
  control.addEventListener("input", () => control.setCustomValidity(faultOf(call, parameter, control.value)));
  const name = el("code", {}, parameter.name);
  return { parameter, control, label: el("label", { class: "field" }, el("span", {}, name), control) };
};

const MIN_ROWS = 3;
const MAX_ROWS = 18;

const bodyFor = ({ operation }: Call, spec: ApiDocument) => {
  const media = membersIn(objectIn(operation.requestBody).content);
  const [first] = media;
  if (first === undefined) return undefined;
  const kind = el("select", {}, ...media.map(([mediaType]) => el("option", { value: mediaType }, mediaType)));
  const text = el("textarea", { spellcheck: "false", autocomplete: "off" });
  const said = el("p", { class: "said", "aria-live": "polite" });
  const check = (): void => {
    const isWrong = isJson(kind.value) && text.value.trim() !== "" && parseJson(text.value) === undefined;
    fill(said, [isWrong ? "This is not JSON yet." : ""]);
  };
  const fillIn = (): void => {
    const chosen = media.find(([mediaType]) => mediaType === kind.value) ?? first;
    text.value = exampleText(...chosen, spec);
    text.rows = Math.min(MAX_ROWS, Math.max(MIN_ROWS, text.value.split("\n").length));
    check();
  };
  kind.addEventListener("change", fillIn);
  text.addEventListener("input", check);
  fillIn();
  const label = media.length === 1 ? `Body: ${first[0]}` : "Body";
  return {
    kind,
    text,
    elements: [media.length === 1 ? undefined : field("Content type", kind), field(label, text), said],
  };
};

/** The form, with `buttons` at its end. `onChange` is called after each change. */
export const callForm = (call: Call, spec: ApiDocument, buttons: Element, onChange: () => void): CallForm => {
  const fields = parametersOf(call.operation, spec).map((parameter) => fieldFor(call, parameter, spec));
  const [needed, others] = [true, false].map((isNeeded) =>
    fields.filter(({ parameter }) => (parameter.required === true) === isNeeded),
  );
  const body = bodyFor(call, spec);
  const element = el(
    "form",
    { class: "try", "aria-label": `Try ${call.label}` },
    ...listIn(needed).map(({ label }) => label),
    ...(body?.elements ?? []),
    others === undefined || others.length === 0
      ? undefined
      : el(
          "details",
          { class: "optional" },
          el("summary", {}, `Optional parameters: ${others.map(({ parameter }) => textIn(parameter.name)).join(", ")}`),
          ...others.map(({ label }) => label),
        ),
    buttons,
  );
  element.addEventListener("input", onChange);
  element.addEventListener("change", onChange);
  return {
    element,
    filled: () => ({
      call,
      values: fields.map(({ parameter, control }) => ({ parameter, text: control.value })),
      ...(body && { body: { mediaType: body.kind.value, text: body.text.value } }),
    }),
  };
};
