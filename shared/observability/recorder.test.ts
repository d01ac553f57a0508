import { beforeEach, describe, expect, test } from "vitest";
import { failure, success } from "../lang/result.ts";
import { withinRequest } from "./context.ts";
import { createRecorder, type SecurityEvent, type Settlement } from "./recorder.ts";
import { startSpan } from "./trace.ts";

const EVENT: SecurityEvent = { action: "key.revoke", outcome: "success", target: "key-1" };

let lines: unknown[];
let settled: Settlement[];
let stored: SecurityEvent[];
let isReachable: boolean;

const store = async (event: SecurityEvent): Promise<void> => {
  if (!isReachable) throw new Error("the trail cannot be written");
  stored.push(event);
};

const recorder = createRecorder<SecurityEvent, string>(
  (level, event, fields) => lines.push({ level, event, ...fields }),
  {
    prepare: async (event) => {
      await store(event);
      return `entry of ${event.action}`;
    },
    settle: async (_, settlement) => {
      settled.push(settlement);
    },
    write: store,
  },
);

beforeEach(() => {
  [lines, settled, stored, isReachable] = [[], [], [], true];
});

describe("a change", () => {
  test("gets its entry to store, and has its line once it is made", async () => {
    const given = await recorder.change(EVENT, async (entry) => {
      expect(lines).toEqual([]);
      return entry;
    });
    expect(given).toBe("entry of key.revoke");
    expect(lines).toMatchObject([{ level: "info", event: "security", action: "key.revoke", target: "key-1" }]);
    expect(settled).toEqual(["made"]);
  });

  test.each([
    ["false", false],
    ["undefined", undefined],
    ["a failed Result", failure("unknown")],
  ])("that results in %s has not come about", async (_, result) => {
    expect(await recorder.change(EVENT, async () => result)).toBe(result);
    expect(lines).toEqual([]);
    expect(settled).toEqual(["not-made"]);
  });

  test("that succeeds with nothing to say has come about", async () => {
    await recorder.change(EVENT, async () => success(undefined));
    expect(settled).toEqual(["made"]);
  });

  test("that throws is settled as unknown, and the error is passed on", async () => {
    const failed = recorder.change(EVENT, async () => {
      throw new Error("the database is full");
    });
    await expect(failed).rejects.toThrow("the database is full");
    expect(lines).toEqual([]);
    expect(settled).toEqual(["unknown"]);
  });

  test("is not made when it cannot be recorded", async () => {
    isReachable = false;
    let isMade = false;
    const refused = recorder.change(EVENT, async () => {
      isMade = true;
    });
    await expect(refused).rejects.toThrow("cannot be written");
    expect(isMade).toBe(false);
  });
});

describe("what changes nothing", () => {
  test("is no success if it cannot be recorded", async () => {
    isReachable = false;
    await expect(recorder.record(EVENT)).rejects.toThrow("cannot be written");
    expect(lines).toEqual([]);
  });

  test("has its line as a refusal even if it cannot be stored", async () => {
    isReachable = false;
    await expect(recorder.record({ ...EVENT, outcome: "refused", reason: "locked" })).rejects.toThrow(
      "cannot be written",
    );
    expect(lines).toMatchObject([{ level: "warn", outcome: "refused", reason: "locked" }]);
  });
});

test("takes the caller of the request for the actor, unless the event names one", async () => {
  const request = { requestId: "request-1", span: startSpan(undefined), subject: "user-1" };
  await withinRequest(request, async () => {
    await recorder.record(EVENT);
    await recorder.record({ ...EVENT, actor: "service:films" });
  });
  expect(stored).toMatchObject([{ actor: "user-1" }, { actor: "service:films" }]);
});
