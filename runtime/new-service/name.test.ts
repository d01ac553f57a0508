import path from "node:path";
import { expect, test } from "vitest";
import { namesOf, parseName } from "./name.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

test("a name has one form for each place", () => {
  expect(parseName(ROOT, "lighting-cues-2")).toEqual({
    kebab: "lighting-cues-2",
    snake: "lighting_cues_2",
    constant: "LIGHTING_CUES_2",
    camel: "lightingCues2",
    pascal: "LightingCues2",
  });
  expect(namesOf("notes")).toMatchObject({ camel: "notes", pascal: "Notes" });
});

test.each(["a", "notes", "o2-supply", "x".repeat(30)])("the name %s is accepted", (name) => {
  expect(parseName(ROOT, name).kebab).toBe(name);
});

test.each([
  ["none", undefined, "the name is missing: run `npm run new-service -- NAME`"],
  ["an empty one", "", "the name is missing"],
  ["capitals", "Notes", "is not valid: use at most 30 lower-case letters"],
  ["an underscore", "my_notes", "is not valid"],
  ["two hyphens in a row", "my--notes", "is not valid"],
  ["a hyphen at the end", "notes-", "is not valid"],
  ["a digit at the start", "2notes", "is not valid"],
  ["a path", "../notes", "is not valid"],
  ["a line break", "notes\n", "is not valid"],
  ["31 characters", "x".repeat(31), "is not valid"],
  ["that of a worker", "service-a", "the worker service-a already exists: choose another name"],
  ["that of the gateway", "gateway", "already exists"],
  ["a path of the gateway", "health", "the name health is used by Fountain itself: choose another name"],
  ["a server outside", "libsql", "is used by Fountain itself"],
  ["a generated worker", "internal", "is used by Fountain itself"],
  ["a path that Caddy refuses", "metrics", "is used by Fountain itself"],
  ["sqld's own database", "default", "is used by Fountain itself"],
  ["a property of every object", "constructor", "is used by Fountain itself"],
  ["scopes that exist", "secrets", "the scope secrets:read already exists: choose another name"],
  ["a binding that exists", "kms-rpc", "the gateway already has a binding KMS_RPC: choose another name"],
])("the name is refused if it is %s", (_, name, message) => {
  expect(() => parseName(ROOT, name)).toThrow(message);
});
