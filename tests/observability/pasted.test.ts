/** A credential pasted into the wrong field, of any operation there is, stands in neither the audit trail nor the log. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { caller, type Headers } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Mint, openMint } from "../support/mint.ts";
import { registerService } from "../support/session.ts";

type Schema = z.infer<typeof schemaShape>;

const schemaShape = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  minimum: z.number().optional(),
  required: z.array(z.string()).optional(),
  $ref: z.string().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});

const operationShape = z.looseObject({
  parameters: z.array(z.unknown()).optional(),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) }).optional(),
});

const parameterShape = z.union([z.object({ $ref: z.string() }), z.looseObject({ name: z.string(), in: z.string() })]);

const documentShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({
    schemas: z.record(z.string(), z.unknown()),
    parameters: z.record(z.string(), z.unknown()).default({}),
  }),
});

/** Where the credential is pasted: in one place of one operation. */
interface Paste {
  name: string;
  method: string;
  path: string;
  headers: Headers;
  body: string | undefined;
}

let fountain: Fountain;
let mint: Mint;
let key: string;
let document: z.infer<typeof documentShape>;
const call = caller(() => fountain);

beforeAll(async () => {
  fountain = await startFountain({ settings: { REGISTRATION: "open" } });
  await call("GET", "/.well-known/jwks.json");
  mint = await openMint(fountain);
  key = (await registerService(fountain, await administrator(), "pasted", ["search:read"]))["x-api-key"] ?? "";
  document = documentShape.parse(JSON.parse((await call("GET", "/openapi.json")).text));
});
afterAll(() => fountain?.stop());

const administrator = async (): Promise<Headers> => {
  const claims = { scope: SCOPES.join(" "), acr: "aal2", amr: ["pwd", "otp", "mfa"], sid: crypto.randomUUID() };
  return { authorization: `Bearer ${await mint.sign(claims)}` };
};

const resolved = (schema: unknown): Schema => {
  const read = schemaShape.parse(schema ?? {});
  const name = read.$ref?.split("/").at(-1);
  return name === undefined ? read : resolved(document.components.schemas[name]);
};

const parameterOf = (parameter: unknown): { name: string; in: string } => {
  const read = parameterShape.parse(parameter);
  return "name" in read ? read : parameterOf(document.components.parameters[read.$ref.split("/").at(-1) ?? ""]);
};

/** What is accepted under these names, so that a call succeeds wherever the credential stands in another member. */
const MEMBERS: Record<string, unknown> = {
  password: "a long enough password",
  newPassword: "a long enough password",
  scopes: ["search:read"],
  allowedAddresses: ["192.0.2.1"],
  plaintext: "cGFzdGVk",
  roles: ["user"],
  permissions: ["search:read"],
};

const STRINGS: Record<string, string> = {
  email: "ann@example.com",
  "date-time": "2100-01-01T00:00:00Z",
  uri: "https://example.com",
};

/** Something that fits the schema, as far as the document says what does. */
const sampleOf = (schema: unknown): unknown => {
  const {
    type,
    format,
    enum: values,
    const: only,
    minimum,
    required = [],
    items,
    properties,
    ...rest
  } = resolved(schema);
  if (only !== undefined) return only;
  if (values) return values[0];
  const [alternative] = rest.anyOf ?? rest.oneOf ?? [];
  if (alternative !== undefined) return sampleOf(alternative);
  switch ([type].flat()[0]) {
    case "string":
      return STRINGS[format ?? ""] ?? "pasted";
    case "integer":
    case "number":
      return minimum ?? 1;
    case "boolean":
      return true;
    case "array":
      return [sampleOf(items)];
    default:
      return Object.fromEntries(required.map((name) => [name, MEMBERS[name] ?? sampleOf(properties?.[name])]));
  }
};

/** The bodies in which one member is the credential, or a list or an object of it. */
const bodiesOf = (schema: unknown): [string, unknown][] => {
  const { anyOf, oneOf, properties = {} } = resolved(schema);
  const alternatives = anyOf ?? oneOf;
  if (alternatives) return alternatives.flatMap(bodiesOf);
  const whole = Object(sampleOf(schema));
  return Object.keys(properties).flatMap((name): [string, unknown][] =>
    [key, [key], { [key]: key }].map((value) => [name, { ...whole, [name]: value }]),
  );
};

const pathWith = (template: string, pasted: string | undefined): string =>
  template.replaceAll(/\{([^}]+)\}/g, (_, name: string) => (name === pasted ? key : "pasted"));

