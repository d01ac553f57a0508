/**
 * The style of the HTTP contract, which every operation keeps: what is created has a place, what has a tag can be asked for
 * with it, lists have pages, refusals say what to do. Read from the API document, and tried on each operation.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WORKERS } from "../../shared/contracts/workers.ts";
import { ROUTES } from "../../shared/policy/routes.ts";
import { CLIENT_HEADERS } from "../../shared/semantics/client-headers.ts";
import { type Caller, createControl, type Stack } from "../security/callers.ts";
import { OPERATIONS } from "../security/operations.ts";
import { createStack, send } from "../security/stack.ts";
import type { Sent, Variant } from "../security/variants.ts";
import { createWorld, type World } from "../security/world.ts";
import type { Answer } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";

/** What a 201 creates that cannot be read at a path of its own, and why. */
const WITHOUT_PLACE: Readonly<Record<string, string>> = {
  "POST /kms/par": "a browser brings it along by its request_uri (RFC 9126 §2.2)",
  "POST /kms/secrets/wrap": "only the holder of the token reads it, once",
  "POST /search/scoped-keys": "a key that is stored nowhere",
};

/** Every page may read these (Fetch standard, CORS-safelisted response headers). */
const SAFELISTED = [
  "cache-control",
  "content-language",
  "content-length",
  "content-type",
  "expires",
  "last-modified",
  "pragma",
];
/** Said to browsers, proxies and caches. */
const NOT_FOR_PAGES =
  /^(?:access-control-|content-security-policy$|strict-transport-|referrer-policy$|x-content-type-options$|vary$|date$|connection$|keep-alive$|transfer-encoding$|content-encoding$|x-fountain-close$|cross-origin-|permissions-policy$|x-frame-options$|set-cookie$|mf-)/;

interface Documented {
  responses: Record<string, { headers?: object; content?: Record<string, { schema: Record<string, unknown> }> }>;
  parameters?: { in: string; name: string; schema: Record<string, unknown> }[];
}

interface Operation {
  name: string;
  method: string;
  template: string;
  variants: readonly Variant[];
}

const ORIGIN = "https://app.example.com";

const ALL: readonly Operation[] = WORKERS.flatMap((worker) =>
  Object.keys(ROUTES[worker]).map((key) => {
    const [method = "", path = ""] = key.split(" ");
    const template = (worker === "gateway" ? "" : `/${worker}`) + path;
    return { name: `${method} ${template}`, method, template, variants: OPERATIONS[worker][key] ?? [] };
  }),
);
const READS = ALL.filter(({ method }) => method === "GET");
const WRITES = ALL.filter(({ method }) => method !== "GET");
const TEMPLATES = [...new Set(ALL.map(({ template }) => template))];

let fountain: Fountain;
let stack: Stack;
let caller: Caller;
let world: World;
let document: { paths: Record<string, Record<string, Documented>>; components: { schemas: Record<string, object> } };
/** Names of headers that came with any response. */
const seen = new Set<string>();

beforeAll(async () => {
  fountain = await startFountain({ settings: { REGISTRATION: "open", CORS_ORIGINS: ORIGIN } });
  document = Object(await (await fountain.fetch("/openapi.json")).json());
  stack = await createStack(fountain);
  caller = await createControl(stack);
  world = await createWorld(stack);
});
afterAll(() => fountain?.stop());

const documented = ({ method, template }: Operation): Documented =>
  document.paths[template.replaceAll("+}", "}")]?.[method.toLowerCase()] ?? { responses: {} };

const schemaOf = (operation: Operation): Record<string, unknown> => {
  const { schema = {} } = documented(operation).responses["200"]?.content?.["application/json"] ?? {};
  const name =
    String(schema["$ref"] ?? "")
      .split("/")
      .at(-1) ?? "";
  return Object(document.components.schemas[name] ?? schema);
};

const isList = (operation: Operation): boolean => "items" in Object(schemaOf(operation)["properties"]);

/** What every response must say, whatever it is. */
const expectStyle = ({ status, headers }: Pick<Answer, "status" | "headers">, context: string): void => {
  for (const name of headers.keys()) seen.add(name);
  if (status === 401) expect(headers.get("www-authenticate"), context).toBeTruthy();
  if (status === 405) expect(headers.get("allow"), context).toBeTruthy();
  if (status === 429 || status === 503) expect(headers.get("retry-after"), context).toMatch(/^[1-9]\d*$/);
};

const perform = async (method: string, sent: Sent, more: Record<string, string> = {}): Promise<Answer> => {
  const answer = await send(stack, method, { ...caller.headers, ...more }, sent);
  expectStyle(answer, `${method} ${sent[0]}`);
  return answer;
};

const firstOf = async ({ variants: [variant], name }: Operation): Promise<Sent> => {
  if (!variant) throw new Error(`${name} has no request to try`);
  return variant.request(world, caller, stack);
};

