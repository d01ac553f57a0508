/** One operation: what it does and takes, who may call it, and the form that tries it. */
import { accessChips, accessOf, accessSentences, STEP_UP_CHIPS } from "../document/access.ts";
import type { Call } from "../document/calls.ts";
import { type ApiDocument, textIn } from "../document/openapi.ts";
import { type Child, chip, disclosure, el, prose, withCode } from "../elements/elements.ts";
import { parameterList, requestBody } from "../reference/parameters.ts";
import { responsesOf } from "../reference/responses.ts";
import { current } from "../session/session.ts";
import { snippetPanel } from "../snippets/panel.ts";
import { callForm } from "../trying/form.ts";
import { send } from "../trying/send.ts";

const chipsOf = ({ operation }: Call): Element[] => {
  const access = accessOf(operation);
  return [
    ...accessChips(access).map((text) => chip(text)),
    ...(access.stepUp === undefined ? [] : [chip(STEP_UP_CHIPS[access.stepUp], "strong")]),
    ...(operation.deprecated === true ? [chip("deprecated", "strong")] : []),
  ];
};

const referenceOf = (call: Call, spec: ApiDocument): Element => {
  const { operation, anchor } = call;
  return el(
    "div",
    { class: "reference" },
    ...prose(textIn(operation.description)),
    el("h4", {}, "Who may call it"),
    ...accessSentences(operation).flatMap(prose),
    ...parameterList(operation, spec),
    ...requestBody(operation, spec),
    el("h4", {}, "Responses"),
    ...responsesOf(operation, spec),
    el("p", { class: "soft" }, el("a", { href: `#${encodeURIComponent(anchor)}` }, "Link to this operation")),
  );
};

const tryingOf = (call: Call, spec: ApiDocument): Element => {
  const output = el("div", { class: "output", "aria-live": "polite" });
  const submit = el("button", {}, "Send");
  const hint = el("span", { class: "soft" });
  const buttons = el("div", { class: "row sending" }, submit, hint);
  const form = callForm(call, spec, buttons, () => panel.update());
  const panel = snippetPanel(form.filled);
  const isPublic = accessOf(call.operation).isPublic;
  let sending: AbortController | undefined;

  const run = async (): Promise<void> => {
    if (sending !== undefined) return sending.abort();
    sending = new AbortController();
    submit.textContent = "Cancel";
    hint.textContent = isPublic || current() !== undefined ? "" : "Sent without credentials: no one is logged in.";
    await send(form.filled(), output, sending.signal);
    sending = undefined;
    submit.textContent = "Send";
    panel.update();
  };
  form.element.addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });
  // The kind of credential may have changed since.
  form.element.addEventListener("focusin", () => panel.update());
  panel.update();
  return el("div", { class: "trying" }, panel.element, el("h4", {}, "Try it"), form.element, output);
};

const contentOf = (call: Call, spec: ApiDocument): Child[] => {
  try {
    return [el("div", { class: "columns" }, referenceOf(call, spec), tryingOf(call, spec))];
  } catch {
    // Documents of services are only checked where they matter to Fountain.
    return [
      el(
        "p",
        { class: "status bad" },
        "The document of this service describes it in a way that this page cannot show.",
      ),
    ];
  }
};

/** The operation as a disclosure. */
export const operationView = (call: Call, spec: ApiDocument): HTMLDetailsElement =>
  disclosure(
    [
      el("span", { class: `verb ${call.method.toLowerCase()}` }, call.method),
      el(
        "span",
        { class: "title" },
        el("code", {}, call.path),
        el("span", { class: "what" }, ...withCode(textIn(call.operation.summary))),
      ),
      el("span", { class: "row" }, ...chipsOf(call)),
    ],
    () => contentOf(call, spec),
    { class: "operation", "data-text": call.text },
  );
