import { beforeEach, expect, test, vi } from "vitest";
import { createTestGateway, GOOD_API_KEY, type TestGateway } from "../../../../tests/support/gateway.ts";

let gateway: TestGateway;
let operator: Record<string, string>;

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  gateway = await createTestGateway();
  operator = { authorization: `Bearer ${await gateway.userToken({ sub: "operator", scope: "gateway:read" })}` };
});

const read = async (path: string): Promise<unknown> => (await gateway.fetch(path, { headers: operator })).json();

test("the overview shows what came of the calls, and names the part that does not respond", async () => {
  await gateway.fetch("/kms/me");
  gateway.worker.answer = ({ url }) =>
    url.endsWith("/login") ? Response.json({ code: "unauthenticated" }, { status: 401 }) : Response.json({ ok: true });
  const json = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
  await gateway.fetch("/kms/login", json);
  gateway.database.probe = () => Promise.reject(new Error("no database"));
  const shown = await read("/gateway/overview");
  expect(shown).toMatchObject({
    at: new Date(gateway.clock.nowMs).toISOString(),
    startedAt: new Date(gateway.clock.nowMs).toISOString(),
    processes: { counted: 1, running: null },
    total: { requests: 2, errors: 0, refusals: 2, limited: 0, logins: { succeeded: 0, failed: 1 } },
  });
  expect(shown).toHaveProperty("minutes.length", 60);
  expect(shown).toHaveProperty("minutes.59.requests", 2);
  expect(shown).toHaveProperty("parts", [
    { name: "gateway", status: "unavailable" },
    ...["kms", "twofa", "search", "service-a"].map((name) => ({ name, status: "ok" })),
  ]);
});

test("a call that was refused is listed as it can be explained, and comes out the same", async () => {
  const { userToken } = gateway;
  const user = {
    authorization: `Bearer ${await userToken({ sub: "7d9a1f52-6b0c-4d11-8e7a-2f4c5b6a7d80", scope: "" })}`,
  };
  const service = { "x-api-key": GOOD_API_KEY };
  gateway.kms.principals.set("api-key-1", {
    kind: "service",
    subject: "service:scripts",
    clientId: "scripts",
    roles: [],
    scopes: [],
    usable: true,
    allowedAddresses: null,
  });
  await gateway.fetch("/kms/users/7?q=secret-of-the-query", { headers: user });
  gateway.clock.nowMs += 1_000;
  await gateway.fetch("/kms/services/scripts", { headers: service });
  gateway.clock.nowMs += 1_000;
  await gateway.fetch("http://other.example/kms/me?q=1");
  const listed = await read("/gateway/refusals");
  expect(listed).toMatchObject({
    items: [
      { status: 401, reason: "unauthenticated", route: "/kms/me", caller: {}, call: { host: "other.example" } },
      {
        status: 403,
        reason: "forbidden",
        caller: { service: "scripts", key: "api-key-1" },
        call: { method: "GET", path: "/kms/services/scripts", key: "api-key-1" },
      },
      {
        status: 403,
        reason: "forbidden",
        route: "/kms/users/{id}",
        call: { path: "/kms/users/7", subject: "7d9a1f52-6b0c-4d11-8e7a-2f4c5b6a7d80", acr: "aal1" },
      },
    ],
  });
  expect(JSON.stringify(listed)).not.toContain("secret-of-the-query");
  expect(await read("/gateway/refusals?status=401&limit=1")).toMatchObject({ items: [{ status: 401 }] });
  const explain = async (call: unknown): Promise<unknown> => {
    const headers = { ...operator, "content-type": "application/json" };
    return (
      await gateway.fetch("/gateway/policies/explain", { method: "POST", headers, body: JSON.stringify(call) })
    ).json();
  };
  const items = Object.values(Object(listed).items).map((item) => Object(item).call);
  expect(await Promise.all(items.map(explain))).toMatchObject([
    { decision: "deny", by: "credential" },
    { decision: "deny", by: "scope", rule: "keys:read" },
    { decision: "deny", by: "credential" },
  ]);
});

test("a rule that refuses is named; what is behind the gateway gives no reason", async () => {
  gateway.configure({
    policy: { closed: { effect: "deny", routes: ["* /kms/me"] } },
    limit: { few: { match: "GET /kms/sessions", per: "all", limit: 1, window: "1m" } },
  });
  const headers = { authorization: `Bearer ${await gateway.userToken()}` };
  await gateway.fetch("/kms/me", { headers });
  for (let call = 0; call < 2; call += 1) await gateway.fetch("/kms/sessions", { headers });
  gateway.worker.answer = () => Response.json({ code: "forbidden" }, { status: 403 });
  await gateway.fetch("/kms/sessions/7", { method: "DELETE", headers });
  const { items } = Object(await read("/gateway/refusals"));
  const named = items.map(({ status, reason, rule }: Record<string, unknown>) => ({ status, reason, rule }));
  expect(named).toHaveLength(3);
  expect(named).toEqual(
    expect.arrayContaining([
      { status: 403, reason: "forbidden", rule: "closed" },
      { status: 429, reason: "too-many-attempts", rule: "few" },
      { status: 403 },
    ]),
  );
});

test("each kind keeps its last hundred for an hour, and no credential that stood in a path", async () => {
  const headers = { authorization: `Bearer ${await gateway.userToken({ scope: "" })}` };
  await gateway.fetch("/kms/users/first", { headers });
  for (let call = 0; call < 150; call += 1) await gateway.fetch(`/kms/me?${call}`);
  await gateway.fetch(`/kms/sessions/ftn_${"a".repeat(60)}`, { method: "DELETE" });
  const pages: unknown[][] = [];
  for (let after = ""; pages.length < 3; ) {
    const { items, next } = Object(await read(`/gateway/refusals?${after}`));
    pages.push(items);
    after = `after=${next}`;
    expect(next === null).toBe(pages.length === 3);
  }
  const items = pages.flat().map(Object);
  expect(pages.map(({ length }) => length)).toEqual([50, 50, 1]);
  expect(new Set(items.map(({ requestId }) => requestId)).size).toBe(101);
  expect(items.filter(({ status }: { status: number }) => status === 403)).toHaveLength(1);
  expect(JSON.stringify(items)).toContain('"path":"/kms/sessions/{id}"');
  expect(JSON.stringify(items)).not.toContain("ftn_");
  gateway.clock.nowMs += 3_600_001;
  operator = { authorization: `Bearer ${await gateway.userToken({ sub: "operator", scope: "gateway:read" })}` };
  expect(await read("/gateway/refusals")).toMatchObject({ items: [] });
});
