/** Every operation of the API document says what to send and what comes back, by examples that fit their schemas. */
import { z } from "@hono/zod-openapi";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKmsApp } from "../../workers/kms/src/app.ts";
import { createSearchApp } from "../../workers/search/src/app.ts";
import { createServiceAApp } from "../../workers/service-a/src/app.ts";
import { createTwofaApp } from "../../workers/twofa/src/app.ts";
import { type Fountain, startFountain } from "../support/harness.ts";

type Json = Record<string, unknown>;

interface Media {
  /** Where it stands in the document, as a JSON Pointer. */
  pointer: string;
  type: string;
  schema: Json;
  example: unknown;
}

const escaped = (step: string): string => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"));

const mediaOf = (holder: unknown, pointer: string): Media[] =>
  Object.entries(Object(Object(holder).content)).map(([type, media]) => {
    const { schema, example } = Object(media);
    return { pointer: `${pointer}/content/${escaped(type)}`, type, schema: Object(schema), example };
  });

/** The bodies that an operation takes, and the ones that it answers with when it succeeds. */
const mediaOfOperation = (operation: Json, pointer: string): Media[] => [
  ...mediaOf(operation["requestBody"], `${pointer}/requestBody`),
  ...Object.entries(Object(operation["responses"]))
    .filter(([status]) => status.startsWith("2"))
    .flatMap(([status, response]) => mediaOf(response, `${pointer}/responses/${status}`)),
];

interface Operation {
  operation: Json;
  media: Media[];
}

const operationsOf = (document: Json): Map<string, Operation> =>
  new Map(
    Object.entries(Object(document["paths"])).flatMap(([path, item]) =>
      Object.entries(Object(item)).map(([method, given]) => {
        const operation: Json = Object(given);
        const media = mediaOfOperation(operation, `/paths/${escaped(path)}/${method}`);
        return [`${method.toUpperCase()} ${path}`, { operation, media }] as const;
      }),
    ),
  );

/** What is wrong with the document, a line for each fault. */
const faultsOf = (document: Json): string[] => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "api", ...document });
  const operations = operationsOf(document);
  const ids = [...operations.values()].map(({ operation }) => operation["operationId"]);
  return [...operations].flatMap(([name, { operation, media }]) => {
    const { operationId, summary } = operation;
    const named = typeof operationId === "string" && /^[a-z][A-Za-z\d]*\.[a-z][A-Za-z]*$/.test(operationId);
    const isOnly = ids.filter((id) => id === operationId).length === 1;
    return [
      ...(named ? [] : [`${name}: no operationId of the form worker.verbNoun`]),
      ...(isOnly ? [] : [`${name}: another operation has its operationId`]),
      ...(typeof summary === "string" && summary !== "" ? [] : [`${name}: no summary`]),
      ...media.flatMap(({ pointer, type, example }) => {
        // A page for people is no example for programs, nor is its script.
        if (type === "text/html" || type === "text/javascript") return [];
        if (example === undefined) return [`${name}: no example of ${pointer}`];
        const fits = ajv.compile({ $ref: `api#${pointer}/schema` });
        return fits(example) ? [] : [`${name}: ${pointer}: ${ajv.errorsText(fits.errors)}`];
      }),
    ];
  });
};

describe("the API document", () => {
  let fountain: Fountain;
  let document: Json;

  beforeAll(async () => {
    fountain = await startFountain();
    document = Object(await (await fountain.fetch("/openapi.json")).json());
  });
  afterAll(() => fountain?.stop());

  test("names every operation, sums it up, and shows each body and each main response by an example that fits", () => {
    expect(operationsOf(document).size).toBeGreaterThan(100);
    expect(faultsOf(document)).toEqual([]);
  });

  test("holds no whole credential", () => {
    expect(JSON.stringify(document)).not.toMatch(/(?:f(?:tn|tr|wt)|whsec)_[\w+/-]{43}|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/);
  });
});

/** JSON Schema cannot say all that a schema refuses: what makes a path of a secret, which operations need a second factor. */
test("the workers accept what the examples show them", () => {
  const connect = (): never => {
    throw new Error("nothing is called");
  };
  const apps = [createKmsApp(connect), createTwofaApp(connect), createSearchApp(connect), createServiceAApp(connect)];
  const faults: string[] = [];
  let checked = 0;
  for (const definition of apps.flatMap(({ openAPIRegistry }) => openAPIRegistry.definitions)) {
    if (definition.type !== "route") continue;
    const { operationId, request } = definition.route;
    for (const media of Object.values(request?.body?.content ?? {})) {
      if (!media || !("schema" in media) || !(media.schema instanceof z.ZodType)) continue;
      const parsed = media.schema.safeParse(media.example);
      checked += 1;
      if (!parsed.success) faults.push(`${operationId}: ${parsed.error.message}`);
    }
  }
  expect(checked).toBeGreaterThan(30);
  expect(faults).toEqual([]);
});

describe("a fault of the document is found:", () => {
  const body = { content: { "application/json": { schema: { type: "object", required: ["a"] }, example: { a: 1 } } } };
  const good = { operationId: "kms.login", summary: "Log in", requestBody: body, responses: { 200: body } };
  const faults = (operation: Json, other: Json = { ...good, operationId: "kms.logout" }): string[] =>
    faultsOf({ paths: { "/kms/login": { post: operation }, "/kms/logout": { post: other } } });
  const without = (example: unknown): object => ({
    content: { "application/json": { schema: { type: "object", required: ["a"] }, example } },
  });

  test("none in a good one", () => {
    expect(faults(good)).toEqual([]);
  });

  test.each([
    ["no operationId", { ...good, operationId: undefined }],
    ["an operationId of another form", { ...good, operationId: "login" }],
    ["no summary", { ...good, summary: "" }],
    ["a body without an example", { ...good, requestBody: without(undefined) }],
    ["a response without an example", { ...good, responses: { 201: without(undefined) } }],
    ["an example that does not fit", { ...good, requestBody: without({ b: 1 }) }],
  ])("%s", (_, operation) => {
    expect(faults(operation)).toEqual([expect.stringContaining("POST /kms/login: ")]);
  });

  test("two operations of one operationId", () => {
    expect(faults(good, good)).toHaveLength(2);
  });
});
