import { expect, test } from "vitest";
import {
  namesIn,
  namesOf,
  routeLines,
  routesOf,
  scopeLines,
  scopesOf,
  targetLines,
  targetsOf,
} from "./browser/configured/lines.ts";

const ROUTES = [
  { match: "GET /public/**", anyone: true },
  { match: "GET /items/{id}", scope: "notes:read", limits: [{ name: "reads" }] },
  { match: "* /**", policy: "office-hours" },
];

test("what is configured is the same after it was written as lines", () => {
  const targets = ["http://127.0.0.1:9000", { url: "http://127.0.0.1:9001", weight: 3 }];
  expect(targetsOf(targetLines(targets))).toEqual(targets);
  const scopes = { "notes:read": "Read notes", "notes:write": "" };
  expect(scopesOf(scopeLines(scopes))).toEqual(scopes);
  expect(routesOf(routeLines(ROUTES), ROUTES)).toEqual(ROUTES);
  for (const names of ["editor", ["editor", "admin"], undefined]) expect(namesOf(namesIn(names))).toEqual(names);
});

test("a route keeps what its line does not say, and loses what it no longer says", () => {
  expect(routesOf("GET /items/{id} anyone\n\n* /**  notes:write\nGET /new", ROUTES)).toEqual([
    { match: "GET /items/{id}", anyone: true, limits: [{ name: "reads" }] },
    { match: "* /**", scope: "notes:write", policy: "office-hours" },
    { match: "GET /new" },
  ]);
});
