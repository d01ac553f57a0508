import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { createTestGateway, type TestGateway } from "../../../../tests/support/gateway.ts";
import { CALLERS, CALLS, NOW, PRINCIPALS, RULES, type TableCaller, UPSTREAM } from "./explain.table.ts";

let gateway: TestGateway;
let explainer: string;
beforeEach(async () => {
  gateway = await createTestGateway();
  gateway.clock.nowMs = Date.parse(NOW);
  gateway.kms.principals = new Map(PRINCIPALS);
  gateway.egress.reach = async () => Response.json({ ok: true });
  explainer = await gateway.userToken({ sub: "reader", roles: ["auditor"], scope: "gateway:read gateway:write" });
});

const explanation = z.strictObject({
  decision: z.enum(["allow", "deny"]),
  by: z.enum(["credential", "scope", "step-up", "policy", "limit"]),
  rule: z.string().optional(),
  reason: z.string().min(1),
  evaluated: z.array(z.strictObject({ rule: z.string(), matched: z.boolean(), why: z.string().min(1) })),
});

const explain = async (described: object) => {
  const response = await gateway.fetch("/gateway/policies/explain", {
    method: "POST",
    headers: { authorization: `Bearer ${explainer}`, "content-type": "application/json" },
    body: JSON.stringify(described),
  });
  expect(response.status).toBe(200);
  return explanation.parse(await response.json());
};

const problemSchema = z.object({ code: z.string(), detail: z.string() });

/** What refused a call, as the caller saw it. */
const refuserOf = async (response: Response): Promise<string> => {
  const { code, detail } = problemSchema.parse(await response.json());
  if (code === "unauthenticated" || detail.includes("a user's session")) return "credential";
  if (code.endsWith("-required") || detail.includes("A service cannot do this")) return "step-up";
  return code === "forbidden" && response.headers.has("www-authenticate") ? "scope" : "policy";
};

/** What is really decided on a call. */
const decide = async (token: string | undefined, { address }: TableCaller, method: string, path: string) => {
  const response = await gateway.fetch(path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(address !== undefined && { "cf-connecting-ip": address }),
      "content-type": "application/json",
    },
    ...(method === "POST" && { body: "{}" }),
  });
  if (response.ok) return "allow";
  if (method === "HEAD") return "deny";
  return `deny by ${await refuserOf(response)}`;
};

/** Each cell of the table, by the names of the caller and the call. */
const table = async <Cell>(of: (caller: TableCaller, method: string, path: string) => Promise<Cell>) => {
  const cells: Record<string, Cell> = {};
  for (const caller of CALLERS)
    for (const [method, path] of CALLS) cells[`${caller.name}: ${method} ${path}`] = await of(caller, method, path);
  return cells;
};

const decisions = async () => {
  const tokens = new Map<TableCaller, string>();
  for (const caller of CALLERS) if (caller.claims) tokens.set(caller, await gateway.userToken(caller.claims));
  return table((caller, method, path) => decide(tokens.get(caller), caller, method, path));
};

const explanations = () =>
  table(async ({ described, address }, method, path) => {
    const { decision, by } = await explain({ method, path, ...described, ...(address && { address }) });
    return decision === "allow" || method === "HEAD" ? decision : `deny by ${by}`;
  });

const configure = (policies: Record<string, object>): void =>
  gateway.configure({ upstream: { notes: UPSTREAM }, policy: policies });

const NAMED = { effect: "allow", routes: ["GET /elsewhere"], when: { roles: ["admin", "user"] } };
const numbered = (rules: readonly object[]) => Object.fromEntries(rules.map((rule, at) => [`rule-${at}`, rule]));

