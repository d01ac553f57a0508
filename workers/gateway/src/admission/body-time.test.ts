import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MAX_BODY_MS, MAX_PAUSE_MS, MAX_UNANNOUNCED_MS, receiveInTime } from "./body-time.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A request whose body comes as the test sends it. */
const receive = (headers: Record<string, string> = { "content-type": "text/plain" }) => {
  let sent: ReadableByteStreamController | undefined;
  const source = new ReadableStream({
    type: "bytes",
    start: (controller) => {
      sent = controller;
    },
  });
  const init = { method: "POST", headers, body: source, duplex: "half" };
  return {
    send: (text: string) => sent?.enqueue(new TextEncoder().encode(text)),
    end: () => {
      sent?.close();
      sent?.byobRequest?.respond(0);
    },
    ...receiveInTime(new Request("http://x/", init)),
  };
};
const timeout = { code: "request-timeout" };

test("a slow but steady body is read to its end", async () => {
  const { send, end, request, rest } = receive();
  const read = request.text();
  for (let piece = 0; piece < 10; piece += 1) {
    await vi.advanceTimersByTimeAsync(MAX_PAUSE_MS - 1_000);
    send(`${piece}`);
  }
  end();
  expect(await read).toBe("0123456789");
  expect(await rest?.()).toBe(true);
});

test("a body that stops is given up after the longest pause, and no sooner", async () => {
  const { send, request, rest } = receive();
  const read = request.text();
  const refused = expect(read).rejects.toMatchObject(timeout);
  const settled = vi.fn();
  read.catch(settled);
  send("a");
  await vi.advanceTimersByTimeAsync(MAX_PAUSE_MS - 1);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await refused;
  expect(await rest?.()).toBe(false);
});

test("a body that drips is given up in the end", async () => {
  const { send, request } = receive();
  const refused = expect(request.text()).rejects.toMatchObject(timeout);
  for (let atMs = 0; atMs < MAX_BODY_MS; atMs += 20_000) {
    send("a");
    await vi.advanceTimersByTimeAsync(20_000);
  }
  await refused;
});

test("a body that nothing announces is none if no byte of it comes within a second", async () => {
  const { request, rest } = receive({});
  const read = request.text();
  await vi.advanceTimersByTimeAsync(MAX_UNANNOUNCED_MS);
  expect(await read).toBe("");
  expect(await rest?.()).toBe(false);
});

test.each([
  ["begun", {}],
  ["of some type", { "content-type": "text/plain" }],
  ["of some length", { "content-length": "1" }],
  ["waiting for 100 Continue", { expect: "100-continue" }],
])("a body %s is waited for as long as any", async (what, headers) => {
  const { send, end, request } = receive(headers);
  const read = request.text();
  if (what === "begun") send("a");
  await vi.advanceTimersByTimeAsync(MAX_PAUSE_MS - 1);
  send("b");
  end();
  expect(await read).toMatch(/b$/);
});

test("a body that breaks off is no timeout", async () => {
  const source = new ReadableStream({ type: "bytes", pull: (controller) => controller.error(new Error("reset")) });
  const init = { method: "POST", body: source, duplex: "half" };
  const { request, rest } = receiveInTime(new Request("http://x/", init));
  await expect(request.text()).rejects.toThrow("reset");
  expect(await rest?.()).toBe(false);
});

test("the rest of a body that was read in part, or not at all, is discarded", async () => {
  for (const isBegun of [true, false]) {
    const { send, end, request, rest } = receive();
    send("a");
    if (isBegun) {
      const reader = request.body?.getReader();
      await reader?.read();
      reader?.releaseLock();
    }
    send("b");
    end();
    expect(await rest?.()).toBe(true);
  }
});

test("what is still being read is left to its reader", async () => {
  const { send, end, request, rest } = receive();
  const reader = request.body?.getReader();
  send("a");
  end();
  expect(await rest?.()).toBe(false);
  expect((await reader?.read())?.done).toBe(false);
  expect((await reader?.read())?.done).toBe(true);
  expect(await rest?.()).toBe(true);
});

test("a rest that does not come is waited for two seconds", async () => {
  const { rest } = receive();
  const isRead = rest?.();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await isRead).toBe(false);
});

test("a request without a body is passed on as it is", async () => {
  for (const request of [new Request("http://x/"), new Request("http://x/", { method: "POST" })]) {
    const received = receiveInTime(request);
    expect(received.request).toBe(request);
    expect(received.rest).toBeUndefined();
  }
});
