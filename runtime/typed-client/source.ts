/** The source of the typed client's operations: what each one takes and returns, as the API document says. */
import { ROUTES } from "../../shared/policy/routes.ts";
import { PROBLEMS } from "../../shared/problem/catalogue.ts";
import { indented, isSchema, memberName, type Schema, typeOf } from "./schema-type.ts";

/** As much of the document as is read. */
export interface ApiDocument {
  paths: Record<string, Schema>;
  components: { schemas: Record<string, unknown> };
}

const IDEMPOTENCY_KEY = "idempotency-key";

const record = (value: unknown): Schema => (isSchema(value) ? value : {});

const parametersOf = (operation: Schema): Schema[] =>
  Array.isArray(operation["parameters"]) ? operation["parameters"].map(record) : [];

/** The parameters of one kind, as an object; `undefined` where there are none. */
const parametersType = (operation: Schema, kind: "path" | "query"): string | undefined => {
  const parameters = parametersOf(operation).filter((parameter) => parameter["in"] === kind);
  if (parameters.length === 0) return undefined;
  const members = parameters.map(({ name, required, schema }) => [String(name), schema, required === true] as const);
  const type = typeOf({
    type: "object",
    properties: Object.fromEntries(members.map(([name, schema]) => [name, schema])),
    required: members.flatMap(([name, , required]) => (required ? [name] : [])),
  });
  return `${kind}${members.some(([, , required]) => required) ? "" : "?"}: ${type};`;
};

const BODIES: Record<string, (schema: unknown) => string> = {
  "application/json": typeOf,
  "application/x-www-form-urlencoded": () => "URLSearchParams",
  "text/plain": () => "string",
};

const bodyType = (operation: Schema): string | undefined => {
  const body = record(operation["requestBody"]);
  if (operation["requestBody"] === undefined) return undefined;
  const [[type, media] = []] = Object.entries(record(body["content"])).filter(([name]) => name in BODIES);
  const describe = type === undefined ? undefined : BODIES[type];
  if (describe === undefined) throw new Error(`the body of ${operation["operationId"]} is of no known type`);
  return `body${body["required"] === true ? "" : "?"}: ${describe(record(media)["schema"])};`;
};

/** What a success gives: JSON as it is parsed, other content as text, and `undefined` where there is none. */
const dataOf = (response: unknown): string => {
  const content = record(record(response)["content"]);
  const [first] = Object.keys(content);
  if (first === undefined) return "undefined";
  return first === "application/json" ? typeOf(record(content[first])["schema"]) : "string";
};

const dataType = (operation: Schema): string => {
  const successes = Object.entries(record(operation["responses"])).filter(([status]) => status.startsWith("2"));
  return `data: ${[...new Set(successes.map(([, response]) => dataOf(response)))].join(" | ")};`;
};

/** The demands of an operation: a scope, a second factor. */
const demandsOf = (operation: Schema): string[] => {
  const [first] = Array.isArray(operation["security"]) ? operation["security"] : [];
  const scopes = Object.values(record(first)).flat();
  return [
    ...(first === undefined ? ["for anyone"] : []),
    ...(scopes.length > 0 ? [`scope \`${scopes.join(" ")}\``] : []),
    ...(operation["x-step-up"] === "always" ? ["step-up"] : []),
    ...(operation["x-step-up"] === "conditional" ? ["step-up, once a factor is enrolled"] : []),
  ];
};

const comment = (operation: Schema): string => {
  const demands = demandsOf(operation);
  const said = `${operation["summary"]}.${demands.length > 0 ? ` (${demands.join("; ")})` : ""}`;
  return `/** ${said.replaceAll("*/", "*\\/")} */`;
};

interface Operation {
  key: string;
  operation: Schema;
}

/** Pages for people are left out: they are no operations of programs. */
const isPage = (operation: Schema): boolean =>
  Object.values(record(operation["responses"])).some((response) => "text/html" in record(record(response)["content"]));

const operationsOf = ({ paths }: ApiDocument): Operation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      isPage(record(operation)) ? [] : [{ key: `${method.toUpperCase()} ${path}`, operation: record(operation) }],
    ),
  );

const operationMember = ({ key, operation }: Operation): string => {
  const members = [
    parametersType(operation, "path"),
    parametersType(operation, "query"),
    bodyType(operation),
    dataType(operation),
  ].filter((member) => member !== undefined);
  return `${comment(operation)}\n${JSON.stringify(key)}: {\n${indented(members.join("\n"))}\n};`;
};

const interfaceOf = (name: string, said: string, members: readonly string[]): string =>
  `/** ${said} */\nexport interface ${name} {\n${indented(members.join("\n"))}\n}\n`;

/** The client keeps the slashes of parameters with this name, and encodes those of all others. */
const SEVERAL_SEGMENTS = "path";

/** Throws where a parameter takes several segments and is not called as the client knows it, or the other way round. */
const assertSegments = (): void => {
  for (const template of Object.values(ROUTES).flatMap((table) => Object.keys(table)))
    for (const [, name, isSeveral] of template.matchAll(/\{(\w+)(\+?)\}/g))
      if ((name === SEVERAL_SEGMENTS) !== (isSeveral === "+") && !template.includes("/.well-known/"))
        throw new Error(`${template}: parameters of several segments, and no others, are called ${SEVERAL_SEGMENTS}`);
};

/** The whole file. Throws where the document has something that the client has no type for. */
export const sourceOf = (document: ApiDocument): string => {
  assertSegments();
  const operations = operationsOf(document);
  const withKeys = operations.filter(({ operation }) =>
    parametersOf(operation).some(({ name }) => name === IDEMPOTENCY_KEY),
  );
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `${memberName(name)}: ${typeOf(schema)};`,
  );
  const list = (lines: readonly string[], separator: string) => indented(lines.join(separator));
  return [
    "/** Generated from the API document by `npm run fix`: what each operation takes and returns. */\n",
    interfaceOf("Schemas", "What operations take and return, by name.", schemas),
    interfaceOf(
      "Operations",
      "Every operation of Fountain, by method and path: the parts of its request, and `data`, what a success gives.",
      operations.map(operationMember),
    ),
    `/** The codes of Fountain's problems. */\nexport type ProblemCode =\n${list(
      Object.keys(PROBLEMS).map((code) => `| ${JSON.stringify(code)}`),
      "\n",
    )};\n`,
    `/** The writes that take an \`Idempotency-Key\`. */\nexport const TAKING_A_KEY: ReadonlySet<string> = new Set([\n${list(
      withKeys.map(({ key }) => `${JSON.stringify(key)},`),
      "\n",
    )}\n]);\n`,
  ].join("\n");
};
