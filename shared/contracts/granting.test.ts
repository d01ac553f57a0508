import { expect, test } from "vitest";
import { type GrantApplicant, type Granted, type GrantRefusal, refusalToGrant } from "./granting.ts";

const NOW_SECONDS = 1_000;
const EVERYTHING: Granted[] = ["rights", "credential", "account", "secret", "access"];

const applicant = (kind: GrantApplicant["kind"], acr: GrantApplicant["acr"], ageSeconds = 0): GrantApplicant => ({
  kind,
  acr,
  authTimeSeconds: NOW_SECONDS - ageSeconds,
});

const CASES: [string, GrantApplicant, GrantRefusal | undefined][] = [
  ["who has just passed a second factor", applicant("user", "aal2", 300), undefined],
  ["who passed one too long ago", applicant("user", "aal2", 301), "second-factor"],
  ["who has passed none", applicant("user", "aal1"), "second-factor"],
  ["who has none and has just logged in", { ...applicant("user", "aal1", 300), factorless: true }, undefined],
  ["who has none and logged in long ago", { ...applicant("user", "aal1", 301), factorless: true }, "fresh-login"],
];

test.each(CASES)("a user %s", (_, user, refusal) => {
  for (const what of EVERYTHING) expect(refusalToGrant(what, user, NOW_SECONDS), what).toBe(refusal);
  const ofPassword = refusal === "fresh-login" ? undefined : refusal;
  expect(refusalToGrant("password", user, NOW_SECONDS)).toBe(ofPassword);
});

test("nobody but a user in person replaces a password, whatever their token says", () => {
  const refusalTo = (by: GrantApplicant) => refusalToGrant("password", by, NOW_SECONDS);
  expect(refusalTo({ ...applicant("user", "aal2"), narrowed: true })).toBe("narrowed");
  expect(refusalTo({ ...applicant("user", "aal1"), factorless: true, narrowed: true })).toBe("narrowed");
  expect(refusalTo(applicant("service", "aal2"))).toBe("service");
  expect(refusalTo(applicant("delegate", "aal2"))).toBe("delegate");
});

test("a delegate hands out nothing, whatever its token says", () => {
  for (const what of EVERYTHING)
    expect(refusalToGrant(what, { ...applicant("delegate", "aal2"), factorless: true }, NOW_SECONDS)).toBe("delegate");
});

test("a narrowed token hands out no rights and no credential, but what it is for", () => {
  const refusals = EVERYTHING.map((what) =>
    refusalToGrant(what, { ...applicant("user", "aal2"), narrowed: true }, NOW_SECONDS),
  );
  expect(refusals).toEqual(["narrowed", "narrowed", undefined, undefined, undefined]);
});

test("a service hands out no rights and no credential", () => {
  const refusals = EVERYTHING.map((what) => refusalToGrant(what, applicant("service", "aal2"), NOW_SECONDS));
  expect(refusals).toEqual(["service", "service", undefined, undefined, undefined]);
});
