/** What no honest client sends, to every operation: it is refused as the API document says, briefly, and never with 5xx. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WORKERS } from "../../shared/contracts/workers.ts";
import { ANY_TYPE, typesOf } from "../../shared/policy/policy.ts";
import { ROUTES } from "../../shared/policy/routes.ts";
import { isBodiless } from "../../shared/semantics/method.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";

const MAX_RESPONSE_CHARACTERS = 64 * 1024;
/** Pages for people are not in the API document: one to read or to go on to, or a refusal. */
const STATUSES_OF_PAGES = ["200", "303", "400", "403", "413", "422"];

/** Eighteen characters each, once they are normalized. */
const SWELLING = "\ufdfa".repeat(100_000);
/** More than any list may have, and few enough for the body to be parsed. */
const MANY = Array.from({ length: 15_000 }, (_, at) => at);

const BODIES: Readonly<Record<string, string>> = {
  "nothing but null": "null",
  "nothing but a number": "1e400",
  "nothing but text": '"text"',
  "an empty list": "[]",
  "text that is no JSON": "{",
  "a list in a list, 100,000 times": "[".repeat(100_000) + "]".repeat(100_000),
  "an object in an object, 20,000 times": `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  "100,000 elements": JSON.stringify(Array(100_000).fill(0)),
  "15,000 elements": JSON.stringify(MANY),
  "15,000 members": JSON.stringify(Object.fromEntries(MANY.map((at) => [`member-${at}`, at]))),
  "a member of an endless name": JSON.stringify({ [SWELLING]: 1 }),
  "the same unknown member twice": '{"unknown":1,"unknown":2}',
  "members of the prototype": '{"__proto__":{"roles":["admin"]},"constructor":1}',
  "numbers that are none": '{"unknown":1e400,"other":-1e400,"third":0.1e-400}',
  "half a surrogate pair": '{"\\ud800":"\\udfff","a\\u0000b":"\\u0000"}',
};

/** Ends a string of SQL, HTML, a template, a format, a shell or a full-text query, wherever it stands in one. */
const SPECIAL = `'"\`--;)%s\${7777*7777}{{7777*7777}}<b>*$(id)\\`;

interface Operation {
  name: string;
  method: string;
  path: string;
  type: string;
  documented: string;
}

const OPERATIONS: Operation[] = WORKERS.flatMap((worker) =>
  Object.entries(ROUTES[worker]).map(([key, policy]) => {
    const [method = "", template = ""] = key.split(" ");
    const path = (worker === "gateway" ? "" : `/${worker}`) + template;
    return {
      name: `${method} ${path}`,
      method,
      path: path.replaceAll(/\{\w+\+?\}/g, "7"),
      type: typesOf(policy).find((each) => each !== ANY_TYPE) ?? "text/plain",
      documented: path.replaceAll("+}", "}"),
    };
  }),
);

let fountain: Fountain;
let administrator: Record<string, string>;
interface Documented {
  responses: object;
  requestBody?: unknown;
  parameters?: { in?: string; name?: string }[];
}
let paths: Record<string, Record<string, Documented>>;
let schemas: Record<string, unknown>;

beforeAll(async () => {
  fountain = await startFountain({ settings: { REGISTRATION: "open" } });
  administrator = await logInAndStepUp(fountain);
  const document = Object(await (await fountain.fetch("/openapi.json")).json());
  paths = document.paths;
  schemas = document.components.schemas;
});
afterAll(() => fountain?.stop());

interface Hostile {
  path?: string;
  body?: string;
}

const send = async (operation: Operation, what: string, { path = operation.path, body }: Hostile) => {
  const { method, type, documented } = operation;
  const headers = { ...administrator, ...(body !== undefined && { "content-type": type }) };
  const response = await fountain.fetch(path, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  const context = `${operation.name}, ${what}: ${response.status} ${text.slice(0, 300)}`;
  expect(response.status, context).toBeLessThan(500);
  const { responses } = paths[documented]?.[method.toLowerCase()] ?? {};
  const statuses = responses ? Object.keys(responses) : STATUSES_OF_PAGES;
  expect([...statuses, "404", "405", "429"], context).toContain(String(response.status));
  if (response.status >= 400) expect(text.length, context).toBeLessThan(MAX_RESPONSE_CHARACTERS);
  const { errors = [] } = text.startsWith("{") ? JSON.parse(text) : {};
  expect(errors.length, context).toBeLessThanOrEqual(100);
  return { status: response.status, text, errors, context };
};

const propertiesOf = (schema: Record<string, unknown>): string[] => {
  const { $ref, properties = {}, anyOf = [] } = schema;
  if (typeof $ref === "string") return propertiesOf(Object(schemas[$ref.split("/").at(-1) ?? ""]));
  return [
    ...Object.keys(Object(properties)),
    ...Object.values(Object(anyOf)).flatMap((part) => propertiesOf(Object(part))),
  ];
};

/** A body of the right members, each of which has this value. */
const filled = ({ method, documented }: Operation, value: unknown): string => {
  const content = Object(paths[documented]?.[method.toLowerCase()]?.requestBody)["content"];
  const names = Object.values(Object(content)).flatMap((media) => propertiesOf(Object(Object(media).schema)));
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, value])));
};

