import { afterEach, describe, expect, test, vi } from "vitest";
import { drain } from "./drain.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** A request that brings pieces of this size, and counts how many were taken; `undefined` never ends. */
const sending = (pieceBytes: number, pieces?: number) => {
  const taken = { pieces: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (taken.pieces === pieces) return controller.close();
        taken.pieces += 1;
        controller.enqueue(new Uint8Array(pieceBytes));
      },
      cancel: () => {
        taken.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { taken, body };
};
const requestOf = (body: BodyInit, headers: Record<string, string> = {}): Request => {
  const init = { method: "POST", body, headers, duplex: "half" };
  return new Request("http://x/", init);
};

describe("an unread body", () => {
  test("is taken to its end", async () => {
    const { taken, body } = sending(1_000, 50);
    expect(await drain(requestOf(body))).toBe(true);
    expect(taken.pieces).toBe(50);
  });

  test("is given up after 32 MiB", async () => {
    const { taken, body } = sending(8 * 1024 * 1024);
    expect(await drain(requestOf(body))).toBe(false);
    expect(taken.pieces).toBe(5);
  });

  test("that announces more than 32 MiB is not begun", async () => {
    const { taken, body } = sending(1_000, 1);
    await drain(requestOf(body, { "content-length": String(32 * 1024 * 1024 + 1) }));
    expect(taken.pieces).toBe(0);
  });

  test("of a caller that waits for 100 Continue is not waited for", async () => {
    expect(await drain(requestOf(new ReadableStream(), { expect: "100-continue" }))).toBe(false);
  });

  test("that does not come is waited for two seconds, and no longer", async () => {
    vi.useFakeTimers();
    let cancelled = false;
    const silent = new ReadableStream({
      cancel: () => {
        cancelled = true;
      },
    });
    const drained = drain(requestOf(silent));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await drained).toBe(false);
    expect(cancelled).toBe(true);
  });

  test("that breaks off hurts nobody", async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    await expect(drain(requestOf(broken))).resolves.toBe(false);
  });
});

test("a body that a handler has read, or is reading, is left alone", async () => {
  const read = requestOf("text");
  await read.text();
  await expect(drain(read)).resolves.toBe(true);
  const beingRead = requestOf("text");
  const reader = beingRead.body?.getReader();
  await drain(beingRead);
  expect((await reader?.read())?.value).toEqual(new TextEncoder().encode("text"));
});
