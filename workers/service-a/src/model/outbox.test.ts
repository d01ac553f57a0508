import { describe, expect, test, vi } from "vitest";
import type { SearchRpc, SyncOperation } from "#shared/contracts/search.ts";
import { unavailable } from "../../../../tests/support/rpc/private-calls.ts";
import type { Element } from "./element.ts";
import { backoffMs, type Change, createDrain, documentOf, type OutboxStore } from "./outbox.ts";

const element: Element = {
  elementType: "spokenWord",
  elementId: 7,
  sequenceNumber: 12,
  versionNumber: 3,
  comment: "why",
  text: "Hello",
  scriptId: 2,
  createdAtMs: 1_000,
  updatedAtMs: 2_999,
};

const change = (rowId: number, elementId: number, attempts = 0): Change => ({
  rowId,
  attempts,
  element: { ...element, elementId },
});

/** An outbox of given batches, that notes what is asked of it. */
const createOutbox = (batches: Change[][], failures = 0) => {
  const calls: unknown[][] = [];
  const outbox: OutboxStore = {
    take: async (holder) => {
      calls.push(["take", holder]);
      const changes = batches.shift();
      return changes && { changes, failures };
    },
    advance: async (_, outcome) => {
      calls.push(["advance", outcome.deliveredIds, outcome.refused]);
      return batches.shift() ?? [];
    },
    pause: async (_, untilMs, count) => {
      calls.push(["pause", untilMs, count]);
    },
    backlog: async () => ({ depth: 0, oldestAtMs: undefined, deadLetters: 0 }),
  };
  return { outbox, calls };
};

const NOW_MS = 1_000_000;

const drainWith = (outbox: OutboxStore, sync: SearchRpc["sync"]) => {
  let holders = 0;
  const warn = vi.fn<(event: string, fields: object) => void>();
  const sleep = vi.fn(async (_ms: number) => {});
  const draining = createDrain({
    outbox,
    search: { sync },
    now: () => NOW_MS,
    sleep,
    newHolder: () => {
      holders += 1;
      return `holder-${holders}`;
    },
    random: () => 1,
    warn,
  });
  return { ...draining, warn, sleep };
};

const accept = async (operations: SyncOperation[]) => ({
  ok: true as const,
  value: operations.map(({ document }) => ({ id: document.id, success: true })),
});

describe("an element as search knows it", () => {
  test("has an id of its type and number, and its instant in seconds", () => {
    expect(documentOf(element)).toEqual({
      id: "spokenWord-7",
      element_type: "spokenWord",
      element_id: 7,
      sequence_number: 12,
      version_number: 3,
      comment: "why",
      text: "Hello",
      script_id: 2,
      service_name: "service-a",
      updated_at: 2,
    });
  });

  test("names no script when it has none", () => {
    expect(documentOf({ ...element, scriptId: null })).not.toHaveProperty("script_id");
    expect(documentOf({ ...element, text: "a\u0007\u001b[1mb\n\tc" }).text).toBe("a [1mb\n\tc");
  });
});

test("the pause after a failure doubles up to a minute, and half of it is chance", () => {
  expect([0, 1, 2, 5, 6, 60].map((failures) => backoffMs(failures, 1))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
  ]);
  expect(backoffMs(1, 0)).toBe(1_000);
});

