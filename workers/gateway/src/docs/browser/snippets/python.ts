/** A call as a program of Python's standard library. */
import { type Body, bodyText, type Snippet } from "./snippet.ts";

const CONSTANTS = new Map<unknown, string>([
  [true, "True"],
  [false, "False"],
  [null, "None"],
]);

/** JSON as a literal: its strings and numbers are Python's too. */
const literal = (value: unknown, indent = ""): string => {
  const constant = CONSTANTS.get(value);
  if (constant !== undefined) return constant;
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    const items = value.map((item) => literal(item, inner));
    const flat = `[${items.join(", ")}]`;
    return flat.includes("\n") ? `[\n${items.map((item) => `${inner}${item},\n`).join("")}${indent}]` : flat;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, part]) => `${inner}${JSON.stringify(name)}: ${literal(part, inner)},\n`,
  );
  return members.length === 0 ? "{}" : `{\n${members.join("")}${indent}}`;
};

const CREDENTIALS = {
  token: '"Authorization": "Bearer " + os.environ["TOKEN"]',
  key: '"X-API-Key": os.environ["API_KEY"]',
};

const dataOf = (body: Body): string =>
  body.kind === "json"
    ? `json.dumps(${literal(body.value, "    ")}).encode()`
    : `${JSON.stringify(bodyText(body))}.encode()`;

/** With the credential in the environment, as TOKEN or API_KEY. */
export const pythonOf = ({ filled, url, credential, headers, mediaType, body }: Snippet): string => {
  const fields = Object.entries({ ...headers, ...(mediaType !== undefined && { "Content-Type": mediaType }) });
  const headerLines = [
    ...(credential === undefined ? [] : [CREDENTIALS[credential]]),
    ...fields.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`),
  ].map((line) => `        ${line},\n`);
  const modules = [
    ...(body?.kind === "json" ? ["json"] : []),
    ...(credential === undefined ? [] : ["os"]),
    "urllib.request",
  ];
  const lines = [
    ...modules.map((name) => `import ${name}`),
    "",
    "request = urllib.request.Request(",
    `    ${JSON.stringify(url)},`,
    `    method=${JSON.stringify(filled.call.method)},`,
    ...(headerLines.length === 0 ? [] : [`    headers={\n${headerLines.join("")}    },`]),
    ...(body === undefined ? [] : [`    data=${dataOf(body)},`]),
    ")",
    "with urllib.request.urlopen(request) as response:",
    "    print(response.status, response.read().decode())",
  ];
  return `${lines.join("\n")}\n`;
};
