/**
 * The script of the /docs page, as text: it reads /openapi.json and builds everything with `textContent`, so nothing that
 * a document or a response says can become markup. Credentials stay in the page's memory until it is reloaded.
 */
export const DOCS_SCRIPT = `
"use strict";
const credential = { kind: "token", value: "" };
let spec;

const fill = (node, children) => {
  node.replaceChildren(...children.filter((child) => child !== undefined));
  return node;
};

const el = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  return fill(node, children);
};

const resolve = (thing) => {
  if (!thing || !thing.$ref) return thing || {};
  return thing.$ref.slice(2).split("/").reduce((at, step) => at[step.replaceAll("~1", "/").replaceAll("~0", "~")], spec);
};

const typeOf = (schema) => [].concat(schema.type || (schema.properties ? "object" : "string"))[0];

const exampleOf = (given, depth = 0) => {
  const schema = resolve(given);
  if (schema.example !== undefined) return schema.example;
  if (schema.examples && schema.examples.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = (schema.oneOf || schema.anyOf || [])[0];
  if (choice) return exampleOf(choice, depth);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, depth)));
  const type = typeOf(schema);
  if (type === "object") {
    const required = new Set(schema.required || []);
    const wanted = Object.entries(schema.properties || {}).filter(([name]) => required.has(name));
    return depth > 4 ? {} : Object.fromEntries(wanted.map(([name, part]) => [name, exampleOf(part, depth + 1)]));
  }
  if (type === "array") return depth > 4 || !schema.items ? [] : [exampleOf(schema.items, depth + 1)];
  if (type === "integer" || type === "number") return schema.minimum > 0 ? schema.minimum : 1;
  return type === "boolean" ? false : "";
};

const exampleText = (mediaType, media) => {
  const example = media.example === undefined ? exampleOf(media.schema) : media.example;
  if (mediaType === "application/json") return JSON.stringify(example, null, 2);
  if (mediaType === "application/x-www-form-urlencoded" && typeof example === "object") {
    return new URLSearchParams(example).toString();
  }
  return typeof example === "string" ? example : "";
};

const field = (label, control, hint) =>
  el("label", { class: "field" }, el("span", {}, label), control, hint ? el("small", {}, hint) : undefined);

const chip = (text, kind) => el("span", { class: "chip " + (kind || "") }, text);

const chipsOf = (operation) => {
  const security = operation.security || [];
  const chips = [];
  if (security.length === 0) chips.push(chip("public"));
  else {
    const [scope] = security[0].accessToken || [];
    if (scope) chips.push(chip(scope));
    if (!security.some((way) => way.apiKey)) chips.push(chip("users only"));
  }
  if (operation["x-step-up"] === "always") chips.push(chip("step-up", "strong"));
  if (operation["x-step-up"] === "conditional") chips.push(chip("step-up once enrolled", "strong"));
  return chips;
};

const pretty = (text, type) => {
  if (!/json/.test(type)) return text;
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
};

const useToken = (token) => {
  credential.kind = "token";
  credential.value = token;
  document.getElementById("kind").value = "token";
  document.getElementById("secret").value = token;
  document.getElementById("acting").textContent = "Using the token of the last response.";
};

/** After a logout: the credential, what was typed, and every response. */
const forget = () => {
  useToken("");
  document.getElementById("operations").replaceChildren(...spec.tags.map(sectionOf));
  filter(document.getElementById("filter").value);
  document.getElementById("acting").textContent = "Logged out. This page has forgotten the session.";
};

const credentialHeaders = (operation) => {
  if ((operation.security || []).length === 0 || credential.value === "") return {};
  return credential.kind === "token"
    ? { authorization: "Bearer " + credential.value }
    : { "x-api-key": credential.value };
};

const send = async (method, path, operation, inputs, body, output) => {
  const headers = credentialHeaders(operation);
  const query = new URLSearchParams();
  let target = path;
  for (const { parameter, control } of inputs) {
    if (parameter.in === "path") target = target.replace("{" + parameter.name + "}", encodeURIComponent(control.value));
    else if (control.value === "") continue;
    else if (parameter.in === "query") query.set(parameter.name, control.value);
    else headers[parameter.name] = control.value;
  }
  if (body) headers["content-type"] = body.mediaType;
  const address = target + (query.size ? "?" + query : "");
  output.replaceChildren(el("p", { class: "status" }, "…"));
  const startedAt = performance.now();
  try {
    const response = await fetch(address, { method, headers, body: body ? body.control.value : undefined });
    const text = await response.text();
    if (response.ok && path === "/kms/logout") return forget();
    const took = Math.round(performance.now() - startedAt);
    const type = response.headers.get("content-type") || "";
    const status = response.status + " in " + took + " ms, request " + response.headers.get("x-request-id");
    fill(output, [
      el("p", { class: "status " + (response.ok ? "good" : "bad") }, status),
      el("p", { class: "address" }, method + " " + address),
      text ? el("pre", { tabindex: "0" }, pretty(text, type)) : undefined,
    ]);
    if (response.ok && /json/.test(type)) {
      const tokens = JSON.parse(text);
      if (typeof tokens.access_token === "string") useToken(tokens.access_token);
    }
  } catch (error) {
    output.replaceChildren(el("p", { class: "status bad" }, "No response: " + error.message));
  }
};

const tryForm = (method, path, operation) => {
  const inputs = (operation.parameters || []).map(resolve).map((parameter) => ({
    parameter,
    control: el("input", { autocomplete: "off", required: parameter.required, spellcheck: "false" }),
  }));
  const content = Object.entries((operation.requestBody || {}).content || {})[0];
  const body = content && { mediaType: content[0], control: el("textarea", { rows: "8", spellcheck: "false" }) };
  if (body) body.control.value = exampleText(body.mediaType, content[1]);
  const output = el("div", { class: "output", "aria-live": "polite" });
  const submit = (event) => {
    event.preventDefault();
    send(method, path, operation, inputs, body, output);
  };
  return el("form", { onsubmit: submit },
    ...inputs.map(({ parameter, control }) =>
      field(parameter.name + " (" + parameter.in + ")", control, parameter.description)),
    body ? field("Body: " + body.mediaType, body.control) : undefined,
    el("button", {}, "Send"),
    output);
};

const responsesOf = (operation) =>
  el("ul", { class: "responses" }, ...Object.entries(operation.responses || {}).map(([status, response]) =>
    el("li", {}, el("code", {}, status), " " + (resolve(response).description || ""))));

const operationOf = (path, method, operation) => {
  const verb = method.toUpperCase();
  const details = el("details", { class: "operation" },
    el("summary", {},
      el("span", { class: "verb " + method }, verb), el("code", {}, path),
      el("span", { class: "what" }, operation.summary || ""), ...chipsOf(operation)));
  details.dataset.text = [verb, path, operation.summary].join(" ").toLowerCase();
  details.addEventListener("toggle", () => {
    if (!details.open || details.childElementCount > 1) return;
    if (operation.description) details.append(el("p", {}, operation.description));
    details.append(responsesOf(operation), tryForm(verb, path, operation));
  });
  return details;
};

const sectionOf = (tag) => {
  const operations = Object.entries(spec.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => operation.tags.includes(tag.name))
      .map(([method, operation]) => operationOf(path, method, operation)));
  return el("section", {}, el("h2", {}, tag.name + " ", el("small", {}, tag.description)), ...operations);
};

const filter = (text) => {
  for (const details of document.querySelectorAll(".operation")) {
    details.hidden = !details.dataset.text.includes(text.trim().toLowerCase());
  }
  for (const section of document.querySelectorAll("#operations section")) {
    section.hidden = !section.querySelector(".operation:not([hidden])");
  }
};

const start = async () => {
  const operations = document.getElementById("operations");
  try {
    const response = await fetch("/openapi.json");
    if (!response.ok) throw new Error("openapi.json responded " + response.status);
    spec = await response.json();
    operations.replaceChildren(...spec.tags.map(sectionOf));
  } catch (error) {
    operations.replaceChildren(el("p", { class: "status bad" }, "Not ready: " + error.message + ". Reload in a moment."));
  }
};

document.getElementById("kind").addEventListener("change", (event) => { credential.kind = event.target.value; });
document.getElementById("secret").addEventListener("input", (event) => {
  credential.value = event.target.value.trim();
  document.getElementById("acting").textContent = "";
});
document.getElementById("filter").addEventListener("input", (event) => filter(event.target.value));
start();
`;
