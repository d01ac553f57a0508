/**
 * The script of the /docs page: it reads /openapi.json, and shows and sends every operation. Credentials stay in the page's
 * memory until it is reloaded.
 */
import { chip, el, field, fill, find } from "./elements.ts";
import {
  type ApiDocument,
  exampleText,
  type Operation,
  type Parameter,
  resolve,
  type Tag,
} from "./openapi-document.ts";

interface Call {
  /** In capitals. */
  method: string;
  path: string;
  operation: Operation;
}

interface Input {
  parameter: Parameter;
  control: HTMLInputElement;
}

interface Body {
  mediaType: string;
  control: HTMLTextAreaElement;
}

const operations = find<HTMLElement>("#operations");
const acting = find<HTMLElement>("#acting");
const kind = find<HTMLSelectElement>("#kind");
const secret = find<HTMLInputElement>("#secret");
const filter = find<HTMLInputElement>("#filter");

let credential = "";

const useToken = (token: string, note: string): void => {
  credential = token;
  kind.value = "token";
  secret.value = token;
  acting.textContent = note;
};

const credentialHeaders = ({ security = [] }: Operation): Record<string, string> => {
  if (security.length === 0 || credential === "") return {};
  return kind.value === "token" ? { authorization: `Bearer ${credential}` } : { "x-api-key": credential };
};

const applyFilter = (): void => {
  const wanted = filter.value.trim().toLowerCase();
  for (const details of document.querySelectorAll<HTMLElement>(".operation"))
    details.hidden = !details.dataset["text"]?.includes(wanted);
  for (const section of document.querySelectorAll<HTMLElement>("#operations section"))
    section.hidden = section.querySelector(".operation:not([hidden])") === null;
};

const show = (spec: ApiDocument): void => {
  operations.replaceChildren(...spec.tags.map((tag) => sectionOf(spec, tag)));
  applyFilter();
};

/** After a logout: the credential, what was typed, and every response. */
const forget = (spec: ApiDocument): void => {
  useToken("", "Logged out. This page has forgotten the session.");
  show(spec);
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The JSON value in the text, or `undefined`. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const accessTokenIn = (value: unknown): string | undefined => {
  if (typeof value !== "object" || value === null || !("access_token" in value)) return undefined;
  return typeof value.access_token === "string" ? value.access_token : undefined;
};

const requestOf = ({ method, path, operation }: Call, inputs: readonly Input[], body: Body | undefined) => {
  const headers = credentialHeaders(operation);
  const query = new URLSearchParams();
  let target = path;
  for (const { parameter, control } of inputs) {
    const { name, in: place } = parameter;
    if (place === "path") target = target.replace(`{${name}}`, encodeURIComponent(control.value));
    else if (control.value === "") continue;
    else if (place === "query") query.set(name, control.value);
    else headers[name] = control.value;
  }
  if (body) headers["content-type"] = body.mediaType;
  const address = query.size === 0 ? target : `${target}?${query}`;
  return { address, init: { method, headers, ...(body && { body: body.control.value }) } };
};

const send = async (
  spec: ApiDocument,
  call: Call,
  { address, init }: ReturnType<typeof requestOf>,
  output: Element,
): Promise<void> => {
  fill(output, [el("p", { class: "status" }, "…")]);
  const startedAt = performance.now();
  try {
    const response = await fetch(address, init);
    const text = await response.text();
    if (response.ok && call.path === "/kms/logout") {
      forget(spec);
      return;
    }
    const took = Math.round(performance.now() - startedAt);
    const status = `${response.status} in ${took} ms, request ${response.headers.get("x-request-id")}`;
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    const value = isJson ? parse(text) : undefined;
    fill(output, [
      el("p", { class: `status ${response.ok ? "good" : "bad"}` }, status),
      el("p", { class: "address" }, `${call.method} ${address}`),
      text === ""
        ? undefined
        : el("pre", { tabindex: "0" }, value === undefined ? text : JSON.stringify(value, null, 2)),
    ]);
    const token = response.ok ? accessTokenIn(value) : undefined;
    if (token !== undefined) useToken(token, "Using the token of the last response.");
  } catch (error) {
    fill(output, [el("p", { class: "status bad" }, `No response: ${messageOf(error)}`)]);
  }
};

const bodyOf = (spec: ApiDocument, { requestBody }: Operation): Body | undefined => {
  const [content] = Object.entries(requestBody?.content ?? {});
  if (content === undefined) return undefined;
  const [mediaType, media] = content;
  const control = el("textarea", { rows: "8", spellcheck: "false" });
  control.value = exampleText(mediaType, media, spec);
  return { mediaType, control };
};

const tryForm = (spec: ApiDocument, call: Call): Element => {
  const inputs = (call.operation.parameters ?? []).map((given) => {
    const parameter = resolve(given, spec.components.parameters);
    const control = el("input", { autocomplete: "off", required: parameter.required, spellcheck: "false" });
    return { parameter, control };
  });
  const body = bodyOf(spec, call.operation);
  const output = el("div", { class: "output", "aria-live": "polite" });
  const form = el(
    "form",
    {},
    ...inputs.map(({ parameter, control }) =>
      field(`${parameter.name} (${parameter.in})`, control, parameter.description),
    ),
    body && field(`Body: ${body.mediaType}`, body.control),
    el("button", {}, "Send"),
    output,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(spec, call, requestOf(call, inputs, body), output);
  });
  return form;
};

