import { expect, test } from "vitest";
import { pointerTo } from "#shared/http/pointer.ts";
import type { Kind } from "./configuration.schema.ts";
import { BODIES } from "./configuration.ts";
import { warningsOf } from "./warnings.ts";

const object = (kind: Kind, name: string, body: object) => ({ kind, name, body: BODIES[kind].parse(body) });

const targets = ["http://127.0.0.1:9000"];
const limit = (match: string) => ({ match, per: "address", limit: 1, window: "1m" });

/** What is configured already. */
const STORED = [
  object("upstream", "notes", {
    targets,
    scopes: { "notes:read": "" },
    routes: [{ match: "GET /items/{id}", scope: "notes:read" }],
  }),
  object("upstream", "films", { targets, host: "films.example", routes: [{ match: "POST /reels" }] }),
  object("policy", "office", { effect: "allow", routes: ["* /notes/**"] }),
];

/** The pointers at what will not work. */
const pointersOf = (kind: Kind, name: string, body: object) => {
  const changed = object(kind, name, body);
  const others = STORED.filter((other) => other.kind !== kind || other.name !== name);
  return warningsOf(changed, [...others, changed]).map(({ path }) => pointerTo("json", path));
};

test.each<[string, string, object, string[]]>([
  ["all that there is", "x", { targets, routes: [{ match: "* /**", scope: "notes:read", policy: "office" }] }, []],
  ["scopes of Fountain", "x", { targets, routes: [{ match: "* /**", scope: "keys:write" }] }, []],
  ["a scope of its own", "x", { targets, scopes: { "x:y": "" }, routes: [{ match: "* /**", scope: "x:y" }] }, []],
  ["no such scope", "x", { targets, routes: [{ match: "* /**", scope: "notes:raed" }] }, ["#/routes/0/scope"]],
  ["no such policy", "x", { targets, routes: [{ match: "* /**", policy: "ofice" }] }, ["#/routes/0/policy"]],
  [
    "no such policy in a list, and no such scope in one of its own",
    "x",
    {
      targets,
      routes: [
        { match: "* /**", policy: ["office", "ofice", { effect: "deny", when: { scopes: ["notes:read", "a:b"] } }] },
      ],
    },
    ["#/routes/0/policy/1", "#/routes/0/policy/2/when/scopes/1"],
  ],
  ["no targets", "x", { targets: [] }, ["#/targets"]],
  ["targets without a share", "x", { targets: [{ url: "http://127.0.0.1:9000", weight: 0 }] }, ["#/targets"]],
  ["no routes", "x", { targets, routes: [] }, ["#/routes"]],
  ["a longer prefix", "x", { targets, prefix: "/notes/items" }, ["#/prefix"]],
  ["another prefix that begins alike", "x", { targets, prefix: "/notesx" }, []],
  ["a prefix below its own", "films", { targets, host: "notes.example" }, []],
  ["the same on one host", "x", { targets, host: "films.example", prefix: "/reels" }, ["#/prefix"]],
])("an upstream with %s", (_, name, body, expected) => {
  expect(pointersOf("upstream", name, body)).toEqual(expected);
});

test.each<[string[], string[]]>([
  [["GET /a", "GET /b", "POST /a", "* /a"], []],
  [["GET /items/{id}", "GET /items/**", "* /items/**", "* /**"], []],
  [
    ["GET /items/**", "GET /items/{id}", "HEAD /items", "POST /items"],
    ["#/routes/1/match", "#/routes/2/match"],
  ],
  [["HEAD /items", "GET /items", "GET /items/"], ["#/routes/2/match"]],
  [["* /{a}/{b}", "GET /**/x", "GET /x/*"], ["#/routes/2/match"]],
  [
    ["GET /{rest+}", "GET /**", "GET /a/**", "GET /**"],
    ["#/routes/2/match", "#/routes/3/match"],
  ],
  [["GET /**/raw", "GET /a/{b+}/raw", "GET /a/{b+}"], ["#/routes/1/match"]],
])("of the routes %j, no call takes %j", (matches, expected) => {
  expect(pointersOf("upstream", "x", { targets, routes: matches.map((match) => ({ match })) })).toEqual(expected);
});

test("limits per caller say where no caller is known", () => {
  const per = (by: unknown, name = "x") => ({ name, per: by, limit: 1, window: "1m" });
  const limits = [per("address"), per(["address", "key"], "y")];
  const open = { match: "GET /open", anyone: true, limits: [per("all", "z"), per("subject", "s")] };
  const closed = { match: "GET /closed", limits: [per("service", "s")] };
  expect(pointersOf("upstream", "x", { targets, limits, routes: [open, closed] })).toEqual(["#/routes/0/limits/1/per"]);
  expect(pointersOf("upstream", "x", { targets, limits, routes: [open] })).toEqual([
    "#/limits/1/per",
    "#/routes/0/limits/1/per",
  ]);
  expect(pointersOf("upstream", "x", { targets, limits })).toEqual([]);
  const limitOf = (match: string, by: unknown) => pointersOf("limit", "x", { ...limit(match), per: by });
  expect(limitOf("POST /kms/login", "subject")).toEqual(["#/per"]);
  expect(limitOf("* /kms/**", "subject")).toEqual([]);
  expect(limitOf("POST /kms/login", ["address", "all"])).toEqual([]);
});

test.each([
  ["GET /health", ["#/match"]],
  ["* /ready", ["#/match"]],
  ["GET /gateway/**", ["#/match"]],
  ["PUT /gateway/limits/{name}", ["#/match"]],
  ["GET /{any}", []],
])("a limit for %s, which may count nothing", (match, expected) => {
  expect(pointersOf("limit", "x", limit(match))).toEqual(expected);
});

test("both upstreams say that one takes calls of the other", () => {
  const all = [...STORED, object("upstream", "deep", { targets, prefix: "/notes/deep" })];
  const detailsOf = (name: string) =>
    all.filter((one) => one.name === name).flatMap((one) => warningsOf(one, all).map(({ detail }) => detail));
  expect(detailsOf("deep")).toEqual(["it takes the calls below /notes/deep from the upstream notes"]);
  expect(detailsOf("notes")).toEqual(["calls below /notes/deep go to the upstream deep instead"]);
});

test.each([
  ["* /**", []],
  ["GET /notes/items/7", []],
  ["HEAD /notes/*/{id}", []],
  ["POST /notes/items/7", ["#/routes/0"]],
  ["GET /note/**", ["#/routes/0"]],
  ["POST /reels", []],
  ["POST /kms/login", []],
  ["GET /kms/logins", ["#/routes/0"]],
  ["GET /service-a/scripts/*/export/x", ["#/routes/0"]],
])("a policy for %s", (route, expected) => {
  expect(pointersOf("policy", "x", { effect: "deny", routes: [route] })).toEqual(expected);
  expect(pointersOf("limit", "x", limit(route))).toEqual(expected.map(() => "#/match"));
});

test("a policy that looks at names which a pattern lacks, or at scopes that no upstream has", () => {
  const routes = ["GET /notes/items/{id}", "GET /notes/**"];
  const when = { path: { id: "$subject" }, scopes: "notes:raed" };
  expect(pointersOf("policy", "x", { effect: "deny", routes, when })).toEqual(["#/routes/1", "#/when/scopes"]);
});