describe("draining", () => {
  test("delivers batch after batch, and confirms each before the next", async () => {
    const { outbox, calls } = createOutbox([[change(1, 5), change(2, 6)], [change(3, 7)]]);
    const sync = vi.fn(accept);
    await drainWith(outbox, sync).drain();
    expect(sync.mock.calls.map(([operations]) => operations.map(({ document }) => document.id))).toEqual([
      ["spokenWord-5", "spokenWord-6"],
      ["spokenWord-7"],
    ]);
    expect(calls).toEqual([
      ["take", "holder-1"],
      ["advance", [1, 2], []],
      ["advance", [3], []],
    ]);
  });

  test("delivers the changes of ten calls at once together", async () => {
    const { outbox, calls } = createOutbox([Array.from({ length: 10 }, (_, index) => change(index, index))]);
    const sync = vi.fn(accept);
    const { drainSoon, sleep } = drainWith(outbox, sync);
    await Promise.all(Array.from({ length: 10 }, drainSoon));
    expect(sleep).toHaveBeenCalledTimes(1);
    expect(sync.mock.calls.map(([operations]) => operations.length)).toEqual([10]);
    expect(calls.map(([name]) => name)).toEqual(["take", "advance"]);
  });

  test("gathers what others change during a delivery before the next one", async () => {
    const { outbox } = createOutbox([[change(1, 5)], [change(2, 6)]]);
    const { drain, drainSoon, sleep } = drainWith(outbox, async (operations) => {
      if (operations[0]?.document.id === "spokenWord-5") await drainSoon();
      return accept(operations);
    });
    await drain();
    expect(sleep.mock.calls).toEqual([[50]]);
  });

  test("sends an element once that changed several times, and confirms every change", async () => {
    const { outbox, calls } = createOutbox([[change(1, 5), change(2, 6), change(3, 5)]]);
    const sync = vi.fn(accept);
    await drainWith(outbox, sync).drain();
    expect(sync.mock.calls[0]?.[0]).toHaveLength(2);
    expect(calls).toContainEqual(["advance", [1, 2, 3], []]);
  });

  test("tries again later what search refused, and goes on with the rest", async () => {
    const { outbox, calls } = createOutbox([[change(1, 5), change(2, 6)]]);
    const { drain, warn } = drainWith(outbox, async (operations) => ({
      ok: true,
      value: operations.map(({ document: { id } }) => ({
        id,
        success: id !== "spokenWord-5",
        error: "too odd\0\ud800",
      })),
    }));
    await drain();
    const refused = { rowId: 1, attempts: 1, nextAttemptAtMs: NOW_MS + 1_000, refusal: "too odd\ufffd" };
    expect(calls).toContainEqual(["advance", [2], [refused]]);
    expect(warn.mock.calls).toEqual([["outbox.refused", { changes: 1 }]]);
  });

  test("says so when a refusal was the last one", async () => {
    const { outbox, calls } = createOutbox([[change(1, 5, 19), change(2, 6, 18)]]);
    const { drain, warn } = drainWith(outbox, async () => ({ ok: true, value: [] }));
    await drain();
    const refusal = "no result for this document";
    const nextAttemptAtMs = NOW_MS + 60_000;
    expect(calls).toContainEqual([
      "advance",
      [],
      [
        { rowId: 1, attempts: 20, nextAttemptAtMs, refusal },
        { rowId: 2, attempts: 19, nextAttemptAtMs, refusal },
      ],
    ]);
    expect(warn.mock.calls).toEqual([
      ["outbox.refused", { changes: 2 }],
      ["outbox.dead-letters", { changes: 1 }],
    ]);
  });

  test.each<[string, SearchRpc["sync"]]>([
    ["is unavailable", unavailable],
    ["throws", () => Promise.reject(new Error("a bug"))],
  ])("pauses, confirming nothing, when search %s", async (_, sync) => {
    const { outbox, calls } = createOutbox([[change(1, 5)]], 2);
    await drainWith(outbox, sync).drain();
    expect(calls.slice(1)).toEqual([["pause", NOW_MS + 4_000, 3]]);
  });

  test("keeps the lease to its end when search does not answer, and comes back under another name", async () => {
    vi.useFakeTimers();
    const { outbox, calls } = createOutbox([[change(1, 5)]]);
    const { drain, warn } = drainWith(outbox, () => new Promise(() => undefined));
    const drained = drain();
    await vi.advanceTimersByTimeAsync(8_000);
    await drained;
    vi.useRealTimers();
    expect(warn).toHaveBeenCalledWith("outbox.no-answer", { changes: 1 });
    expect(calls).toEqual([["take", "holder-1"]]);
    await drain();
    expect(calls[1]).toEqual(["take", "holder-2"]);
  });

  test("is not begun twice in one isolate, and looks again for whoever asked meanwhile", async () => {
    const { outbox, calls } = createOutbox([[change(1, 5)]]);
    const held = Promise.withResolvers<void>();
    const advance = vi.fn(() => held.promise.then(() => []));
    const { drain } = drainWith({ ...outbox, advance }, accept);
    const first = drain();
    await vi.waitFor(() => expect(advance).toHaveBeenCalled());
    await Promise.all([drain(), drain()]);
    expect(calls).toEqual([["take", "holder-1"]]);
    held.resolve();
    await first;
    expect(calls).toEqual([
      ["take", "holder-1"],
      ["take", "holder-1"],
    ]);
  });

  test("can be begun again after the database was gone", async () => {
    const { outbox, calls } = createOutbox([]);
    const broken: OutboxStore = { ...outbox, take: () => Promise.reject(new Error("gone")) };
    const { drain } = drainWith(broken, accept);
    await expect(drain()).rejects.toThrow("gone");
    Object.assign(broken, { take: outbox.take });
    await drain();
    expect(calls[0]).toEqual(["take", "holder-1"]);
  });

  test("does nothing more once the lease is lost", async () => {
    const { outbox } = createOutbox([[change(1, 5)]]);
    const sync = vi.fn(accept);
    await drainWith({ ...outbox, advance: async () => undefined }, sync).drain();
    expect(sync).toHaveBeenCalledTimes(1);
  });
});
