/** What Typesense's clients need of the door: their key's header, and errors that they can read. */
import { describe, expect, test } from "vitest";
import { useTestGateway } from "../../../../tests/support/gateway/each.ts";
import { GOOD_API_KEY } from "../../../../tests/support/gateway.ts";

const SEARCH = "/search/collections/elements/documents/search?q=*";

const { gateway, lines } = useTestGateway();

const get = (headers: Record<string, string>, path = SEARCH) => gateway().fetch(path, { headers });
const reader = () => gateway().userToken({ scope: "search:read" });
const received = () => gateway().received.at(-1)?.headers;

describe("a credential", () => {
  test("in X-TYPESENSE-API-KEY is a token or an API key, and stays at the door", async () => {
    const token = await reader();
    expect((await get({ "x-typesense-api-key": token })).status).toBe(200);
    expect(received()?.get("authorization")).toBe(`Bearer ${token}`);
    expect((await get({ "x-typesense-api-key": GOOD_API_KEY })).status).toBe(200);
    expect(gateway().kms.exchanged).toEqual([GOOD_API_KEY]);
    expect(received()?.has("x-typesense-api-key")).toBe(false);
    expect(lines().join()).not.toMatch(/eyJ|ftn_/);
  });

  test("in Authorization may be an API key, where their clients call and nowhere else", async () => {
    await get({ authorization: `Bearer ${GOOD_API_KEY}` });
    expect(gateway().kms.exchanged).toEqual([GOOD_API_KEY]);
    expect((await get({ authorization: `Bearer ${GOOD_API_KEY}` }, "/search/status")).status).toBe(401);
    expect((await get({ "x-typesense-api-key": GOOD_API_KEY }, "/search/status")).status).toBe(401);
    expect(gateway().kms.exchanged).toHaveLength(1);
  });

  test("twice is one; two that differ are refused", async () => {
    const token = await reader();
    const authorization = `Bearer ${token}`;
    expect((await get({ authorization, "x-typesense-api-key": token })).status).toBe(200);
    expect((await get({ authorization, "x-typesense-api-key": "" })).status).toBe(200);
    for (const other of [{ "x-typesense-api-key": await reader() }, { "x-api-key": GOOD_API_KEY }]) {
      const response = await get({ authorization, ...other });
      expect([response.status, await response.json()]).toEqual([
        400,
        { message: "Send one credential in one header." },
      ]);
    }
  });

  test.each(["a b", "{}", `ftn_${"k".repeat(300)}`])(
    "that cannot be right is refused without asking: %s",
    async (key) => {
      expect((await get({ "x-typesense-api-key": key })).status).toBe(401);
      expect(gateway().kms.exchanged).toEqual([]);
    },
  );

  test.each(["x-typesense-api-key", "X-TYPESENSE-API-KEY"])(
    "in the address is refused, whatever the headers say, and logged nowhere: %s",
    async (name) => {
      const response = await get({ "x-typesense-api-key": await reader() }, `${SEARCH}&${name}=ftn_secret`);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ message: expect.stringContaining("sendApiKeyAsQueryParam: false") });
      expect(gateway().received).toEqual([]);
      expect(lines().join()).not.toContain("ftn_secret");
    },
  );
});

describe("an error", () => {
  test("is a message and nothing else, with the status and the headers that it always has", async () => {
    const none = await get({});
    expect(none.headers.get("content-type")).toMatch(/^application\/json/);
    expect(none.headers.get("www-authenticate")).toMatch(/^Bearer resource_metadata="/);
    expect([none.status, await none.json()]).toEqual([
      401,
      { message: "Send a valid access token in Authorization, or an API key in X-API-Key." },
    ]);
    const forbidden = await get({ "x-typesense-api-key": await gateway().userToken({ scope: "sequence:read" }) });
    expect([forbidden.status, await forbidden.json()]).toEqual([
      403,
      { message: "This requires the scope search:read." },
    ]);
    expect(forbidden.headers.has("x-request-id")).toBe(true);
  });

  test("of the worker's passes through, 503 with its Retry-After too", async () => {
    gateway().worker.answer = () =>
      Response.json({ message: "The engine is down." }, { status: 503, headers: { "retry-after": "7" } });
    const response = await get({ authorization: `Bearer ${await reader()}` });
    expect([response.status, await response.json()]).toEqual([503, { message: "The engine is down." }]);
    expect(response.headers.get("retry-after")).toBe("7");
  });

  test.each([
    ["throws", () => Promise.reject(new Error("gone"))],
    ["fails without a word", () => new Response("oops", { status: 502 })],
  ])("of a worker that %s is a message too", async (_what, answer) => {
    gateway().worker.answer = answer;
    const response = await get({ authorization: `Bearer ${await reader()}` });
    expect([response.status, await response.json()]).toEqual([
      503,
      { message: expect.stringContaining("Retry after") },
    ]);
    expect(response.headers.get("retry-after")).toBe("2");
  });
});

test("searches are taken whatever type they say they have", async () => {
  for (const type of ["text/plain", "application/json", "application/x-www-form-urlencoded"]) {
    const response = await gateway().fetch("/search/multi_search", {
      method: "POST",
      headers: { authorization: `Bearer ${await reader()}`, "content-type": type },
      body: "{}",
    });
    expect(response.status).toBe(200);
  }
});

describe("a scoped key", () => {
  const scopedKey = () => gateway().userToken({ scope: "search:read", search_filter: "script_id:=1" });

  test("is passed on where searches keep to its filter", async () => {
    const key = await scopedKey();
    expect((await get({ "x-typesense-api-key": key })).status).toBe(200);
    expect(received()?.get("authorization")).toBe(`Bearer ${key}`);
  });

  test.each(["/search/status", "/kms/me", "/twofa/factors", "/service-a/elements"])(
    "opens nothing else, whatever scopes it had: %s",
    async (path) => {
      const key = await gateway().userToken({ scope: "search:read sequence:read users:admin", search_filter: "id:=x" });
      expect((await get({ authorization: `Bearer ${key}` }, path)).status).toBe(403);
      expect(gateway().received).toEqual([]);
    },
  );
});