const responsesOf = ({ responses = {} }: Operation): Element =>
  el(
    "ul",
    { class: "responses" },
    ...Object.entries(responses).map(([status, { description = "" }]) =>
      el("li", {}, el("code", {}, status), ` ${description}`),
    ),
  );

const accessChips = ({ security = [] }: Operation): Element[] => {
  const [first] = security;
  if (first === undefined) return [chip("public")];
  const [scope] = first.accessToken ?? [];
  const chips = scope === undefined ? [] : [chip(scope)];
  return security.some(({ apiKey }) => apiKey) ? chips : [...chips, chip("users only")];
};

const stepUpChips = (operation: Operation): Element[] => {
  if (operation["x-step-up"] === "always") return [chip("step-up", "strong")];
  return operation["x-step-up"] === "conditional" ? [chip("step-up once enrolled", "strong")] : [];
};

const operationOf = (spec: ApiDocument, call: Call): Element => {
  const { method, path, operation } = call;
  const { summary = "", description } = operation;
  const details = el(
    "details",
    { class: "operation", "data-text": `${method} ${path} ${summary}`.toLowerCase() },
    el(
      "summary",
      {},
      el("span", { class: `verb ${method.toLowerCase()}` }, method),
      el("code", {}, path),
      el("span", { class: "what" }, summary),
      ...accessChips(operation),
      ...stepUpChips(operation),
    ),
  );
  details.addEventListener("toggle", () => {
    if (!details.open || details.childElementCount > 1) return;
    if (description !== undefined) details.append(el("p", {}, description));
    details.append(responsesOf(operation), tryForm(spec, call));
  });
  return details;
};

const sectionOf = (spec: ApiDocument, { name, description }: Tag): Element => {
  const calls = Object.entries(spec.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, { tags }]) => tags.includes(name))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return el(
    "section",
    {},
    el("h2", {}, `${name} `, el("small", {}, description)),
    ...calls.map((call) => operationOf(spec, call)),
  );
};

const start = async (): Promise<void> => {
  try {
    const response = await fetch("/openapi.json");
    if (!response.ok) throw new Error(`openapi.json responded ${response.status}`);
    const spec: ApiDocument = await response.json();
    show(spec);
  } catch (error) {
    fill(operations, [el("p", { class: "status bad" }, `Not ready: ${messageOf(error)}. Reload in a moment.`)]);
  }
};

secret.addEventListener("input", () => {
  credential = secret.value.trim();
  acting.textContent = "";
});
filter.addEventListener("input", applyFilter);
void start();
