/** Every part of every request has a bound, and says so in the API document. A route that is added cannot escape. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";

type Schema = Record<string, unknown>;

const WEBAUTHN = "what a browser says of a passkey grows with the levels of WebAuthn; what is read of it is bounded";
const OAUTH = "RFC 6749 §3.1: unknown parameters are ignored; the form and each parameter are bounded";
const TYPESENSE = "Typesense ignores what it does not know; members are counted before they are read";
const KEPT = "kept as it is; its JSON has a bound in bytes";
const GITHUB = "GitHub may say more of a leaked key, which is disabled all the same; what is read is bounded";

/** Objects that take members they do not know, because who defines them may add some. */
const OPEN: Readonly<Record<string, string>> = {
  "POST /kms/token application/x-www-form-urlencoded": OAUTH,
  "POST /kms/device application/x-www-form-urlencoded": OAUTH,
  "POST /kms/par application/x-www-form-urlencoded": OAUTH,
  "POST /kms/revoke application/x-www-form-urlencoded": OAUTH,
  "POST /kms/introspect application/x-www-form-urlencoded": OAUTH,
  "POST /kms/keys/leaked application/json|1/*": GITHUB,
  "POST /kms/login/passkey application/json/response": WEBAUTHN,
  "POST /kms/login/passkey application/json/response/response": WEBAUTHN,
  "POST /twofa/auth/verify application/json/response": WEBAUTHN,
  "POST /twofa/auth/verify application/json/response/response": WEBAUTHN,
  "POST /twofa/factors/webauthn application/json|0/response": WEBAUTHN,
  "POST /twofa/factors/webauthn application/json|0/response/response": WEBAUTHN,
  "POST /twofa/factors/webauthn application/json|1": WEBAUTHN,
  "POST /twofa/factors/webauthn application/json|1/response": WEBAUTHN,
  "POST /service-a/sequence/version application/json/newVersionData|1": KEPT,
  "POST /search/documents/sync application/json|0/document": TYPESENSE,
  "POST /search/documents/sync application/json|1/*/document": TYPESENSE,
  "POST /search/multi_search application/json": TYPESENSE,
  "POST /search/multi_search application/json/searches/*": TYPESENSE,
};
/** A UUID has 36 characters. */
const BOUNDED_FORMATS = ["uuid"];

let fountain: Fountain;
let document: Schema;

beforeAll(async () => {
  fountain = await startFountain();
  document = Object(await (await fountain.fetch("/openapi.json")).json());
});
afterAll(() => fountain?.stop());

const listOf = (value: unknown): Schema[] => (Array.isArray(value) ? value.map(Object) : []);

const resolve = (reference: string): Schema =>
  Object(
    reference
      .split("/")
      .slice(1)
      .reduce<unknown>((at, step) => Object(at)[step], document),
  );

const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);

const CHECKS: Readonly<Record<string, (schema: Schema, at: string) => string[]>> = {
  string: ({ maxLength, format }, at) =>
    isNumber(maxLength) || BOUNDED_FORMATS.includes(String(format)) ? [] : [`${at}: text without maxLength`],
  integer: ({ minimum, maximum }, at) =>
    isNumber(minimum) && isNumber(maximum) ? [] : [`${at}: a number without minimum and maximum`],
  number: (schema, at) => CHECKS["integer"]?.(schema, at) ?? [],
  array: ({ maxItems, items }, at) => [
    ...(isNumber(maxItems) ? [] : [`${at}: a list without maxItems`]),
    ...faultsOf(items, `${at}/*`),
  ],
  object: ({ properties = {}, additionalProperties, maxProperties }, at) => [
    ...Object.entries(Object(properties)).flatMap(([name, schema]) => faultsOf(schema, `${at}/${name}`)),
    ...(additionalProperties === false || (isNumber(maxProperties) && isBoundedObject(additionalProperties, at))
      ? []
      : [`${at}: an object that takes any member`]),
  ],
  boolean: () => [],
  null: () => [],
};