const isStrict = ({ name }: Operation): boolean => {
  const [method = "", path = ""] = name.split(" ");
  const [, worker = "", ...rest] = path.split("/");
  const known = WORKERS.find((each) => each === worker && each !== "gateway");
  const policy = known ? ROUTES[known][`${method} /${rest.join("/")}`] : ROUTES.gateway[name];
  return policy !== undefined && policy.dialect === undefined;
};

describe.each(OPERATIONS)("$name", (operation) => {
  const reads = isBodiless(operation.method);

  test("refuses query parameters that it does not know, by name, and long ones", async () => {
    const unknown = await send(operation, "an unknown parameter", { path: `${operation.path}?unknown-one=1` });
    if (isStrict(operation)) {
      expect(unknown.status, unknown.context).toBe(422);
      expect(unknown.errors).toMatchObject([{ pointer: "#/query/unknown-one" }]);
    }
    await send(operation, "a long parameter", { path: `${operation.path}?after=${"x".repeat(7_000)}&limit=1e400` });
    const twice = await send(operation, "a parameter twice", { path: `${operation.path}?limit=1&limit=2` });
    if (isStrict(operation)) expect(twice.status, twice.context).toBe(422);
  });

  test("takes what is special in SQL, HTML, templates or a shell for text", async () => {
    const parameters = paths[operation.documented]?.[operation.method.toLowerCase()]?.parameters ?? [];
    const named = parameters.filter((each) => each.in === "query").map(({ name = "" }) => [name, SPECIAL]);
    const path = operation.path.replaceAll("/7", `/${encodeURIComponent(SPECIAL)}`);
    const query = new URLSearchParams(named).toString();
    // Where no body is taken, one that is refused.
    const body = filled(operation, SPECIAL).replace(/^\{\}$/, JSON.stringify({ [SPECIAL]: SPECIAL }));
    const sent = { path: query === "" ? path : `${path}?${query}`, ...(!reads && { body }) };
    const { text, context } = await send(operation, "special characters", sent);
    expect(text, context).not.toMatch(/60481729|uid=\d|SQLITE|SQL error/i);
  });

  test("refuses a path with a name that nothing can have", async () => {
    // What an address of the console means its script decides.
    if (!operation.name.includes("{") || operation.name === "GET /console/{path+}") return;
    const path = operation.path.replace(/7/g, "y".repeat(3_000));
    const { status, context } = await send(operation, "a long name", { path: `${path}?unknown-one=1` });
    expect(status, context).toBeGreaterThanOrEqual(400);
  });

  if (!reads) {
    test("refuses bodies that it cannot mean", async () => {
      for (const [what, body] of Object.entries(BODIES)) {
        const { status, context } = await send(operation, what, { body });
        if (isStrict(operation) && operation.type === "application/json")
          expect(status, context).toBeGreaterThanOrEqual(400);
      }
    });

    test("refuses members that are far too large, before it does anything with them", async () => {
      if (operation.type !== "application/json") return;
      for (const value of [SWELLING, MANY, { deep: MANY }, Number.MAX_VALUE, -1]) {
        const body = filled(operation, value);
        if (body === "{}" || body.length > 1_000_000) continue;
        const { status, context } = await send(operation, `members of ${JSON.stringify(value).slice(0, 9)}`, { body });
        expect(status, context).toBeGreaterThanOrEqual(400);
      }
    });
  }
});
