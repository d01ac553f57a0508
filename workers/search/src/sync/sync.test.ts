import { describe, expect, test } from "vitest";
import type { DocumentOperation } from "../model/document.ts";
import { syncDocuments } from "./sync.ts";

const DEFAULTS = { service_name: "importer", updated_at: 1_700_000_000 };
const DOCUMENT = { id: "a", element_type: "action", element_id: 1, sequence_number: 1, version_number: 1 };

/** An engine that keeps what it is given and answers that all went well. */
const createRecorder = () => {
  const operations: DocumentOperation[] = [];
  return {
    operations,
    sync: async (given: readonly DocumentOperation[]) => {
      operations.push(...given);
      return given.map(({ document: { id } }) => ({ id, success: true }));
    },
  };
};

const created = async (document: { id: string; [field: string]: unknown }) => {
  const engine = createRecorder();
  const [result] = await syncDocuments(engine, [{ operation: "create", document }], DEFAULTS);
  return { result, stored: engine.operations[0]?.document };
};

describe("a document to create", () => {
  test("gets the defaults for what is not sent, and loses fields the collection does not have", async () => {
    const { stored } = await created({ ...DOCUMENT, colour: "red" });
    expect(stored).toEqual({ ...DOCUMENT, comment: "", text: "", script_id: null, ...DEFAULTS });
  });

  test("may tell its instant as RFC 3339", async () => {
    const { stored } = await created({ ...DOCUMENT, updated_at: "2023-11-14T22:13:21.9Z" });
    expect(stored).toMatchObject({ updated_at: 1_700_000_001 });
  });

  test.each([
    [{ ...DOCUMENT, sequence_number: "1" }, "Field `sequence_number`: "],
    [{ ...DOCUMENT, sequence_number: 1.5 }, "Field `sequence_number`: "],
    [{ ...DOCUMENT, sequence_number: 2 ** 60 }, "Field `sequence_number`: "],
    [{ ...DOCUMENT, text: 5 }, "Field `text`: "],
    [{ ...DOCUMENT, text: "x\ud800" }, "Field `text`: must be well-formed Unicode."],
    [{ ...DOCUMENT, element_type: "\udfff" }, "Field `element_type`: must be well-formed Unicode."],
    [{ ...DOCUMENT, script_id: "7" }, "Field `script_id`: "],
    [{ ...DOCUMENT, updated_at: "yesterday" }, "Field `updated_at`: "],
    [{ ...DOCUMENT, updated_at: "9999-12-31T23:59:59-05:00" }, "Field `updated_at`: "],
    [{ id: "a", element_type: "action" }, "Field `element_id` has been declared in the schema, but is not found"],
  ])("is refused when it does not fit: %j", async (document, error) => {
    const { result, stored } = await created(document);
    expect(result).toMatchObject({ id: "a", success: false, error: expect.stringContaining(error) });
    expect(stored).toBeUndefined();
  });
});

test.each(["create", "update", "delete"] as const)("no %s takes an id that no database can hold", async (operation) => {
  const engine = createRecorder();
  const document = { ...DOCUMENT, id: "x\ud800" };
  expect(await syncDocuments(engine, [{ operation, document }], DEFAULTS)).toEqual([
    { id: "x\ud800", success: false, error: "Field `id`: must be well-formed Unicode." },
  ]);
  expect(engine.operations).toEqual([]);
});

test("a field that is undefined, as private calls can send it, is the same as one left out", async () => {
  const engine = createRecorder();
  const document = { id: "a", text: "new", script_id: undefined };
  await syncDocuments(engine, [{ operation: "update", document }], DEFAULTS);
  expect(engine.operations[0]?.document).toStrictEqual({ id: "a", text: "new" });
});

test("a bad document fails by itself, and results keep the order of the operations", async () => {
  const engine = createRecorder();
  const results = await syncDocuments(
    engine,
    [
      { operation: "create", document: DOCUMENT },
      { operation: "create", document: { id: "bad" } },
      { operation: "delete", document: { id: "c" } },
      { operation: "update", document: { id: "" } },
    ],
    DEFAULTS,
  );
  expect(results.map(({ id, success }) => [id, success])).toEqual([
    ["a", true],
    ["bad", false],
    ["c", true],
    ["", false],
  ]);
  expect(engine.operations.map(({ operation }) => operation)).toEqual(["create", "delete"]);
});
