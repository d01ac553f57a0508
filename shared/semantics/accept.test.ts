import { expect, test } from "vitest";
import { preferredType } from "./accept.ts";

const JSON_TYPE = "application/json";
const LINES = "application/x-ndjson";

test.each([
  [undefined, JSON_TYPE],
  ["", JSON_TYPE],
  ["*/*", JSON_TYPE],
  ["application/*", JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  [LINES, LINES],
  ["Application/X-NDJSON", LINES],
  [" application/x-ndjson ;\tq=1.0 ", LINES],
  ["application/x-ndjson;charset=utf-8", LINES],
  // By weight, wherever it stands.
  ["application/x-ndjson;q=0.5, application/json", JSON_TYPE],
  ["application/json;q=0.5, application/x-ndjson", LINES],
  ["application/json;Q=0.5, application/x-ndjson;q=0.501", LINES],
  // What is weighed 0 is not accepted, and a more specific range overrides a less specific one.
  ["application/json, application/x-ndjson;q=0", JSON_TYPE],
  ["application/json;q=0, */*", LINES],
  ["*/*, application/json;q=0", LINES],
  ["application/*;q=0, application/x-ndjson", LINES],
  ["*/*;q=0, application/x-ndjson;q=0.001", LINES],
  // Of equal weights, what is named more exactly, then what is named first.
  ["*/*, application/x-ndjson", LINES],
  ["application/x-ndjson, application/json", LINES],
  ["application/json, application/x-ndjson", JSON_TYPE],
  // None is accepted, or none can be read.
  ["text/html", JSON_TYPE],
  ["text/html, application/x-ndjson;q=0", JSON_TYPE],
  ["application/x-ndjson-seq", JSON_TYPE],
  ["x=application/x-ndjson", JSON_TYPE],
  ["junk, application/x-ndjson", LINES],
  ["application/x-ndjson;q=x", LINES],
])("Accept: %s prefers %s", (accept, expected) => {
  expect(preferredType(accept, [JSON_TYPE, LINES])).toBe(expected);
});
