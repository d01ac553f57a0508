import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { createTestEngine } from "../../../../tests/support/search-index.ts";
import { type DocumentOperation, type DocumentPatch, isWhole, type WholeDocument } from "../model/document.ts";

let database: TestDatabase;
let engine: ReturnType<typeof createTestEngine>;

beforeAll(async () => {
  database = await openTestDatabase("search");
  engine = createTestEngine(database.client);
});
afterAll(() => database.close());

const id = fc.constantFrom("a", "b");
const words = fc.constantFrom("fox", "dog", "cat", "");
const number = fc.integer({ min: 0, max: 3 });
const script = fc.option(number);
const whole: fc.Arbitrary<WholeDocument> = fc.record({
  id,
  element_type: fc.constant("action"),
  element_id: fc.constant(1),
  sequence_number: number,
  version_number: number,
  comment: words,
  text: words,
  script_id: script,
  service_name: fc.constant("service-a"),
  updated_at: fc.constant(0),
});
const patch: fc.Arbitrary<DocumentPatch> = fc.record(
  { id, sequence_number: number, comment: words, text: words, script_id: script },
  { requiredKeys: ["id"] },
);
const wholePatch = fc
  .tuple(whole, fc.boolean())
  .map(([{ script_id, ...document }, inScript]): DocumentPatch => (inScript ? { ...document, script_id } : document));
const operation: fc.Arbitrary<DocumentOperation> = fc.oneof(
  fc.record({ operation: fc.constant("create" as const), document: whole }),
  fc.record({ operation: fc.constant("update" as const), document: fc.oneof(patch, wholePatch) }),
  fc.record({ operation: fc.constant("delete" as const), document: fc.record({ id }) }),
);

/** The plain meaning of the operations: one after the other. */
const applyInOrder = (stored: Map<string, DocumentPatch>, operations: readonly DocumentOperation[]): boolean[] =>
  operations.map((each) => {
    const { id: key } = each.document;
    if (each.operation === "delete") stored.delete(key);
    if (each.operation === "create") stored.set(key, each.document);
    if (each.operation !== "update") return true;
    const earlier = stored.get(key);
    if (!earlier && !isWhole(each.document)) return false;
    stored.set(key, { script_id: null, ...earlier, ...each.document });
    return true;
  });

test("a batch has the outcome of its operations one after the other, and the index follows", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(operation, { maxLength: 12 }), { maxLength: 4 }), async (batches) => {
      await database.client.execute("DELETE FROM documents");
      const model = new Map<string, DocumentPatch>();
      for (const batch of batches) {
        const results = await engine.sync(batch);
        expect(results.map(({ success }) => success)).toEqual(applyInOrder(model, batch));
      }
      const stored = await engine.rows();
      const expected = [...model.values()].toSorted((a, b) => a.id.localeCompare(b.id));
      expect(stored).toMatchObject(expected);
      expect(stored).toHaveLength(expected.length);
      expect((await engine.status()).documents).toBe(expected.length);
    }),
    { numRuns: 100 },
  );
});
