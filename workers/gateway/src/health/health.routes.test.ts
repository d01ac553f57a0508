import { beforeEach, describe, expect, test, vi } from "vitest";
import { WORKERS } from "#shared/contracts/workers.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { createTestGateway, type TestGateway } from "../../../../tests/support/gateway.ts";
import { DESTINATIONS } from "../backends/target.ts";

let gateway: TestGateway;

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  gateway = await createTestGateway();
});

test("health says that the process runs, and asks nobody", async () => {
  const response = await gateway.fetch("/health");
  expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
  expect(gateway.received).toEqual([]);
});

describe("ready", () => {
  test("asks every worker, and its own database", async () => {
    const response = await gateway.fetch("/ready");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "ok",
      workers: Object.fromEntries(WORKERS.map((worker) => [worker, "ok"])),
    });
    expect(gateway.received.map(({ destination, path }) => `${destination}${path}`).sort()).toEqual(
      DESTINATIONS.map((worker) => `${worker}/ready`).sort(),
    );
  });

  test("names those that give no good answer, with Retry-After", async () => {
    let asked = 0;
    gateway.worker.answer = () => {
      asked += 1;
      if (asked === 1) throw new Error("boom");
      return asked === 3 ? Response.json({ code: "unavailable" }, { status: 503 }) : Response.json({ status: "ok" });
    };
    const response = await gateway.fetch("/ready");
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(await response.json()).toMatchObject({
      code: "unavailable",
      detail: "No usable response from kms and search.",
    });
  });

  test("is named itself while its own database does not respond", async () => {
    gateway.database.probe = () => Promise.reject(new Unavailable("the database is not responding"));
    const response = await gateway.fetch("/ready");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ detail: "No usable response from gateway." });
  });

  test("does not wait for its own database for ever", async () => {
    vi.useFakeTimers();
    gateway.database.probe = () => new Promise(() => undefined);
    const responding = gateway.fetch("/ready");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await (await responding).json()).toMatchObject({ detail: "No usable response from gateway." });
    vi.useRealTimers();
  });

  test("once it drains, says so and asks nobody, while everything else is served on", async () => {
    await gateway.drain();
    const response = await gateway.fetch("/ready");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable", detail: "This process is shutting down." });
    expect(gateway.received).toEqual([]);
    expect((await gateway.fetch("/health")).status).toBe(200);
    const headers = { authorization: `Bearer ${await gateway.userToken()}` };
    expect((await gateway.fetch("/kms/me", { headers })).status).toBe(200);
  });

  test("waits two seconds for all of them together", async () => {
    const timeout = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      expect(ms).toBe(2_000);
      return AbortSignal.abort(new DOMException("too slow", "TimeoutError"));
    });
    const response = await gateway.fetch("/ready");
    const names = `${DESTINATIONS.slice(0, -1).join(", ")} and ${DESTINATIONS.at(-1)}`;
    expect(await response.json()).toMatchObject({ detail: `No usable response from ${names}.` });
    timeout.mockRestore();
  });
});
