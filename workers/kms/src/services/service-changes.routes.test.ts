import { expect, test } from "vitest";
import { z } from "zod";
import { useServices } from "../../../../tests/support/kms/services.ts";
import { problemIn, send, sendForm, signToken } from "../../../../tests/support/kms.ts";

const { fountain, token, service, call } = useServices(["keys:read", "search:read", "secrets:read"]);

/** The bound on updates. */
const WITHIN_FIVE_SECONDS = { interval: 100, timeout: 5_000 };

const change = (body: unknown, as = token()): Promise<Response> =>
  call("PATCH", `/services/${service()}`, { token: as, body });

const createKey = async (scopes?: string[]): Promise<string> =>
  Object(await (await call("POST", "/keys", { body: { service: service(), ...(scopes && { scopes }) } })).json()).key;

const tokenOf = async (key: string) => {
  const form = { grant_type: "client_credentials", client_id: service(), client_secret: key };
  const schema = z.object({ access_token: z.string(), scope: z.string() });
  return schema.parse(await (await sendForm(fountain(), form)).json());
};

const statusWith = async (accessToken: string): Promise<number> =>
  (await call("GET", "/services", { token: accessToken })).status;

test("changes what is given, and what is left out stays", async () => {
  expect(await (await change({ rotateAfterDays: 30 })).json()).toMatchObject({
    scopes: ["keys:read", "search:read", "secrets:read"],
    rotateAfterDays: 30,
  });
  const changed = await (await change({ scopes: ["search:read"] })).json();
  expect(changed).toMatchObject({ scopes: ["search:read"], rotateAfterDays: 30 });
  expect(await (await call("GET", `/services/${service()}`)).json()).toEqual(changed);
  expect(await (await change({ rotateAfterDays: null })).json()).toMatchObject({ rotateAfterDays: null });
});

test("takes from live tokens what the service loses, within five seconds, and from its keys", async () => {
  const key = await createKey();
  const { access_token: before } = await tokenOf(key);
  expect(await statusWith(before)).toBe(200);
  expect((await change({ scopes: ["search:read", "secrets:read:films/*"] })).status).toBe(200);
  await expect.poll(() => statusWith(before), WITHIN_FIVE_SECONDS).toBe(401);
  const { access_token: after, scope } = await tokenOf(key);
  expect(scope.split(" ").toSorted()).toEqual(["search:read", "secrets:read:films/*"]);
  expect(await statusWith(after)).toBe(403);
  const { items } = await (await call("GET", `/keys/${service()}`)).json<{ items: { scopes: string[] }[] }>();
  expect(items[0]?.scopes.toSorted()).toEqual(["search:read", "secrets:read:films/*"]);
});

test("gives no key more than it was created with, and leaves tokens alone when nothing is lost", async () => {
  const key = await createKey(["search:read"]);
  const { access_token: before } = await tokenOf(key);
  expect((await change({ scopes: ["keys:read", "search:read", "secrets:read", "audit:read"] })).status).toBe(200);
  expect((await tokenOf(key)).scope).toBe("search:read");
  const { rows } = (await fountain().databases["kms"]?.execute({
    sql: "SELECT 1 FROM revocations WHERE revoked_id IN (SELECT session_id FROM api_keys WHERE service = ?)",
    args: [service()],
  })) ?? { rows: [] };
  expect(rows).toEqual([]);
  expect(await statusWith(before)).toBe(403);
});

test("records nothing when a change is sent again", async () => {
  for (let round = 0; round < 2; round += 1) expect((await change({ scopes: ["search:read"] })).status).toBe(200);
  const { rows } = (await fountain().databases["kms"]?.execute({
    sql: "SELECT 1 FROM audit_entries WHERE action = 'service.change' AND target = ?",
    args: [`service:${service()}`],
  })) ?? { rows: [] };
  expect(rows).toHaveLength(1);
});

test("is made by one of many who change it at once, and as that one asked", async () => {
  const ways = [["search:read"], ["keys:read"], ["secrets:read"], ["search:read", "keys:read"]];
  const responses = await Promise.all(ways.map((scopes) => change({ scopes })));
  expect(responses.map(({ status }) => status).every((status) => status === 200 || status === 409)).toBe(true);
  const last = await (await call("GET", `/services/${service()}`)).json<{ scopes: string[] }>();
  const made = await Promise.all(responses.filter(({ ok }) => ok).map((response) => response.json()));
  expect(made.map((answer) => Object(answer).scopes)).toContainEqual(last.scopes);
});

test("refuses scopes that do not exist or that the caller lacks, and services that do more than the caller", async () => {
  expect(await problemIn(await change({ scopes: ["search:read", "everything"] }))).toMatchObject({
    status: 422,
    pointers: ["#/scopes/1"],
  });
  expect((await change({ scopes: [] })).status).toBe(422);
  const keeper = await signToken(fountain(), { roles: [], scopes: ["keys:write", "search:read"] });
  expect((await change({ scopes: ["search:read"] }, keeper)).status).toBe(403);
  expect((await change({ scopes: ["search:read"] })).status).toBe(200);
  expect((await change({ scopes: ["search:read", "users:admin"] }, keeper)).status).toBe(403);
  expect((await change({ rotateAfterDays: 7 }, keeper)).status).toBe(200);
  const unknown = await send(fountain(), "PATCH", "/services/nothing", {
    token: token(),
    body: { rotateAfterDays: 7 },
  });
  expect(unknown.status).toBe(404);
});