describe.each(READS)("$name", (operation) => {
  test("can be asked for its headers alone", async () => {
    const sent = await firstOf(operation);
    const [read, head] = [await perform("GET", sent), await perform("HEAD", sent)];
    expect(head.status).toBe(read.status);
    expect(head.text).toBe("");
    for (const name of ["content-type", "etag", "cache-control", "content-disposition"])
      expect(head.headers.get(name), name).toBe(read.headers.get(name));
  });

  test("is not sent again to who has it, if it has a tag", async () => {
    const sent = await firstOf(operation);
    const etag = (await perform("GET", sent)).headers.get("etag");
    const { responses, parameters = [] } = documented(operation);
    expect("etag" in (responses["200"]?.headers ?? {})).toBe(etag !== null);
    expect("304" in responses).toBe(etag !== null);
    expect(parameters.some(({ name }) => name === "if-none-match")).toBe(etag !== null);
    if (etag === null) return;
    for (const method of ["GET", "HEAD"]) {
      const again = await perform(method, sent, { "if-none-match": `"other", ${etag}` });
      expect([again.status, again.text, again.headers.get("etag")]).toEqual([304, "", etag]);
      expect((await perform(method, sent, { "if-none-match": '"other"' })).status).toBe(200);
    }
  });

  test("comes in pages, if it is a list", async () => {
    const [address] = await firstOf(operation);
    const path = address.split("?")[0] ?? "";
    const names = (documented(operation).parameters ?? []).filter((each) => each.in === "query");
    const limit = names.find(({ name }) => name === "limit")?.schema;
    if (!isList(operation)) return expect(limit).toBeUndefined();
    expect(limit).toMatchObject({ type: "integer", minimum: 1, maximum: 200, default: 50 });
    expect(names.map(({ name }) => name)).toContain("after");
    expect(Object(schemaOf(operation)["properties"])).toHaveProperty("next");
    for (const wrong of ["0", "-1", "201", "1e2", "x", ""]) {
      const refused = await perform("GET", [`${path}?limit=${wrong}`]);
      expect(refused, `limit=${wrong}`).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: "#/query/limit" }] },
      });
    }
    const page = await perform("GET", [`${path}?limit=1`]);
    // What this installation has not is refused, limit or not.
    if (page.status === 409) return;
    expect(page.status).toBe(200);
    for (const wrong of ["!", "YQ==", ""])
      expect(await perform("GET", [`${path}?after=${wrong}`]), `after=${wrong}`).toMatchObject({ status: 422 });
    const items = Object(page.body["items"]);
    expect(items.length).toBeLessThanOrEqual(1);
    if (page.body["next"] === null) return;
    const next = await perform("GET", [`${path}?limit=1&after=${page.body["next"]}`]);
    expect(next.status).toBe(200);
    expect(Object(next.body["items"])[0]).not.toEqual(items[0]);
  });
});

test.each(WRITES.filter(({ variants }) => variants.some(({ endsCaller }) => !endsCaller)))(
  "$name says where what it creates is",
  async (operation) => {
    const { responses } = documented(operation);
    const status = "201" in responses ? 201 : 202;
    const isDeclared = "location" in (responses[status]?.headers ?? {});
    if (status === 201) expect(isDeclared, "is declared").toBe(!(operation.name in WITHOUT_PLACE));
    const answers: Answer[] = [];
    for (const variant of operation.variants.filter(({ endsCaller }) => !endsCaller))
      answers.push(await perform(operation.method, await variant.request(world, caller, stack)));
    for (const { status: answered, headers } of answers.filter((each) => each.status === status)) {
      const location = headers.get("location");
      expect(location !== null, `${answered}`).toBe(isDeclared);
      if (location === null) continue;
      expect(location).toMatch(/^\/[a-z]/);
      const read = await perform("GET", [location]);
      expect([location, read.status]).toEqual([location, 200]);
    }
  },
);

test.each(TEMPLATES)("%s names its methods to who uses another", async (template) => {
  const methods = ALL.filter((each) => each.template === template).map(({ method }) => method);
  const path = template.replaceAll(/\{\w+\+?\}/g, "7");
  for (const method of ["PATCH", "OPTIONS"].filter((each) => !methods.includes(each))) {
    const refused = await perform(method, [path]);
    expect([refused.status, refused.body["code"]]).toEqual([405, "method-not-allowed"]);
    const allowed = (refused.headers.get("allow") ?? "").split(", ");
    expect(allowed).toEqual(expect.arrayContaining([...methods, ...(methods.includes("GET") ? ["HEAD"] : [])]));
  }
});

test.each(ALL)("$name challenges a stranger, where it refuses one", async ({ method, template }) => {
  const response = await fountain.fetch(template.replaceAll(/\{\w+\+?\}/g, "7"), { method });
  await response.arrayBuffer();
  expectStyle(response, `${method} ${template}`);
});

describe("CORS", () => {
  test("lets pages read every header that is meant for clients", async () => {
    const sequence: Sent = ["/service-a/sequence", { elementType: "action", elementId: 2 ** 41, comment: "new" }];
    const headers = { "idempotency-key": "style", origin: ORIGIN };
    await perform("POST", sequence, headers);
    const replayed = await perform("POST", sequence, headers);
    expect(replayed.headers.get("idempotency-replayed")).toBe("true");
    await perform("POST", sequence, { "content-encoding": "gzip" });
    await perform("GET", ["/kms/audit"], { accept: "application/x-ndjson" });
    const exposed = (replayed.headers.get("access-control-expose-headers") ?? "").split(", ");
    expect(exposed).toEqual([...CLIENT_HEADERS]);
    const ours = [...seen].filter((name) => !SAFELISTED.includes(name) && !NOT_FOR_PAGES.test(name));
    expect(exposed).toEqual(expect.arrayContaining(ours));
    // Limits are in the contract, and set where there are any.
    const unconditional = exposed.filter((name) => !name.startsWith("ratelimit") && name !== "retry-after");
    expect(ours).toEqual(expect.arrayContaining(unconditional));
  });

  test("lets pages send every header that an operation reads", async () => {
    const preflight = { origin: ORIGIN, "access-control-request-method": "POST" };
    const { headers } = await fountain.fetch("/kms/login", { method: "OPTIONS", headers: preflight });
    const allowed = (headers.get("access-control-allow-headers") ?? "").split(", ");
    const read = ALL.flatMap((operation) => documented(operation).parameters ?? []).filter(
      (each) => each.in === "header",
    );
    expect(read.length).toBeGreaterThan(5);
    expect(allowed).toEqual(expect.arrayContaining(read.map(({ name }) => name.toLowerCase())));
  });
});