const isBoundedObject = (additional: unknown, at: string): boolean =>
  typeof additional === "object" && faultsOf(additional, at).length === 0;

/** Where input that fits the schema could be as large as it likes. */
const faultsOf = (given: unknown, at: string): string[] => {
  const schema: Schema = Object(given);
  const { $ref, type, enum: values, const: value } = schema;
  if (typeof $ref === "string") return faultsOf(resolve($ref), at);
  if (values !== undefined || value !== undefined) return [];
  const parts = [schema["anyOf"], schema["oneOf"], schema["allOf"]].flatMap(listOf);
  if (parts.length > 0) return parts.flatMap((part, index) => faultsOf(part, `${at}|${index}`));
  const types = Array.isArray(type) ? type.map(String) : [String(type)];
  return types.flatMap((name) => CHECKS[name]?.(schema, at) ?? [`${at}: anything at all`]);
};

const requestFaults = (operation: Schema, name: string): string[] => {
  const parameters = listOf(operation["parameters"]).map((each) =>
    typeof each["$ref"] === "string" ? resolve(each["$ref"]) : each,
  );
  const media = Object.entries(Object(Object(operation["requestBody"])["content"]));
  return [
    ...parameters.flatMap((each) => faultsOf(each["schema"], `${name} ${each["in"]} ${each["name"]}`)),
    ...media.flatMap(([type, body]) => faultsOf(Object(body).schema, `${name} ${type}`)),
  ];
};

test("has a bound for every string, number, list and object of every request", () => {
  const faults = Object.entries(Object(document["paths"])).flatMap(([path, item]) =>
    Object.entries(Object(item)).flatMap(([method, operation]) =>
      requestFaults(Object(operation), `${method.toUpperCase()} ${path}`),
    ),
  );
  const open = Object.keys(OPEN).map((at) => `${at}: an object that takes any member`);
  expect(faults.sort()).toEqual(open.sort());
});

/** Who reads a body or a query past the declared schema, and what bounds it there. */
const BY_HAND: Readonly<Record<string, string>> = {
  "shared/http/body.ts": "the size of the body",
  "shared/http/declared-input.ts": "looks at names only",
  "shared/http/json-body.ts": "the size of the body; passes over its characters once",
  "workers/gateway/src/admission/credential.ts": "looks at names only",
  "workers/gateway/src/pages/console/endpoint.ts": "the size of the body, all of which the schema names",
  "workers/gateway/src/pages/frame/endpoint.ts": "the size of a form, whose fields operations validate",
  "workers/gateway/src/proxy/forward.ts": "passes the bytes on, within the size of the body",
  "workers/kms/src/http/oauth.ts": "readForm",
  "workers/kms/src/oauth/token.routes.ts": "readForm, in parseTokenRequest",
  "workers/search/src/searches/typesense.routes.ts": "4,000 characters of an address; readMultiSearch",
  "workers/service-a/src/http/upload.ts": "the size of the body; readScript counts elements and their characters",
  "workers/twofa/src/totp/totp.routes.ts": "parseOptionalName",
  "workers/twofa/src/passkeys/webauthn.routes.ts": "parseOptionalName",
};
const READING =
  /\breq(?:uest)?(?:\.raw)?\.(?:text|json|arrayBuffer|query|queries|parseBody|formData|blob)\(|\.searchParams\b/;

test("reads no request by hand but where a bound of its own is named", () => {
  const root = path.join(import.meta.dirname, "..", "..");
  const files = globSync(["shared/**/*.{ts,tsx}", "workers/*/src/**/*.{ts,tsx}"], { cwd: root });
  const product = files.filter((file) => !/(?:\.test|\/testing)\.ts$|\/testing\//.test(file));
  const readers = product.filter((file) => READING.test(readFileSync(path.join(root, file), "utf8")));
  expect(readers.sort()).toEqual(Object.keys(BY_HAND).sort());
});
