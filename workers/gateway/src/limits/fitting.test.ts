import fc from "fast-check";
import { expect, test } from "vitest";
import { segmentsOf, storedPattern } from "../matching/pattern.ts";
import { fitOf } from "./fitting.ts";

test.each([
  ["POST /kms/login", "POST", "/kms/login", "always"],
  ["GET /kms/login", "POST", "/kms/login", "never"],
  ["GET /kms/users", "HEAD", "/kms/users", "always"],
  ["* /**", "PATCH", "/kms/secrets/{path+}", "always"],
  ["* /kms/**", "GET", "/kms/users/{id}", "always"],
  ["* /kms/**", "GET", "/search/status", "never"],
  ["GET /kms/users/{who}", "GET", "/kms/users/{id}", "always"],
  ["GET /kms/users/me", "GET", "/kms/users/{id}", "sometimes"],
  ["GET /kms/users/*/x", "GET", "/kms/users/{id}", "never"],
  ["GET /kms/secrets/*", "GET", "/kms/secrets/{path+}", "sometimes"],
  ["GET /kms/secrets/{path+}", "GET", "/kms/secrets/{path+}", "always"],
  ["GET /kms/secrets/*/**", "GET", "/kms/secrets/{path+}", "always"],
  ["GET /kms/secrets/*/*/**", "GET", "/kms/secrets/{path+}", "sometimes"],
  ["GET /service-a/scripts/*", "GET", "/service-a/scripts/{id}.fountain", "always"],
  ["GET /notes/{id+}", "GET", "/notes/**", "sometimes"],
  ["GET /notes/**", "GET", "/notes/**", "always"],
] as const)("%s, of %s %s: %s", (pattern, method, template, fit) => {
  expect(fitOf(storedPattern(pattern), method, template)).toBe(fit);
});

test("it agrees with the pattern itself, whatever path the template takes", () => {
  const names = fc.constantFrom("a", "b");
  const single = fc.oneof(names, fc.constantFrom("{id}", "*"));
  const many = fc.constantFrom("{path+}", "**");
  const written = fc
    .tuple(fc.array(single, { maxLength: 3 }), fc.option(many, { nil: undefined }), fc.array(single, { maxLength: 2 }))
    .map(([head, middle, tail]) => `/${[...head, ...(middle ? [middle] : []), ...tail].join("/")}`);
  const pathIn = (template: string, pick: (count: number) => number): string[] =>
    segmentsOf(template).flatMap((segment) => {
      const some = (): string => ["a", "b", "c"][pick(3)] ?? "";
      if (segment === "**") return Array.from({ length: pick(5) }, some);
      if (segment === "{path+}") return Array.from({ length: 1 + pick(5) }, some);
      return [segment === "*" || segment.includes("{") ? some() : segment];
    });
  fc.assert(
    fc.property(written, written, fc.infiniteStream(fc.nat(1_000)), (pattern, template, stream) => {
      const compiled = storedPattern(`GET ${pattern}`);
      const fit = fitOf(compiled, "GET", template);
      const path = pathIn(template, (count) => Number(stream.next().value) % count);
      const matches = compiled.match("GET", path) !== undefined;
      return fit === "sometimes" || matches === (fit === "always");
    }),
    { numRuns: 3_000 },
  );
});
