/** A call as a program with the typed client. */
import { isTyped, typedValue, type Value, valuesIn } from "../document/request.ts";
import { type Body, bodyText, type Snippet } from "./snippet.ts";

const NAME = /^[A-Za-z_$][\w$]*$/;

/** JSON as a literal, with names unquoted where they may be. */
const literal = (value: unknown, indent = ""): string => {
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.length > 0) {
    const items = value.map((item) => literal(item, inner));
    const flat = `[${items.join(", ")}]`;
    return flat.includes("\n") ? `[\n${items.map((item) => `${inner}${item},\n`).join("")}${indent}]` : flat;
  }
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, part]) => {
    const key = NAME.test(name) ? name : JSON.stringify(name);
    // As a computed name, it is a member like any other.
    return `${inner}${name === "__proto__" ? '["__proto__"]' : key}: ${literal(part, inner)},\n`;
  });
  return `{\n${members.join("")}${indent}}`;
};

const bodyLiteral = (body: Body, indent: string): string => {
  if (body.kind === "json") return literal(body.value, indent);
  if (body.kind === "text") return JSON.stringify(body.text);
  return `new URLSearchParams(${literal(Object.fromEntries(body.value), indent)})`;
};

const CREDENTIALS = {
  token: '  credentials: { accessToken: process.env.TOKEN ?? "" },\n',
  key: '  credentials: { apiKey: process.env.API_KEY ?? "" },\n',
};

const membersOf = (values: readonly Value[], textOf: (value: Value) => unknown): object | undefined =>
  values.length === 0 ? undefined : Object.fromEntries(values.map((value) => [value.parameter.name, textOf(value)]));

/** An object literal of the members that there are; empty without any. */
const options = (members: Record<string, string | undefined>): string => {
  const lines = Object.entries(members).flatMap(([name, text]) =>
    text === undefined ? [] : [`  ${name}: ${text},\n`],
  );
  return lines.length === 0 ? "" : `, {\n${lines.join("")}}`;
};

const objectLiteral = (members: object | undefined): string | undefined => members && literal(members, "  ");

/** What the client has no type for: services behind the gateway, pages, and bodies that are not what they should be. */
const byFetch = ({ filled, address, headers, mediaType, body }: Snippet): string => {
  const { method } = filled.call;
  const fields = { ...headers, ...(mediaType !== undefined && { "content-type": mediaType }) };
  const given = options({
    method: method === "GET" ? undefined : JSON.stringify(method),
    headers: Object.keys(fields).length === 0 ? undefined : objectLiteral(fields),
    body:
      body && (body.kind === "json" ? `JSON.stringify(${literal(body.value, "  ")})` : JSON.stringify(bodyText(body))),
  });
  return `const response = await client.fetch(${JSON.stringify(address)}${given});
console.log(response.status, await response.text());`;
};

const byCall = ({ filled, headers, body }: Snippet): string => {
  const { method, path } = filled.call;
  const given = options({
    path: objectLiteral(membersOf(valuesIn(filled, "path"), typedValue)),
    query: objectLiteral(membersOf(valuesIn(filled, "query"), typedValue)),
    headers: Object.keys(headers).length === 0 ? undefined : objectLiteral(headers),
    body: body && bodyLiteral(body, "  "),
  });
  return `const { data } = await client.call(${JSON.stringify(`${method} ${path}`)}${given});
console.log(data);`;
};

/** With the credential in the environment, as TOKEN or API_KEY. */
export const typescriptOf = (snippet: Snippet): string => {
  const { filled, url, address, credential } = snippet;
  const origin = JSON.stringify(url.slice(0, url.length - address.length));
  const client = `import { createClient } from "fountain-client";

const client = createClient({
  url: ${origin},
${credential === undefined ? "" : CREDENTIALS[credential]}});
`;
  return `${client}${isTyped(filled.call) ? byCall(snippet) : byFetch(snippet)}\n`;
};
