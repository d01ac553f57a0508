/** Compiled from browser/docs.ts by `npm run fix`. */
export const DOCS_SCRIPT = `
"use strict";
(() => {
  // elements.ts
  var fill = (node, children) => node.replaceChildren(...children.filter((child) => child !== void 0));
  var el = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) {
      if (value !== void 0 && value !== false) node.setAttribute(attribute, value === true ? "" : value);
    }
    fill(node, children);
    return node;
  };
  var find = (selector) => {
    const found = document.querySelector(selector);
    if (found === null) throw new Error(\`the page has no \${selector}\`);
    return found;
  };
  var field = (label, control, hint) => el("label", { class: "field" }, el("span", {}, label), control, hint ? el("small", {}, hint) : void 0);
  var chip = (text, kind2 = "") => el("span", { class: \`chip \${kind2}\` }, text);

  // openapi-document.ts
  var resolve = (thing, components) => (thing.$ref === void 0 ? void 0 : components[thing.$ref.slice(thing.$ref.lastIndexOf("/") + 1)]) ?? thing;
  var MAX_DEPTH = 4;
  var typeOf = ({ type, properties }) => [type ?? (properties ? "object" : "string")].flat()[0];
  var exampleOf = (given, schemas, depth = 0) => {
    const schema = resolve(given, schemas);
    const inner = (part) => exampleOf(part, schemas, depth + 1);
    const examples = [schema.example, schema.examples?.[0], schema.default, schema.const, schema.enum?.[0]];
    const said = examples.find((example) => example !== void 0);
    if (said !== void 0) return said;
    const choice = (schema.oneOf ?? schema.anyOf)?.[0];
    if (choice) return depth > MAX_DEPTH ? null : inner(choice);
    if (schema.allOf) return depth > MAX_DEPTH ? {} : Object.assign({}, ...schema.allOf.map(inner));
    const type = typeOf(schema);
    if (type === "object") {
      const wanted = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name));
      return depth > MAX_DEPTH ? {} : Object.fromEntries(wanted.map(([name, part]) => [name, inner(part)]));
    }
    if (type === "array") return depth > MAX_DEPTH || !schema.items ? [] : [inner(schema.items)];
    if (type === "integer" || type === "number") return (schema.minimum ?? 0) > 0 ? schema.minimum : 1;
    return type === "boolean" ? false : "";
  };
  var exampleText = (mediaType, { example, schema = {} }, { components }) => {
    const value = example ?? exampleOf(schema, components.schemas);
    if (mediaType === "application/json") return JSON.stringify(value, null, 2);
    if (mediaType === "application/x-www-form-urlencoded" && typeof value === "object")
      return new URLSearchParams({ ...value }).toString();
    return typeof value === "string" ? value : "";
  };

  // docs.ts
  var operations = find("#operations");
  var acting = find("#acting");
  var kind = find("#kind");
  var secret = find("#secret");
  var filter = find("#filter");
  var credential = "";
  var useToken = (token, note) => {
    credential = token;
    kind.value = "token";
    secret.value = token;
    acting.textContent = note;
  };
  var credentialHeaders = ({ security = [] }) => {
    if (security.length === 0 || credential === "") return {};
    return kind.value === "token" ? { authorization: \`Bearer \${credential}\` } : { "x-api-key": credential };
  };
  var applyFilter = () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const details of document.querySelectorAll(".operation"))
      details.hidden = !details.dataset["text"]?.includes(wanted);
    for (const section of document.querySelectorAll("#operations section"))
      section.hidden = section.querySelector(".operation:not([hidden])") === null;
  };
  var show = (spec) => {
    operations.replaceChildren(...spec.tags.map((tag) => sectionOf(spec, tag)));
    applyFilter();
  };
  var forget = (spec) => {
    useToken("", "Logged out. This page has forgotten the session.");
    show(spec);
  };
  var messageOf = (error) => error instanceof Error ? error.message : String(error);
  var parse = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return void 0;
    }
  };
  var accessTokenIn = (value) => {
    if (typeof value !== "object" || value === null || !("access_token" in value)) return void 0;
    return typeof value.access_token === "string" ? value.access_token : void 0;
  };
  var requestOf = ({ method, path, operation }, inputs, body) => {
    const headers = credentialHeaders(operation);
    const query = new URLSearchParams();
    let target = path;
    for (const { parameter, control } of inputs) {
      const { name, in: place } = parameter;
      if (place === "path") target = target.replace(\`{\${name}}\`, encodeURIComponent(control.value));
      else if (control.value === "") continue;
      else if (place === "query") query.set(name, control.value);
      else headers[name] = control.value;
    }
    if (body) headers["content-type"] = body.mediaType;
    const address = query.size === 0 ? target : \`\${target}?\${query}\`;
    return { address, init: { method, headers, ...body && { body: body.control.value } } };
  };
  var send = async (spec, call, { address, init }, output) => {
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
      const status = \`\${response.status} in \${took} ms, request \${response.headers.get("x-request-id")}\`;
      const isJson = (response.headers.get("content-type") ?? "").includes("json");
      const value = isJson ? parse(text) : void 0;
      fill(output, [
        el("p", { class: \`status \${response.ok ? "good" : "bad"}\` }, status),
        el("p", { class: "address" }, \`\${call.method} \${address}\`),
        text === "" ? void 0 : el("pre", { tabindex: "0" }, value === void 0 ? text : JSON.stringify(value, null, 2))
      ]);
      const token = response.ok ? accessTokenIn(value) : void 0;
      if (token !== void 0) useToken(token, "Using the token of the last response.");
    } catch (error) {
      fill(output, [el("p", { class: "status bad" }, \`No response: \${messageOf(error)}\`)]);
    }
  };
  var bodyOf = (spec, { requestBody }) => {
    const [content] = Object.entries(requestBody?.content ?? {});
    if (content === void 0) return void 0;
    const [mediaType, media] = content;
    const control = el("textarea", { rows: "8", spellcheck: "false" });
    control.value = exampleText(mediaType, media, spec);
    return { mediaType, control };
  };
  var tryForm = (spec, call) => {
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
      ...inputs.map(
        ({ parameter, control }) => field(\`\${parameter.name} (\${parameter.in})\`, control, parameter.description)
      ),
      body && field(\`Body: \${body.mediaType}\`, body.control),
      el("button", {}, "Send"),
      output
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void send(spec, call, requestOf(call, inputs, body), output);
    });
    return form;
  };
  var responsesOf = ({ responses = {} }) => el(
    "ul",
    { class: "responses" },
    ...Object.entries(responses).map(
      ([status, { description = "" }]) => el("li", {}, el("code", {}, status), \` \${description}\`)
    )
  );
  var accessChips = ({ security = [] }) => {
    const [first] = security;
    if (first === void 0) return [chip("public")];
    const [scope] = first.accessToken ?? [];
    const chips = scope === void 0 ? [] : [chip(scope)];
    return security.some(({ apiKey }) => apiKey) ? chips : [...chips, chip("users only")];
  };
  var stepUpChips = (operation) => {
    if (operation["x-step-up"] === "always") return [chip("step-up", "strong")];
    return operation["x-step-up"] === "conditional" ? [chip("step-up once enrolled", "strong")] : [];
  };
  var operationOf = (spec, call) => {
    const { method, path, operation } = call;
    const { summary = "", description } = operation;
    const details = el(
      "details",
      { class: "operation", "data-text": \`\${method} \${path} \${summary}\`.toLowerCase() },
      el(
        "summary",
        {},
        el("span", { class: \`verb \${method.toLowerCase()}\` }, method),
        el("code", {}, path),
        el("span", { class: "what" }, summary),
        ...accessChips(operation),
        ...stepUpChips(operation)
      )
    );
    details.addEventListener("toggle", () => {
      if (!details.open || details.childElementCount > 1) return;
      if (description !== void 0) details.append(el("p", {}, description));
      details.append(responsesOf(operation), tryForm(spec, call));
    });
    return details;
  };
  var sectionOf = (spec, { name, description }) => {
    const calls = Object.entries(spec.paths).flatMap(
      ([path, item]) => Object.entries(item).filter(([, { tags }]) => tags.includes(name)).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation }))
    );
    return el(
      "section",
      {},
      el("h2", {}, \`\${name} \`, el("small", {}, description)),
      ...calls.map((call) => operationOf(spec, call))
    );
  };
  var start = async () => {
    try {
      const response = await fetch("/openapi.json");
      if (!response.ok) throw new Error(\`openapi.json responded \${response.status}\`);
      const spec = await response.json();
      show(spec);
    } catch (error) {
      fill(operations, [el("p", { class: "status bad" }, \`Not ready: \${messageOf(error)}. Reload in a moment.\`)]);
    }
  };
  secret.addEventListener("input", () => {
    credential = secret.value.trim();
    acting.textContent = "";
  });
  filter.addEventListener("input", applyFilter);
  void start();
})();
`;
