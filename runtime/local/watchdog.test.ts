import { type ChildProcess, spawn } from "node:child_process";
import { afterEach, describe, expect, test } from "vitest";
import { stopProcess } from "./process.ts";
import { activityOf, describeThreads, parseStat } from "./vitals.ts";
import { type Clock, createPatience, judge, type Probe, type Silence, watchForHang } from "./watchdog.ts";

const MINUTE_MS = 60_000;
/** Of it the kernel knows nothing: silence alone counts. */
const UNKNOWN_PID = -1;

describe("a silent process", () => {
  const silence = (given: Partial<Silence>): Silence => ({
    silentMs: 5_000,
    limitMs: 4_500,
    cpuMs: 0,
    activity: "asleep",
    ...given,
  });

  test.for<[string, Partial<Silence>, string | undefined]>([
    ["is left alone within the limit, whatever it does", { silentMs: 4_499, activity: "stopped" }, undefined],
    ["hangs when a signal has stopped it", { activity: "stopped" }, "stopped by a signal"],
    ["hangs when it sleeps", {}, "asleep"],
    ["hangs when it has had much CPU time", { activity: "runnable", cpuMs: 4_900 }, "busy, with 4.9 s of CPU time"],
    ["hangs when its threads spin, though one looks asleep", { cpuMs: 8_000 }, "busy, with 8.0 s of CPU time"],
    ["is left alone while it waits for a processor", { activity: "runnable", cpuMs: 1_400 }, undefined],
    [
      "hangs when it has waited for a processor for nearly a minute",
      { activity: "runnable", silentMs: 54_000 },
      "it is starved of CPU time",
    ],
    ["is left to its debugger", { activity: "traced", silentMs: 10 * MINUTE_MS }, undefined],
    ["hangs where nothing else is to be known", { activity: undefined, cpuMs: undefined }, "not responded for 5.0 s"],
  ])("%s", ([, given, finding]) => {
    const found = judge(silence(given));
    if (finding === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(finding);
  });
});

test("every hang doubles the patience, up to twelvefold, and ten minutes without one restore it", () => {
  let nowMs = 0;
  const patience = createPatience(() => nowMs);
  const limits = Array.from({ length: 6 }, () => {
    const limitMs = patience.limitMs();
    patience.hung();
    nowMs += MINUTE_MS;
    return limitMs;
  });
  expect(limits).toEqual([4_500, 9_000, 18_000, 36_000, 54_000, 54_000]);
  nowMs += 10 * MINUTE_MS;
  expect(patience.limitMs()).toBe(4_500);
});

describe("the kernel's word on threads", () => {
  test("is read for names with brackets and blanks", () => {
    const rest = "S 1 1 1 0 -1 4194304 1 0 0 0 250 50 0 0 20 0 4 0 1 2 3";
    expect(parseStat(`42 (V8 (worker) 1) ${rest}`)).toEqual({
      id: "42",
      name: "V8 (worker) 1",
      activity: "asleep",
      cpuMs: 3_000,
    });
    expect(parseStat("")).toBeUndefined();
  });

  test("is one activity for the whole process, and one line for the log", () => {
    const thread = (id: string, activity: "asleep" | "runnable", cpuMs: number) => ({
      id,
      name: "worker",
      activity,
      cpuMs,
      waitsIn: activity === "asleep" ? "futex_wait" : "0",
    });
    const before = [thread("1", "runnable", 100), thread("2", "asleep", 50), thread("3", "asleep", 7)];
    const after = [thread("1", "runnable", 340), thread("2", "asleep", 50), thread("3", "asleep", 7)];
    expect(activityOf(after)).toBe("runnable");
    expect(activityOf(after.slice(1))).toBe("asleep");
    expect(activityOf([])).toBeUndefined();
    expect(describeThreads(before, after)).toBe("worker runnable +240 ms, 2 × worker asleep in futex_wait +0 ms");
  });
});

describe("a watched process", () => {
  const children: ChildProcess[] = [];
  const watches: AbortController[] = [];
  afterEach(async () => {
    for (const watch of watches.splice(0)) watch.abort();
    for (const child of children.splice(0)) await stopProcess(child, "SIGKILL");
  });

  const start = (script: string): number => {
    const child = spawn("/bin/sh", ["-c", script], { stdio: "ignore" });
    children.push(child);
    if (child.pid === undefined) throw new Error("sh does not start");
    return child.pid;
  };

  const watch = (pid: number, probe: Probe, clock?: Clock): Promise<string | undefined> => {
    const stopping = new AbortController();
    watches.push(stopping);
    return watchForHang({ pid, probe, patience: createPatience(), signal: stopping.signal, ...(clock && { clock }) });
  };

  /** Responds at first, and then never again. */
  const respondsOnce = (): Probe => {
    let asked = 0;
    return async () => {
      asked += 1;
      if (asked > 1) throw new Error("no response");
      return undefined;
    };
  };

  /** A clock that stands still but for the time that is paused, and that a probe takes. */
  const createClock = (probeTakesMs: number): { clock: Clock; probe: (outcome: Probe) => Probe } => {
    let nowMs = 0;
    return {
      clock: {
        now: () => nowMs,
        pause: async (ms) => {
          nowMs += ms;
        },
      },
      probe: (outcome) => (timeoutMs, patience) => {
        nowMs += probeTakesMs;
        return outcome(timeoutMs, patience);
      },
    };
  };

  test.runIf(process.platform === "linux")("that spins is found, and one that is stopped", async () => {
    const spinning = watch(start("while :; do :; done"), respondsOnce());
    const stopped = start("sleep 60");
    process.kill(stopped, "SIGSTOP");
    expect(await watch(stopped, respondsOnce())).toMatch(/^has not responded for \d+\.\d s: stopped by a signal$/);
    expect(await spinning).toMatch(/: busy, with \d+\.\d s of CPU time$/);
  });

  test("that responds, and says that it is broken, is found at once", async () => {
    expect(await watch(UNKNOWN_PID, async () => "has lost its way")).toBe("has lost its way");
  });

  test("that is silent is found after three probes, and has a minute after its start", async () => {
    const later = createClock(1_500);
    const atStart = createClock(1_500);
    const silent = /^has not responded for (\d+\.\d) s/;
    const found = await watch(UNKNOWN_PID, later.probe(respondsOnce()), later.clock);
    expect(silent.exec(found ?? "")?.[1]).toBe("4.5");
    const neverBegan = await watch(
      UNKNOWN_PID,
      atStart.probe(() => Promise.reject(new Error())),
      atStart.clock,
    );
    expect(silent.exec(neverBegan ?? "")?.[1]).toBe("60.0");
  });

  test("is not blamed for time in which the watchdog was stopped as well", async () => {
    const hourly = createClock(60 * MINUTE_MS);
    const respond = respondsOnce();
    let asked = 0;
    const probe = hourly.probe((...args) => {
      asked += 1;
      if (asked === 20) watches[0]?.abort();
      return respond(...args);
    });
    expect(await watch(UNKNOWN_PID, probe, hourly.clock)).toBeUndefined();
    expect(asked).toBe(20);
  });
});
