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
    takeLease: async (holder) => {
      calls.push(["take", holder]);
      return failures;
    },
    advance: async (_, outcome) => {
      calls.push(["advance", outcome.deliveredIds, outcome.refused]);
      return batches.shift() ?? [];
    },
    finish: async () => {
      calls.push(["finish"]);
      return true;
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
  const drain = createDrain({
    outbox,
    search: { sync },
    now: () => NOW_MS,
    newHolder: () => {
      holders += 1;
      return `holder-${holders}`;
    },
    random: () => 1,
    warn,
  });
  return { drain, warn };
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
      ["advance", [], []],
      ["advance", [1, 2], []],
      ["advance", [3], []],
      ["finish"],
    ]);
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
    expect(calls.slice(1)).toEqual([
      ["advance", [], []],
      ["pause", NOW_MS + 4_000, 3],
    ]);
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
    expect(calls).toEqual([
      ["take", "holder-1"],
      ["advance", [], []],
    ]);
    await drain();
    expect(calls[2]).toEqual(["take", "holder-2"]);
  });

  test("is not begun twice in one isolate, and looks again for whoever asked meanwhile", async () => {
    const { outbox, calls } = createOutbox([[change(1, 5)], []]);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { drain } = drainWith(outbox, async (operations) => {
      await held;
      return accept(operations);
    });
    const first = drain();
    await Promise.all([drain(), drain()]);
    expect(calls.filter(([name]) => name === "take")).toHaveLength(1);
    release();
    await first;
    expect(calls.filter(([name]) => name === "take")).toHaveLength(2);
  });

  test("can be begun again after the database was gone", async () => {
    const { outbox, calls } = createOutbox([]);
    const broken: OutboxStore = { ...outbox, takeLease: () => Promise.reject(new Error("gone")) };
    const { drain } = drainWith(broken, accept);
    await expect(drain()).rejects.toThrow("gone");
    Object.assign(broken, { takeLease: outbox.takeLease });
    await drain();
    expect(calls[0]).toEqual(["take", "holder-1"]);
  });

  test("does nothing more once the lease is lost", async () => {
    const { outbox } = createOutbox([]);
    const sync = vi.fn(accept);
    await drainWith({ ...outbox, advance: async () => undefined }, sync).drain();
    expect(sync).not.toHaveBeenCalled();
  });

  test("goes on when changes came in just before it would have ended", async () => {
    const { outbox, calls } = createOutbox([[], [change(1, 5)], []]);
    const answers = [false, true];
    await drainWith({ ...outbox, finish: async () => answers.shift() ?? true }, accept).drain();
    expect(calls).toContainEqual(["advance", [1], []]);
  });
});
