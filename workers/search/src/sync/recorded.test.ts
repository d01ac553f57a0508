import { beforeEach, expect, test, vi } from "vitest";
import { failure, success } from "#shared/lang/result.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { type Recorded, recordingChanges } from "../../../../tests/support/recording/changes.ts";
import type { RuleOutcome } from "./cluster.ts";
import { recordedReindexing, recordedRotation, recordedRules } from "./recorded.ts";

let recorded: Recorded;
beforeEach(() => {
  recorded = recordingChanges();
});

const reindexing = (running?: string) => ({
  running: async () => running,
  start: vi.fn(async () => ({ jobId: "new", isNew: true })),
  advance: async () => undefined,
  find: async () => undefined,
});
const rules = (outcome: RuleOutcome) => ({
  list: async () => [],
  find: async () => outcome,
  put: vi.fn(async () => outcome),
  remove: vi.fn(async () => outcome),
});

test("a reindex is recorded with its collection, unless one is running already", async () => {
  expect(await recordedReindexing(reindexing(), recorded.recorder).start()).toEqual({ jobId: "new", isNew: true });
  expect(recorded.entries).toEqual(["reindex.start elements: made"]);
  expect(await recordedReindexing(reindexing("old"), recorded.recorder).start()).toEqual({
    jobId: "old",
    isNew: false,
  });
  expect(recorded.entries).toHaveLength(1);
});

test("a search rule is recorded by kind and id when it is written or deleted", async () => {
  const { put, remove } = recordedRules(rules(success({ id: "gate" })), recorded.recorder);
  await put("synonyms", "gate", { synonyms: ["gate", "door"] });
  await remove("curations", "harbour");
  expect(recorded.entries).toEqual([
    "search-rule.change synonyms/gate: made",
    "search-rule.change curations/harbour: made",
  ]);
});

test("the id of a rule that is not there is not recorded", async () => {
  const { remove } = recordedRules(rules(failure("unknown")), recorded.recorder);
  expect(await remove("synonyms", "what somebody typed")).toEqual(failure("unknown"));
  expect(recorded.entries).toEqual([]);
});

test("a rule that Typesense refuses is recorded as not made", async () => {
  const { put } = recordedRules(rules(failure("refused", { message: "no" })), recorded.recorder);
  await put("synonyms", "gate", {});
  expect(recorded.entries).toEqual(["search-rule.change synonyms/gate: not made"]);
});

test("a rotation is recorded, and as not made while another one is running", async () => {
  const rotate = (ok: boolean) => ({ rotate: async () => (ok ? success({ keyId: 4 }) : failure("running")) });
  await recordedRotation(rotate(true), recorded.recorder).rotate();
  await recordedRotation(rotate(false), recorded.recorder).rotate();
  expect(recorded.entries).toEqual(["search-credentials.rotate: made", "search-credentials.rotate: not made"]);
});

test("nothing changes that cannot be recorded", async () => {
  recorded.isDown = true;
  const [job, kept] = [reindexing(), rules(success({ id: "gate" }))];
  const rotate = vi.fn(async () => success({ keyId: 4 }));
  await expect(recordedReindexing(job, recorded.recorder).start()).rejects.toThrow(Unavailable);
  await expect(recordedRules(kept, recorded.recorder).put("synonyms", "gate", {})).rejects.toThrow(Unavailable);
  await expect(recordedRules(kept, recorded.recorder).remove("synonyms", "gate")).rejects.toThrow(Unavailable);
  await expect(recordedRotation({ rotate }, recorded.recorder).rotate()).rejects.toThrow(Unavailable);
  for (const change of [job.start, kept.put, kept.remove, rotate]) expect(change).not.toHaveBeenCalled();
});
