import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { MAX_COMMENT_LENGTH } from "../model/element.ts";
import { createContributions } from "./contributions.store.ts";

let opened: TestDatabase;
let contributionsOf: ReturnType<typeof createContributions>;
beforeAll(async () => {
  opened = await openTestDatabase("service-a");
  contributionsOf = createContributions({ client: opened.client });
});
afterAll(() => opened?.close());

/** So many versions of one element, each a millisecond after the one before. */
const write = async (author: string, elementId: number, count: number, comment: string): Promise<void> => {
  const sql = `
    WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < :count)
    INSERT INTO versions (element_type, element_id, version_number, text, comment, created_by, acting_service, created_at)
    SELECT 'action', :elementId, number, 'x', :comment, :author, 'montage', number FROM numbers`;
  await opened.client.execute({ sql, args: { author, elementId, count, comment } });
};

test("shows all that an author wrote, and nothing of anyone else", async () => {
  await write("ann", 1, 2_500, 'a "comment"\n');
  await write("ben", 2, 1, "his");
  const { scripts, versions, isComplete } = await contributionsOf("ann");
  expect([scripts, versions.length, isComplete]).toEqual([[], 2_500, true]);
  expect(new Set(versions.map(({ versionNumber }) => versionNumber)).size).toBe(2_500);
  expect(versions[1]).toEqual({
    elementType: "action",
    elementId: 1,
    versionNumber: 2,
    comment: 'a "comment"\n',
    actingService: "montage",
    createdAt: "1970-01-01T00:00:00.002Z",
  });
  expect((await contributionsOf("cleo")).versions).toEqual([]);
});

test("says when there are more than ten thousand", async () => {
  await write("dora", 3, 10_000, "");
  expect(await contributionsOf("dora")).toMatchObject({ isComplete: true, versions: { length: 10_000 } });
  await write("dora", 4, 1, "");
  expect(await contributionsOf("dora")).toMatchObject({ isComplete: false, versions: { length: 10_000 } });
});

test.each([
  ["eve", 5, "\u4e16", 2_000],
  ["fay", 6, "\u0001", 500],
])(
  "says when there is more than fits, however long the comments are: %s",
  async (author, elementId, character, length) => {
    await write(author, elementId, 2_100, character.repeat(MAX_COMMENT_LENGTH));
    expect(await contributionsOf(author)).toMatchObject({ isComplete: false, versions: { length } });
  },
);
