import { expect, test } from "vitest";
import { createRevocationLog, type LoggedRevocation, REVOCATIONS_PER_RESPONSE } from "./revocation-log.ts";

const revocation = (position: number, revokedAtSeconds = position): LoggedRevocation => ({
  revokedId: `session-${position}`,
  revokedAtSeconds,
  position,
});
const range = (first: number, last: number): LoggedRevocation[] =>
  Array.from({ length: last - first + 1 }, (_, at) => revocation(first + at));

const filled = (last: number) => {
  const log = createRevocationLog();
  log.add({ askedFrom: 0, revocations: range(1, last), lastPosition: last, hasMore: false });
  return log;
};

const idsOf = (response: { revocations: readonly { revokedId: string }[] }): string[] =>
  response.revocations.map(({ revokedId }) => revokedId);

test("returns what came since, and no more", () => {
  const log = filled(3);
  expect(log.since(2)).toEqual({
    revocations: [{ revokedId: "session-3", revokedAtSeconds: 3 }],
    position: 3,
    isWhole: false,
    hasMore: false,
  });
  expect(idsOf(log.since(3))).toEqual([]);
});

test("returns all there are to a caller without a position, or with one of another database", () => {
  const log = filled(3);
  for (const position of [undefined, 4])
    expect(log.since(position)).toMatchObject({ isWhole: true, position: 3, revocations: { length: 3 } });
});

test("keeps a response within its bound, and loses none over several", () => {
  const last = 2 * REVOCATIONS_PER_RESPONSE + 1;
  const log = filled(last);
  const heard: string[] = [];
  let position: number | undefined;
  for (let responses = 1; ; responses += 1) {
    const response = log.since(position);
    expect(response.revocations.length).toBeLessThanOrEqual(REVOCATIONS_PER_RESPONSE);
    expect(response.isWhole).toBe(responses === 1);
    heard.push(...idsOf(response));
    position = response.position;
    if (!response.hasMore) break;
  }
  expect(heard).toEqual(range(1, last).map(({ revokedId }) => revokedId));
  expect(position).toBe(last);
});

test("continues where the database broke off", () => {
  const log = createRevocationLog();
  log.add({ askedFrom: 0, revocations: range(1, 5), lastPosition: 9, hasMore: true });
  expect(log.position()).toBe(5);
  log.add({ askedFrom: 5, revocations: range(6, 9), lastPosition: 9, hasMore: false });
  expect(idsOf(log.since(undefined))).toHaveLength(9);
});

test("merges the results of two queries at once, in whichever order they come", () => {
  const log = filled(2);
  log.add({ askedFrom: 2, revocations: range(3, 5), lastPosition: 5, hasMore: false });
  log.add({ askedFrom: 2, revocations: range(3, 4), lastPosition: 4, hasMore: false });
  expect(log.position()).toBe(5);
  expect(idsOf(log.since(undefined))).toEqual(range(1, 5).map(({ revokedId }) => revokedId));
});

test("begins again when the database has been set back", () => {
  const log = filled(9);
  log.add({ askedFrom: 9, revocations: [], lastPosition: 4, hasMore: false });
  expect(log.position()).toBe(0);
  log.add({ askedFrom: 0, revocations: range(1, 4), lastPosition: 4, hasMore: false });
  expect(log.since(9)).toMatchObject({ isWhole: true, position: 4 });
});

test("takes in nothing that would leave a gap", () => {
  const log = filled(9);
  log.add({ askedFrom: 9, revocations: [], lastPosition: 4, hasMore: false });
  log.add({ askedFrom: 9, revocations: [revocation(10)], lastPosition: 10, hasMore: false });
  expect(log.position()).toBe(0);
  expect(idsOf(log.since(undefined))).toEqual([]);
});

test("forgets what is long past, and keeps what is yet to come", () => {
  const log = createRevocationLog();
  const revocations = [revocation(1, 100), revocation(2, 9_000), revocation(3, 200)];
  log.add({ askedFrom: 0, revocations, lastPosition: 3, hasMore: false });
  log.prune(200);
  expect(idsOf(log.since(undefined))).toEqual(["session-2", "session-3"]);
  expect(log.since(0)).toMatchObject({ position: 3 });
});
