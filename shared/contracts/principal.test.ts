import { describe, expect, test } from "vitest";
import { looksLikeUserId, serviceNameOf, serviceSubject, userIdOf } from "./principal.ts";

const USER = "c7212dfc-a31b-450e-b991-ea24108c2f6d";

describe("a subject", () => {
  test("of a service is no user, whatever the service is called", () => {
    for (const name of ["films", USER, USER.toUpperCase(), "service", ""]) {
      const subject = serviceSubject(name);
      expect(userIdOf(subject)).toBeUndefined();
      expect(serviceNameOf(subject)).toBe(name);
      expect(subject).not.toBe(USER);
    }
  });

  test("of a user is no service", () => {
    expect(userIdOf(USER)).toBe(USER);
    expect(serviceNameOf(USER)).toBeUndefined();
  });

  test("of a worker is neither", () => {
    expect(userIdOf("worker:search")).toBeUndefined();
    expect(serviceNameOf("worker:search")).toBeUndefined();
  });
});

test.each([
  [USER, true],
  [USER.toUpperCase(), true],
  ["films", false],
  [`${USER}a`, false],
  [USER.replaceAll("-", ""), false],
])("%s has the form of a user's id: %s", (text, expected) => {
  expect(looksLikeUserId(text)).toBe(expected);
});
