/** A service with an OpenAPI document behind a gateway in a test: what it is called with, and what callers get. */
import { createTestGateway, type TestGateway } from "../gateway.ts";

const query = (name: string, schema: object, more: object = {}) => ({ name, in: "query", schema, ...more });
export const json = (schema: object, type = "application/json") => ({ content: { [type]: { schema } } });

/** What it describes itself by, where the test says nothing else. */
export const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "Notes", version: "1" },
  servers: [{ url: "/api/v1" }],
  paths: {
    "/items": {
      get: {
        parameters: [
          query("limit", { type: "integer", minimum: 1, maximum: 100 }),
          query("tag", { type: "array", items: { type: "string", maxLength: 5 } }),
          query("id", { type: "array", items: { type: "integer" } }, { explode: false }),
          query("open", { type: "boolean" }),
          query("since", { anyOf: [{ type: "number" }, { type: "null" }] }),
          query("filter", {}, { content: { "application/json": { schema: { type: "object", required: ["a"] } } } }),
          query("deep", { type: "object" }, { style: "deepObject" }),
          { name: "X-Tenant", in: "header", required: true, schema: { enum: ["one", "two"] } },
          { name: "X-API-Key", in: "header", required: true, schema: { type: "string" } },
        ],
      },
      post: { requestBody: { required: true, ...json({ $ref: "#/components/schemas/Item" }) } },
      put: {
        requestBody: {
          content: { "application/x-www-form-urlencoded": {}, "application/*": { schema: { type: "object" } } },
        },
      },
    },
    "/items/{id}": {
      parameters: [{ $ref: "#/components/parameters/Id" }],
      get: {},
      patch: { requestBody: json({ $ref: "#/components/schemas/Tree" }, "application/merge-patch+json") },
    },
    "/items/special": { get: {} },
    "/files/{name}.json": { get: { parameters: [{ name: "name", in: "path", schema: { pattern: "^[a-z]+$" } }] } },
  },
  components: {
    parameters: { Id: { name: "id", in: "path", required: true, schema: { type: "integer" } } },
    schemas: {
      Item: {
        type: "object",
        additionalProperties: false,
        required: ["id", "title", "kind"],
        properties: {
          id: { type: "string", readOnly: true },
          title: { type: "string", minLength: 1, maxLength: 20 },
          kind: { enum: ["a", "b"] },
          count: { anyOf: [{ type: "integer", minimum: 0 }, { type: "null" }] },
          tags: { type: "array", items: { type: "string" }, maxItems: 2, uniqueItems: true },
          when: { type: "string", format: "date-time" },
          either: { oneOf: [{ type: "object", required: ["x"] }, { type: "string" }] },
        },
      },
      Tree: {
        type: "object",
        properties: {
          children: {
            type: "array",
            items: { anyOf: [{ $ref: "#/components/schemas/Tree" }, { $ref: "#/components/schemas/Tree" }] },
          },
          leaf: { type: "integer" },
        },
      },
    },
  },
};

interface Received {
  path: string;
  method: string;
  body: string;
  type: string | null;
}

interface Answered {
  status: number;
  detail: string;
  /** Each with its pointer. */
  errors: string[];
}

export interface DescribedService {
  gateway: TestGateway;
  headers: Record<string, string>;
  received: Received[];
  /** How often its document was fetched. */
  fetched: number;
  /** The same service at another address, so that its document is fetched again: this one. */
  describe(document: unknown, more?: object): void;
  /** What it serves from now on. */
  document: unknown;
  /** After so much time has passed. */
  wait(ms: number): Promise<void>;
  call(method: string, path: string, body?: BodyInit, type?: string): Promise<Answered>;
  post(body: unknown, path?: string, method?: string, type?: string): Promise<Answered>;
}

export const createDescribedService = async (): Promise<DescribedService> => {
  const gateway = await createTestGateway();
  let port = 1;
  const logIn = async (): Promise<void> => {
    service.headers = { authorization: `Bearer ${await gateway.userToken()}`, "x-tenant": "one" };
  };
  const service: DescribedService = {
    gateway,
    headers: {},
    received: [],
    fetched: 0,
    document: DOCUMENT,
    describe: (document, more = {}) => {
      port += 1;
      Object.assign(service, { received: [], fetched: 0, document });
      const notes = { targets: [`http://notes.test:${port}`], openapi: "/openapi.json", ...more };
      gateway.configure({ upstream: { notes } });
    },
    wait: async (ms) => {
      gateway.clock.nowMs += ms;
      await logIn();
    },
    call: async (method, path, body, type) => {
      const response = await gateway.fetch(`/notes${path}`, {
        method,
        headers: { ...service.headers, ...(type && { "content-type": type }) },
        ...(body !== undefined && { body }),
      });
      const answer = Object(await response.json());
      const errors: { pointer: string; detail: string }[] = answer.errors ?? [];
      return {
        status: response.status,
        detail: String(answer.detail),
        errors: errors.map(({ pointer, detail }) => `${pointer} ${detail}`),
      };
    },
    post: (body, path = "/items", method = "POST", type = "application/json") =>
      service.call(method, path, JSON.stringify(body), type),
  };
  gateway.egress.reach = async (url, init) => {
    const request = new Request(url, { ...init, ...(init.body && { duplex: "half" }) });
    const { pathname, search } = new URL(request.url);
    const { document } = service;
    if (pathname === "/openapi.json") {
      service.fetched += 1;
      return typeof document === "string" ? new Response(document) : Response.json(document);
    }
    const type = request.headers.get("content-type");
    service.received.push({ path: pathname + search, method: request.method, body: await request.text(), type });
    return Response.json({ ok: true });
  };
  await logIn();
  return service;
};
