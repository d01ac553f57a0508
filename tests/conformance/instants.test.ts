/** Every instant that a caller can send is one that can be written back, and an operation that takes one says so. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";

type Schema = Record<string, unknown>;

interface Input {
  /** `POST /kms/keys expiresAt` */
  name: string;
  method: string;
  path: string;
  place: "query" | "body";
  member: string;
}

/** None of them can be written in RFC 3339 in UTC, or at all. */
const REFUSED = [
  "9999-12-31T23:59:59-05:00",
  "9999-12-31T23:59:60Z",
  "0000-01-01T00:00:00+00:01",
  "+010000-01-01T04:59:59.000Z",
  "-000001-12-31T00:00:00Z",
  "2027-02-30T00:00:00Z",
  "2027-01-01T00:00:00",
  "2027-01-01",
  "1795957200",
  "tomorrow",
];
const LOOKS_LIKE_INSTANT = /(?:At|_at|Until|Since)$|^(?:from|to|since|until)$/;

let fountain: Fountain;
let administrator: Record<string, string>;
let inputs: Input[];
/** Members that are called like an instant, and are none. */
let unmarked: string[];

const isInstant = ({ format }: Schema): boolean => format === "date-time";

beforeAll(async () => {
  fountain = await startFountain();
  administrator = await logInAndStepUp(fountain);
  const document = Object(await (await fountain.fetch("/openapi.json")).json());
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(Object(item)).flatMap(([method, operation]) => {
      const { parameters = [], requestBody } = Object(operation);
      const body = Object(Object(Object(requestBody)["content"])["application/json"]).schema;
      const members = Object.entries(Object(Object(body)["properties"])).map(([member, schema]) => ({
        ...{ place: "body" as const, member, schema: Object(schema) },
      }));
      const query = parameters.map((each: Schema) => ({
        ...{ place: "query" as const, member: String(each["name"]), schema: Object(each["schema"]), in: each["in"] },
      }));
      return [...members, ...query.filter((each: { in: unknown }) => each.in === "query")].map((each) => ({
        ...{ ...each, name: `${method.toUpperCase()} ${path} ${each.member}` },
        ...{ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, "7") },
      }));
    }),
  );
  inputs = all.filter(({ schema }) => isInstant(schema));
  unmarked = all
    .filter(
      ({ member, schema }) => schema["type"] === "string" && LOOKS_LIKE_INSTANT.test(member) && !isInstant(schema),
    )
    .map(({ name }) => name);
});
afterAll(() => fountain?.stop());

test("is marked as one in the API document", () => {
  expect(unmarked).toEqual([]);
  expect(inputs.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["POST /kms/keys expiresAt", "GET /kms/audit from", "GET /kms/audit to"]),
  );
});

test.each(REFUSED)("is refused by name wherever one is taken: %s", async (text) => {
  for (const { name, method, path, place, member } of inputs) {
    const query = place === "query" ? `?${member}=${encodeURIComponent(text)}` : "";
    const json = { "content-type": "application/json" };
    const sent = place === "body" ? { body: JSON.stringify({ [member]: text }) } : {};
    const response = await fountain.fetch(path + query, { method, headers: { ...administrator, ...json }, ...sent });
    const { errors = [] } = Object(await response.json());
    const pointer = place === "query" ? `#/query/${member}` : `#/${member}`;
    expect([response.status, errors.some((each: Schema) => each["pointer"] === pointer)], name).toEqual([422, true]);
  }
});
