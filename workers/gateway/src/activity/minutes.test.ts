import { expect, test } from "vitest";
import { growsLinearly } from "../../../../tests/support/growth.ts";
import { addedUp, createMinutes, MINUTES, mergedMinutes, quantileMs } from "./minutes.ts";

const START_MS = Date.UTC(2026, 10, 30, 9, 0, 30);
const MINUTE_MS = 60_000;

const atClock = (clock = { nowMs: START_MS }) => ({ clock, minutes: createMinutes(() => clock.nowMs) });
const call = (status: number, route = "/kms/me", durationMs = 3) => ({ route, status, durationMs });

test("a call counts in its minute as what it came to; a login besides, and a health check not at all", () => {
  const { clock, minutes } = atClock();
  for (const status of [200, 401, 403, 404, 429, 500, 503]) minutes.note(call(status));
  for (const status of [200, 401, 422, 429, 503]) minutes.note(call(status, "/kms/login"));
  minutes.note(call(201, "/kms/login/passkey"));
  minutes.note(call(200, "/ready"));
  clock.nowMs += MINUTE_MS;
  minutes.note(call(200));
  const hour = minutes.read();
  expect(hour.map(({ atMs }) => atMs)).toEqual(
    Array.from({ length: MINUTES }, (_, at) => Date.UTC(2026, 10, 30, 9, 1) - (MINUTES - 1 - at) * MINUTE_MS),
  );
  expect(hour.at(-2)).toMatchObject({
    requests: 13,
    errors: 3,
    refusals: 3,
    limited: 2,
    loginsSucceeded: 2,
    loginsFailed: 2,
  });
  expect(addedUp(hour)).toMatchObject({ requests: 14, loginsFailed: 2 });
});

test("what is older than an hour is gone, and a quiet minute is there with nothing in it", () => {
  const { clock, minutes } = atClock();
  minutes.note(call(200));
  clock.nowMs += 59 * MINUTE_MS;
  expect(addedUp(minutes.read()).requests).toBe(1);
  clock.nowMs += MINUTE_MS;
  expect(minutes.read()).toHaveLength(MINUTES);
  expect(addedUp(minutes.read()).requests).toBe(0);
  minutes.note(call(200));
  expect(minutes.read().map(({ requests }) => requests)).toEqual([...Array.from({ length: 59 }, () => 0), 1]);
});

test("the hours of several processes add up by the minute, though one of them is a minute ahead", () => {
  const [one, other] = [atClock(), atClock({ nowMs: START_MS + MINUTE_MS })];
  for (let calls = 0; calls < 3; calls += 1) one.minutes.note(call(200));
  other.minutes.note(call(500));
  const merged = mergedMinutes([one.minutes.read(), other.minutes.read()]);
  expect(merged).toHaveLength(MINUTES);
  expect(merged.slice(-2)).toMatchObject([
    { requests: 3, errors: 0 },
    { requests: 1, errors: 1 },
  ]);
});

test("a share of the responses took so long at most: within the bucket that has it", () => {
  const { minutes } = atClock();
  expect(quantileMs(addedUp(minutes.read()), 0.5)).toBeNull();
  for (let calls = 0; calls < 90; calls += 1) minutes.note(call(200, "/kms/me", 4));
  for (let calls = 0; calls < 10; calls += 1) minutes.note(call(200, "/kms/me", 70));
  const sum = addedUp(minutes.read());
  expect(quantileMs(sum, 0.5)).toBeCloseTo(2.8, 1);
  expect(quantileMs(sum, 0.95)).toBe(75);
  for (let calls = 0; calls < 900; calls += 1) minutes.note(call(200, "/kms/me", 99_000));
  expect(quantileMs(addedUp(minutes.read()), 0.95)).toBe(30_000);
});

test("counting costs the same for each call, however many there were", () => {
  const { clock, minutes } = atClock();
  const counting = (calls: number) => () => {
    for (let at = 0; at < calls; at += 1) {
      clock.nowMs += 100;
      minutes.note(call(at % 7 === 0 ? 401 : 200, "/kms/login", at % 40_000));
    }
  };
  expect(growsLinearly(counting)).toBe(true);
  expect(JSON.stringify(minutes.read()).length).toBeLessThan(MINUTES * 250);
});
