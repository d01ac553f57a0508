import { describe, expect, test } from "vitest";
import { type Demand, documentSchema, mergeDocuments, type Part } from "./openapi.ts";

const INFO = { title: "T", version: "1", description: "D" };
const body = (name: string) => ({
  content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } },
});

const part = (worker: string, demand: Demand | undefined, paths: unknown, schemas: unknown = {}): Part => ({
  worker,
  description: `what ${worker} does`,
  prefix: worker === "gateway" ? "" : `/${worker}`,
  document: documentSchema.parse({ paths, components: { schemas, parameters: {} } }),
  demandOf: () => demand,
});

const SCOPED: Demand = { caller: "authenticated", scope: "keys:read" };
const KEYS = { "/keys": { get: { summary: "Keys", responses: { 200: { description: "They", ...body("Key") } } } } };

describe("the merged document", () => {
  test("puts each worker's paths behind its prefix, under its tag", async () => {
    const merged = await mergeDocuments(INFO, [part("gateway", { caller: "anyone" }, KEYS), part("kms", SCOPED, KEYS)]);
    expect(Object.keys(merged.paths)).toEqual(["/keys", "/kms/keys"]);
    expect(merged.paths["/kms/keys"]).toMatchObject({ get: { tags: ["kms"], summary: "Keys" } });
    expect(merged.tags).toEqual([
      { name: "gateway", description: "what gateway does" },
      { name: "kms", description: "what kms does" },
    ]);
  });

  test("keeps schemas of the same name apart, references included, however deep", async () => {
    const schemas = {
      Key: { type: "object", properties: { next: { anyOf: [{ $ref: "#/components/schemas/Key" }] } } },
    };
    const merged = await mergeDocuments(INFO, [
      part("kms", SCOPED, KEYS, schemas),
      part("search", SCOPED, KEYS, { Key: { type: "string" } }),
    ]);
    expect(merged.components.schemas).toEqual({
      "kms.Key": { type: "object", properties: { next: { anyOf: [{ $ref: "#/components/schemas/kms.Key" }] } } },
      "search.Key": { type: "string" },
    });
    expect(JSON.stringify(merged.paths)).toContain('"#/components/schemas/search.Key"');
    expect(JSON.stringify(merged)).not.toContain('"#/components/schemas/Key"');
  });

  test("shares the problem document among all workers", async () => {
    const problem = { type: "object" };
    const parts = ["kms", "search"].map((worker) => part(worker, SCOPED, KEYS, { Problem: problem }));
    expect((await mergeDocuments(INFO, parts)).components.schemas).toEqual({ Problem: problem });
  });

  test("leaves out what the route table does not know", async () => {
    expect((await mergeDocuments(INFO, [part("kms", undefined, KEYS)])).paths).toEqual({ "/kms/keys": {} });
  });
});

describe("an operation", () => {
  const merge = async (demand: Demand) =>
    Object((await mergeDocuments(INFO, [part("kms", demand, KEYS)])).paths["/kms/keys"]).get;

  test("for anyone wants no credential", async () => {
    const operation = await merge({ caller: "anyone" });
    expect(operation.security).toEqual([]);
  });

  test("with a scope names it for either credential", async () => {
    const operation = await merge(SCOPED);
    expect(operation.security).toEqual([{ accessToken: ["keys:read"] }, { apiKey: ["keys:read"] }]);
    expect(operation["x-step-up"]).toBeUndefined();
  });

  test("for users only takes no API key", async () => {
    expect((await merge({ caller: "user" })).security).toEqual([{ accessToken: [] }]);
  });

  test("with step-up says so, and takes the code along", async () => {
    const operation = await merge({ ...SCOPED, stepUp: { when: "always", maxAgeSeconds: 60 } });
    expect(operation["x-step-up"]).toBe("always");
    expect(operation["x-step-up-max-age"]).toBe(60);
    expect(operation.parameters).toEqual([{ $ref: "#/components/parameters/X-OTP" }]);
  });
});