describe("the decision and its explanation agree on seventy-seven calls", () => {
  test.each(RULES.map((rule, at) => [at + 1, rule] as const))("under rule %i", async (_, rule) => {
    configure({ "a-rule": NAMED, another: rule });
    const decided = await decisions();
    expect(Object.keys(decided)).toHaveLength(77);
    expect(await explanations()).toEqual(decided);
  });

  test("under all twelve, and some of each outcome are among them", async () => {
    configure({ "a-rule": NAMED, ...numbered(RULES.slice(1, 3)) });
    const decided = await decisions();
    expect(await explanations()).toEqual(decided);
    const outcomes = new Set(Object.values(decided));
    for (const outcome of ["allow", "deny by credential", "deny by scope", "deny by step-up", "deny by policy"])
      expect(outcomes).toContain(outcome);
    configure({ "a-rule": NAMED, ...numbered(RULES) });
    expect(await explanations()).toEqual(await decisions());
  });
});

test("twelve rules in a dry run change nothing, and the log says what they would", async () => {
  configure({ "a-rule": NAMED });
  const without = await decisions();
  expect(gateway.ruleLines.filter((line) => line.startsWith("policy-would-refuse"))).toEqual([]);
  configure({ "a-rule": NAMED, ...numbered(RULES.map((rule) => ({ ...rule, dryRun: true }))) });
  expect(await decisions()).toEqual(without);
  expect(await explanations()).toEqual(without);
  const lines = gateway.ruleLines.filter((line) => line.startsWith("policy-would-refuse"));
  expect(lines).toContain("policy-would-refuse rule-0");
  expect(new Set(lines).size).toBe(lines.length);
});

