import { beforeEach, describe, expect, test } from "vitest";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { exposition } from "#shared/observability/instruments.ts";
import { bearer, codeOf, useTestGateway } from "../../../../tests/support/gateway/each.ts";
import { GOOD_API_KEY } from "../../../../tests/support/gateway.ts";

const { gateway, get } = useTestGateway();

const FROM = { one: { "cf-connecting-ip": "192.0.2.1" }, other: { "cf-connecting-ip": "192.0.2.2" } };
const KEY = { "x-api-key": GOOD_API_KEY };
const ELEMENTS = "/service-a/elements";

const limit = (body: object) => ({ match: "GET /service-a/**", per: "address", limit: 2, window: "1m", ...body });

/** The statuses of so many calls. */
const statusesOf = async (count: number, headers: Record<string, string>, path = ELEMENTS): Promise<number[]> => {
  const statuses: number[] = [];
  for (let call = 0; call < count; call += 1) statuses.push((await get(path, headers)).status);
  return statuses;
};

const fieldsOf = ({ headers }: Response) => [headers.get("ratelimit-policy"), headers.get("ratelimit")];

describe("a limit per address", () => {
  beforeEach(() => gateway().configure({ limit: { reads: limit({}) } }));

  test("refuses the calls beyond it, says when to come again, and lets others pass", async () => {
    expect(await statusesOf(2, { ...KEY, ...FROM.one })).toEqual([200, 200]);
    const refused = await get(ELEMENTS, { ...KEY, ...FROM.one });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("30");
    expect(fieldsOf(refused)).toEqual(['"reads";q=2;w=60', '"reads";r=0;t=30']);
    expect(await refused.json()).toMatchObject({
      code: "too-many-attempts",
      detail: expect.stringContaining("limit reads"),
    });
    expect(await statusesOf(1, { ...KEY, ...FROM.other })).toEqual([200]);
    gateway().clock.nowMs += 30_000;
    expect(await statusesOf(2, { ...KEY, ...FROM.one })).toEqual([200, 429]);
  });

  test("counts before credentials are looked at, and says so in every response", async () => {
    const refused = await get(ELEMENTS, FROM.one);
    expect([refused.status, refused.headers.get("ratelimit")]).toEqual([401, '"reads";r=1;t=30']);
    gateway().worker.answer = () => new Response(null, { status: 404 });
    const missing = await get(ELEMENTS, { ...KEY, ...FROM.one });
    expect([missing.status, missing.headers.get("ratelimit")]).toEqual([404, '"reads";r=0;t=30']);
    expect(gateway().received).toHaveLength(1);
    expect(await statusesOf(1, FROM.one)).toEqual([429]);
  });

  test("locks out neither health checks nor those who have to undo it", async () => {
    gateway().configure({ limit: { all: limit({ match: "* /**", per: "all", limit: 1, window: "1d" }) } });
    expect(await statusesOf(2, KEY)).toEqual([200, 429]);
    expect(await statusesOf(2, KEY, "/health")).toEqual([200, 200]);
    expect(await statusesOf(2, FROM.one, "/gateway/limits")).toEqual([401, 401]);
  });

  test("says nothing where it does not apply", async () => {
    expect(fieldsOf(await get("/health"))).toEqual([null, null]);
    expect(fieldsOf(await get("/kms/users", KEY))).toEqual([null, null]);
  });

  test("keeps its count when other objects change, and loses it with its numbers", async () => {
    await statusesOf(2, { ...KEY, ...FROM.one });
    gateway().configure({ limit: { reads: limit({}), others: limit({ match: "GET /kms/**" }) } });
    expect(await statusesOf(1, { ...KEY, ...FROM.one })).toEqual([429]);
    gateway().configure({ limit: { reads: limit({ limit: 3 }) } });
    expect(await statusesOf(1, { ...KEY, ...FROM.one })).toEqual([200]);
  });

  test("is counted for each refusal, and logged once a second", async () => {
    await statusesOf(12, { ...KEY, ...FROM.one });
    expect(gateway().ruleLines).toEqual(["limit-reached reads"]);
    gateway().clock.nowMs += 1_000;
    await statusesOf(1, { ...KEY, ...FROM.one });
    expect(gateway().ruleLines).toHaveLength(2);
    expect(await exposition()).toMatch(/fountain_limited_total\{limit="reads",[^}]*\} \d\d/);
  });
});

test("limits per subject, service and key count calls that have one", async () => {
  const user = bearer(await gateway().userToken());
  for (const [per, counted] of [
    ["subject", [user, KEY]],
    ["service", [KEY]],
    ["key", [KEY]],
    [["key", "address"], [KEY]],
  ] as const) {
    gateway().configure({ limit: { reads: limit({ per }) } });
    for (const headers of [user, KEY])
      expect(await statusesOf(3, headers), String(per)).toEqual([
        200,
        200,
        counted.some((one) => one === headers) ? 429 : 200,
      ]);
  }
});

