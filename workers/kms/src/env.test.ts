import { expect, test } from "vitest";
import { parseBindings } from "#shared/http/bindings.ts";
import { parseRoleNames, stepUpRolesFault } from "./accounts/roles.ts";
import { envSchema } from "./env.ts";

const BINDINGS = {
  PUBLIC_URL: "https://fountain.example/",
  SECRET_KEY: "0123456789abcdef0123456789abcdef",
  REGISTRATION: null,
  DATABASE_URL: "http://kms.db",
  DATABASE_TOKEN: "token",
};

test("starts with a SECRET_KEY of 32 bytes", () => {
  expect(parseBindings(envSchema, BINDINGS).PUBLIC_URL).toBe("https://fountain.example");
});

test("does not start without SECRET_KEY, nor with a short one, and never tells its value", () => {
  for (const SECRET_KEY of [null, undefined, "", "too-short-to-be-a-secret-key-31"]) {
    const parse = () => parseBindings(envSchema, { ...BINDINGS, SECRET_KEY });
    expect(parse).toThrow(/SECRET_KEY/);
    expect(parse).not.toThrow(/too-short/);
  }
});

test("finds a role that demands a second factor and does not exist", () => {
  const fault = (names: string) => stepUpRolesFault(parseRoleNames(names), ["auditor", "editor", "user"]);
  expect([fault(""), fault("admin"), fault("admin, editor")]).toEqual([undefined, undefined, undefined]);
  expect(fault("admin,admn,edtor")).toBe(
    'has "admn", "edtor", which does not exist: set it to roles that do, with commas between: admin, auditor, editor, user',
  );
});

test("opens registration for nothing but `email` and `open`, and does not start with anything else", () => {
  const parse = (REGISTRATION: string | null) => parseBindings(envSchema, { ...BINDINGS, REGISTRATION }).REGISTRATION;
  expect([parse(null), parse(""), parse("closed")]).toEqual(["closed", "closed", "closed"]);
  expect([parse("email"), parse("open")]).toEqual(["email", "open"]);
  for (const other of ["yes", "true", "Open", " open"]) expect(() => parse(other)).toThrow(/REGISTRATION/);
});

test("reads the roles that demand a second factor, and does not start with names that no role can have", () => {
  const rolesOf = (STEP_UP_FOR_ROLES: string | null) =>
    parseBindings(envSchema, { ...BINDINGS, STEP_UP_FOR_ROLES }).STEP_UP_FOR_ROLES;
  expect(rolesOf(null)).toEqual(new Set());
  expect(rolesOf("")).toEqual(new Set());
  expect(rolesOf("admin, auditor,")).toEqual(new Set(["admin", "auditor"]));
  expect(() => rolesOf("Admin")).toThrow(/STEP_UP_FOR_ROLES/);
  expect(() => rolesOf("admin;auditor")).toThrow(/STEP_UP_FOR_ROLES/);
});
