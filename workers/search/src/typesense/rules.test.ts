import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestBed } from "../../../../tests/support/search-cluster.ts";
import { create } from "../../../../tests/support/search-index.ts";

const bed = openTestBed();
beforeEach(() => bed.reset());
afterEach(() => {
  bed.standIn.state.version = "29.0";
  expect(bed.standIn.violations).toEqual([]);
});

const GATE = { synonyms: ["gate", "door"] };
const PROMOTED = { rule: { query: "gate", match: "exact" }, includes: [{ id: "a", position: 1 }] };

describe.each(["29.0", "30.1"])("version %s", (version) => {
  const start = async () => {
    bed.standIn.state.version = version;
    const typesense = bed.isolate();
    await typesense.engine.sync([create("a")]);
    return typesense;
  };

  test("keeps synonyms and curations, shows and removes them", async () => {
    const { rules } = await start();
    for (const [kind, rule] of [
      ["synonyms", GATE],
      ["curations", PROMOTED],
    ] as const) {
      expect(await rules.put(kind, "one/two", rule)).toMatchObject({ ok: true, value: { id: "one/two", ...rule } });
      expect(await rules.find(kind, "one/two")).toMatchObject({ ok: true, value: rule });
      expect(await rules.list(kind)).toEqual([{ id: "one/two", ...rule }]);
      expect(await rules.remove(kind, "one/two")).toMatchObject({ ok: true });
      expect(await rules.find(kind, "one/two")).toEqual({ ok: false, error: { kind: "unknown" } });
      expect(await rules.remove(kind, "one/two")).toEqual({ ok: false, error: { kind: "unknown" } });
    }
  });

  test("has them after a reindex as before", async () => {
    const { rules, reindexing } = await start();
    await rules.put("synonyms", "gate", GATE);
    await rules.put("curations", "promoted", PROMOTED);
    await reindexing.start();
    await rules.put("synonyms", "late", { root: "ship", synonyms: ["boat"] });
    await reindexing.advance();
    expect(await rules.list("synonyms")).toHaveLength(2);
    expect(await rules.list("curations")).toEqual([{ id: "promoted", ...PROMOTED }]);
  });

  test("without a cluster that answers fails as unavailable", async () => {
    const { rules } = await start();
    await bed.standIn.stopAll();
    await expect(rules.put("synonyms", "gate", GATE)).rejects.toThrow("unreachable");
  });
});

test("an upgrade carries the sets over that Typesense made of the old rules", async () => {
  const { engine } = bed.isolate();
  await engine.sync([create("a")]);
  const [collection] = bed.standIn.state.collections.values();
  bed.standIn.state.synonymSets.set("made-by-the-upgrade", new Map([["gate", GATE]]));
  if (collection) collection.schema["synonym_sets"] = ["made-by-the-upgrade"];
  bed.standIn.state.version = "30.1";
  const upgraded = bed.isolate();
  await upgraded.engine.maintain();
  expect(await upgraded.rules.list("synonyms")).toEqual([{ id: "gate", ...GATE }]);
});