test("a service that acts for a user is counted as both, and its token by the key that it was made from", async () => {
  const act = { sub: "service:scripts", sid: "api-key-1" };
  const delegate = bearer(await gateway().userToken({ client_id: "scripts", act }));
  gateway().configure({ limit: { reads: limit({ per: "key" }) } });
  expect([...(await statusesOf(1, KEY)), ...(await statusesOf(2, delegate))]).toEqual([200, 200, 429]);
  gateway().configure({ limit: { reads: limit({ per: "subject" }) } });
  expect([...(await statusesOf(2, KEY)), ...(await statusesOf(2, delegate))]).toEqual([200, 200, 200, 200]);
});

test("all that fit count a call, and one that is refused is counted by none", async () => {
  const narrow = limit({ per: "key", limit: 1 });
  gateway().configure({
    limit: { wide: limit({ per: "all", limit: 5 }), narrow, monthly: limit({ per: "all", window: "month" }) },
  });
  const first = await get(ELEMENTS, KEY);
  expect(fieldsOf(first)).toEqual([
    '"wide";q=5;w=60, "monthly";q=2;w=2678400, "narrow";q=1;w=60',
    expect.stringMatching(/^"wide";r=4;t=\d+, "monthly";r=1;t=\d+, "narrow";r=0;t=60$/),
  ]);
  for (let call = 0; call < 20; call += 1) {
    const refused = await get(ELEMENTS, KEY);
    expect([refused.status, refused.headers.get("ratelimit")]).toEqual([
      429,
      expect.stringMatching(/^"wide";r=4;.*"monthly";r=1;/),
    ]);
  }
  expect(await statusesOf(2, {})).toEqual([401, 429]);
});

test("an exact limit that cannot be counted refuses with 503, and uses nothing up; others let calls pass", async () => {
  gateway().allowances.take = () => Promise.reject(new Unavailable("away"));
  gateway().configure({ limit: { local: limit({}), exact: limit({ exact: true, match: "GET /service-a/scripts" }) } });
  for (let call = 0; call < 5; call += 1) {
    const failed = await get("/service-a/scripts", KEY);
    expect([failed.status, failed.headers.get("retry-after"), await codeOf(failed)]).toEqual([503, "2", "unavailable"]);
  }
  expect(await statusesOf(3, KEY)).toEqual([200, 200, 429]);
});

describe("limits of an upstream", () => {
  const quota = (name: string, calls: number) => ({ name, per: "subject", limit: calls, window: "1m" });
  const notes = {
    targets: ["http://notes.example"],
    routes: [
      { match: "GET /items/{id}", limits: [quota("items", 1)] },
      { match: "GET /open", anyone: true },
      { match: "* /**" },
    ],
    limits: [quota("notes", 3)],
  };
  beforeEach(() => {
    gateway().egress.reach = async () =>
      new Response("ok", { headers: { "ratelimit-policy": '"own";q=9;w=1', ratelimit: '"own";r=9' } });
    gateway().configure({ upstream: { notes } });
  });

  test("hold for all its calls, and those of a route for that route", async () => {
    const user = bearer(await gateway().userToken());
    expect(await statusesOf(2, user, "/notes/items/1")).toEqual([200, 429]);
    expect(await statusesOf(1, user, "/notes/items/2")).toEqual([429]);
    expect(await statusesOf(3, user, "/notes/other")).toEqual([200, 200, 429]);
  });

  test("replace the service's own, which pass where none of ours apply", async () => {
    const user = bearer(await gateway().userToken());
    expect(fieldsOf(await get("/notes/other", user))).toEqual(['"notes";q=3;w=60', '"notes";r=2;t=20']);
    expect(fieldsOf(await get("/notes/open"))).toEqual(['"own";q=9;w=1', '"own";r=9']);
  });

  test("stand beside those on whole paths, whose pattern may name a part of a route", async () => {
    const user = bearer(await gateway().userToken());
    gateway().configure({
      upstream: { notes },
      limit: { one: limit({ match: "* /notes/x/{id}", limit: 1, per: "all" }) },
    });
    expect(await statusesOf(2, user, "/notes/x/1")).toEqual([200, 429]);
    expect(await statusesOf(1, user, "/notes/x")).toEqual([200]);
  });
});

test("what a worker says of its own limits stands beside ours", async () => {
  gateway().configure({ limit: { reads: limit({ per: "all" }) } });
  gateway().worker.answer = () =>
    new Response(null, { headers: { "ratelimit-policy": '"password";q=5;w=9', ratelimit: '"password";r=4' } });
  expect(fieldsOf(await get(ELEMENTS, KEY))).toEqual([
    '"password";q=5;w=9, "reads";q=2;w=60',
    '"password";r=4, "reads";r=1;t=30',
  ]);
});