describe("an explanation", () => {
  test("names the rule, and says of each whether it applies and why", async () => {
    configure({
      "no-interns": { effect: "deny", routes: ["* /notes/**"], when: { roles: "intern" } },
      office: { effect: "allow", routes: ["GET /notes/items/{id}"], when: { addresses: ["10.0.0.0/8"] } },
      other: { effect: "deny", routes: ["* /kms/**"] },
    });
    const call = { method: "GET", path: "/notes/items/7", subject: "user-1" };
    expect(await explain({ ...call, address: "10.0.0.1" })).toEqual({
      decision: "allow",
      by: "policy",
      rule: "office",
      reason: "the policy office allows it",
      evaluated: [
        { rule: "no-interns", matched: false, why: "it asks for the role intern, and the caller has user" },
        { rule: "office", matched: true, why: "all that it asks for holds: an address in 10.0.0.0/8" },
        { rule: "other", matched: false, why: "its routes do not include this call" },
      ],
    });
    expect(await explain(call)).toMatchObject({
      decision: "deny",
      by: "policy",
      rule: "office",
      evaluated: expect.arrayContaining([
        { rule: "office", matched: false, why: "it asks for an address in 10.0.0.0/8, and the address is not known" },
      ]),
    });
  });

  test.each<[string, object, object]>([
    ["a path with tricks", { path: "/notes/items%2F7" }, { by: "policy", rule: "path" }],
    [
      "what the firewall denies, and by which rule",
      { path: "/notes/internal/x" },
      { by: "policy", rule: "firewall", evaluated: [expect.objectContaining({ rule: "notes #1", matched: true })] },
    ],
    ["a call that no route fits", { path: "/notes/nowhere" }, { by: "policy", rule: "routes" }],
    ["a method that a path does not have", { path: "/kms/me", method: "PUT" }, { by: "policy", rule: "routes" }],
    ["a caller who is not known", { path: "/kms/me", subject: "unknown" }, { by: "credential" }],
    ["no caller", { path: "/kms/me", subject: undefined }, { by: "credential" }],
    ["a scope that is missing", { path: "/kms/users" }, { by: "scope", rule: "users:admin" }],
    ["a policy that does not exist", { path: "/notes/named" }, { by: "policy", rule: "a-rule" }],
  ])("says what refuses %s", async (_, described, expected) => {
    configure({});
    const call = { method: "GET", subject: "user-1", ...described };
    expect(await explain(call)).toMatchObject({ decision: "deny", ...expected });
  });

  test("looks at header fields as a firewall does", async () => {
    const firewall = [{ effect: "allow", headers: { "x-team": "ops*" } }, { effect: "deny" }];
    gateway.configure({ upstream: { notes: { ...UPSTREAM, firewall } } });
    const token = await gateway.userToken({ scope: "notes:read" });
    for (const [team, decision] of [
      ["ops-1", "allow"],
      ["dev", "deny"],
    ] as const) {
      const headers = { "x-team": team };
      const call = { method: "GET", path: "/notes/items/7", subject: "user-1", headers };
      expect(await explain(call)).toMatchObject({ decision });
      const real = await gateway.fetch(call.path, { headers: { ...headers, authorization: `Bearer ${token}` } });
      expect(real.ok).toBe(decision === "allow");
    }
  });

  test("knows the roles that are withheld until a second factor was passed", async () => {
    configure({ leads: { effect: "deny", routes: ["GET /notes/items/{id}"], when: { roles: "editor" } } });
    const call = { method: "DELETE", path: "/notes/items/7", subject: "lead-1" };
    expect(await explain(call)).toMatchObject({ decision: "deny", by: "step-up" });
    expect(await explain({ ...call, acr: "aal2" })).toMatchObject({ decision: "allow", by: "scope" });
    expect(await explain({ ...call, method: "GET" })).toMatchObject({ decision: "deny", by: "policy", rule: "leads" });
  });

  test("looks at where a key may be used, and whether it may", async () => {
    configure({});
    const key = PRINCIPALS.get("service:scripts");
    if (!key) throw new Error("there is no such service");
    const call = { method: "GET", path: "/notes/items/7", key: "key-1" };
    gateway.kms.principals.set("key-1", { ...key, allowedAddresses: ["10.0.0.0/8"] });
    expect(await explain({ ...call, address: "10.0.0.1" })).toMatchObject({ decision: "allow", by: "scope" });
    expect(await explain({ ...call, address: "203.0.113.7" })).toMatchObject({ decision: "deny", by: "credential" });
    expect(await explain(call)).toMatchObject({ decision: "deny", by: "credential" });
    gateway.kms.principals.set("key-1", { ...key, usable: false, reason: "expired" });
    expect(await explain(call)).toMatchObject({ by: "credential", reason: expect.stringContaining("expired") });
  });

  test.each([false, true])("names the limit that is used up, and uses up none (exact: %s)", async (exact) => {
    const limits = [{ name: "few", per: "subject", limit: 2, window: "1h", exact }];
    gateway.configure({ upstream: { notes: { ...UPSTREAM, limits } } });
    const call = { method: "GET", path: "/notes/items/7", subject: "user-1" };
    for (let asked = 0; asked < 3; asked += 1) expect(await explain(call)).toMatchObject({ decision: "allow" });
    const token = await gateway.userToken({ scope: "notes:read" });
    const status = async () =>
      (await gateway.fetch("/notes/items/7", { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await status(), await status()]).toEqual([200, 200]);
    expect(await explain(call)).toMatchObject({ decision: "deny", by: "limit", rule: "few" });
    expect(await status()).toBe(429);
    expect(await explain({ ...call, subject: "editor-1" })).toMatchObject({ decision: "allow" });
  });

  test("decides as of the instant that it is given", async () => {
    configure({
      night: { effect: "deny", routes: ["* /**"], when: { hours: { zone: "UTC", from: "22:00", to: "06:00" } } },
    });
    const call = { method: "GET", path: "/notes/items/7", subject: "user-1" };
    expect(await explain(call)).toMatchObject({ decision: "allow", by: "scope" });
    expect(await explain({ ...call, at: "2027-01-15T23:00:00Z" })).toMatchObject({ decision: "deny", rule: "night" });
  });

  test("calls nothing, and leaves no trace", async () => {
    configure({ "a-rule": { effect: "deny", routes: ["* /**"] } });
    gateway.egress.reach = () => Promise.reject(new Error("it was called"));
    await explain({ method: "GET", path: "/notes/items/7", subject: "user-1" });
    await explain({ method: "GET", path: "/notes/internal/x", subject: "user-1" });
    expect(gateway.ruleLines).toEqual([]);
    expect(gateway.received).toEqual([]);
    expect(gateway.refusals).toEqual([]);
  });
});