const pastesOf = (template: string, method: string, operation: unknown): Paste[] => {
  const { parameters = [], requestBody } = operationShape.parse(operation);
  const [[mediaType, content] = []] = Object.entries(requestBody?.content ?? {});
  const isForm = mediaType === "application/x-www-form-urlencoded";
  const encode = (body: unknown): string =>
    isForm
      ? new URLSearchParams(Object.entries(Object(body)).map(([name, value]) => [name, String(value)])).toString()
      : JSON.stringify(body);
  const headers: Headers = mediaType === undefined ? {} : { "content-type": mediaType };
  const sample = content && encode(sampleOf(content.schema));
  const plain = { method: method.toUpperCase(), path: pathWith(template, undefined), headers, body: sample };
  const name = `${plain.method} ${template}`;
  const inPath = [...template.matchAll(/\{([^}]+)\}/g)].map(([, parameter = ""]) => ({
    ...plain,
    name: `${name}: ${parameter}`,
    path: pathWith(template, parameter),
  }));
  const elsewhere = parameters.map(parameterOf).flatMap(({ name: parameter, in: place }) => {
    if (place === "query")
      return [{ ...plain, name: `${name}?${parameter}`, path: `${plain.path}?${parameter}=${key}` }];
    return place === "header"
      ? [{ ...plain, name: `${name} (${parameter})`, headers: { ...headers, [parameter]: key } }]
      : [];
  });
  const inBody = content
    ? bodiesOf(content.schema).map(([member, body]) => ({ ...plain, name: `${name} {${member}}`, body: encode(body) }))
    : [];
  const asRequestId = { ...plain, name: `${name} (X-Request-Id)`, headers: { ...headers, "x-request-id": key } };
  return [...inPath, ...elsewhere, ...inBody, asRequestId];
};

/** The trail with what is sealed in it as administrators read it, a line for each entry. */
const readTrail = async (): Promise<string[]> => {
  const lines: string[] = [];
  for (let after: unknown = ""; after !== null; ) {
    const page = await call("GET", `/kms/audit?limit=200${after && `&after=${after}`}`, await administrator());
    expect(page.status).toBe(200);
    lines.push(...Object(page.body["items"]).map((entry: unknown) => JSON.stringify(entry)));
    after = page.body["next"];
  }
  return lines;
};

/** All lines of the trail, as it is exported and as it is read, and of the log. */
const recorded = async (): Promise<string> => {
  const headers = { ...(await administrator()), accept: "application/x-ndjson" };
  const exported = await (await fountain.fetch("/kms/audit", { headers })).text();
  return [exported, ...(await readTrail()), ...fountain.logs].join("\n");
};

test("a credential pasted anywhere is recorded nowhere", { timeout: 300_000 }, async () => {
  const pastes = Object.entries(document.paths).flatMap(([template, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) => pastesOf(template, method, operation)),
  );
  expect(pastes.length).toBeGreaterThan(200);
  const statuses = new Set<number>();
  for (const { method, path, headers, body } of pastes) {
    const { status } = await call(method, path, { ...(await administrator()), ...headers }, body);
    statuses.add(status);
  }
  // Else this would prove little: calls were made that succeeded, and such as failed where things were looked for.
  expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 401, 404, 409, 422]));
  expect(statuses.has(500)).toBe(false);
  const secret = key.split("_")[2] ?? "";
  expect(secret).toHaveLength(43);
  const lines = (await recorded()).split("\n");
  expect(lines.length).toBeGreaterThan(pastes.length);
  expect(lines.filter((line) => line.includes(secret))).toEqual([]);
});

const PASSWORD = "a long enough password";
const NAMED: [string, string, (credential: string) => unknown][] = [
  ["POST", "/kms/users", (username) => ({ username, password: PASSWORD })],
  ["POST", "/kms/users", (local) => ({ username: "pasting", email: `${local}@example.com`, password: PASSWORD })],
  ["POST", "/kms/register", (username) => ({ username, password: PASSWORD })],
  ["POST", "/kms/keys", (name) => ({ service: "pasted", name })],
  ["POST", "/kms/transit", (name) => ({ name })],
  ["POST", "/kms/services", (part) => ({ name: "pasting", scopes: [`secrets:read:${part}`] })],
  ["PUT", "/kms/services/pasted/webhook", (part) => ({ url: `https://example.com/${part}` })],
  ["POST", "/twofa/factors/totp", (name) => ({ name })],
];

test.each(NAMED)("%s %s gives nothing a name that holds a credential", async (method, path, bodyOf) => {
  const random = "Ab1".repeat(15).slice(0, 43);
  for (const credential of [key, key.toUpperCase(), `ftr_${random}`, `fwt_${random}`, `whsec_${random}`]) {
    const refused = await call(method, path, await administrator(), bodyOf(credential));
    expect(refused.status, refused.text).toBe(422);
    expect(JSON.stringify(refused.body["errors"]), credential).toMatch(/credential|is not a scope/);
  }
});
