import { expect, test } from "vitest";
import { WORKERS } from "#shared/contracts/workers.ts";
import { ROUTES } from "#shared/policy/routes.ts";
import { useTestGateway } from "../../../../tests/support/gateway/each.ts";
import { segmentsOf, storedPattern } from "../matching/pattern.ts";
import { DEFAULT_LIMITS } from "./defaults.ts";
import { routeLimitBody } from "./limit.ts";

const { gateway } = useTestGateway();

const OPEN = WORKERS.flatMap((worker) =>
  Object.entries(ROUTES[worker]).flatMap(([key, policy]) => {
    const [method = "", path = ""] = key.split(" ");
    return policy.caller === "anyone" ? [{ method, path: worker === "gateway" ? path : `/${worker}${path}` }] : [];
  }),
);

const isLimited = ({ method, path }: { method: string; path: string }): boolean =>
  DEFAULT_LIMITS.some(({ body }) => storedPattern(body.match).match(method, segmentsOf(path)));

test("everything that anyone may call has one, but for documents that anyone may read", () => {
  expect(OPEN.filter((row) => row.method !== "GET" && !isLimited(row))).toEqual([]);
  expect(OPEN.filter(({ method }) => method !== "GET").length).toBeGreaterThan(5);
  expect(OPEN.filter((row) => row.method === "GET" && isLimited(row))).toEqual([]);
});

test("each could be configured like that, and is named as one", () => {
  for (const { name, body } of DEFAULT_LIMITS) {
    expect(routeLimitBody.safeParse(body).success).toBe(true);
    expect(name).toMatch(/^default-/);
  }
  expect(new Set(DEFAULT_LIMITS.map(({ name }) => name)).size).toBe(DEFAULT_LIMITS.length);
});

const logIn = () =>
  gateway().fetch("/kms/login", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });

test("is there from the start, until an object of its name replaces it", async () => {
  expect((await logIn()).headers.get("ratelimit-policy")).toBe('"default-login";q=600;w=60');
  const body = { match: "POST /kms/login", per: "address", limit: 1, window: "1s" };
  gateway().configure({ limit: { "default-login": body } });
  expect((await logIn()).headers.get("ratelimit-policy")).toBe('"default-login";q=1;w=1');
  expect((await logIn()).status).toBe(429);
  gateway().configure({});
  expect((await logIn()).headers.get("ratelimit")).toBe('"default-login";r=598;t=1');
});
