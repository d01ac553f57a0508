/** Upstreams' scopes at the endpoints: they are granted and issued like the built-in ones, as long as they are declared. */
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isScope } from "#shared/contracts/rights.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { type TestRegister, upstreamScopesIn } from "../../../../tests/support/kms/upstream-scopes.ts";
import { logIn, problemIn, send, sendForm, signToken } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";
const NOTES = { "notes:read": "Read notes", "notes:write": "Write notes" };

let fountain: Fountain;
let register: TestRegister;
/** An administrator's, from before anything was declared. */
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  register = upstreamScopesIn(fountain.databases["kms"]);
  token = await signToken(fountain);
  await register.declare("notes", NOTES);
});
afterAll(() => fountain?.stop());

const putRole = (permissions: string[], as = token): Promise<Response> =>
  send(fountain, "PUT", "/roles/scribe", { token: as, body: { permissions } });

const createService = (scopes: string[]): Promise<Response> =>
  send(fountain, "POST", "/services", { token, body: { name: `s-${crypto.randomUUID()}`, scopes } });

const createKey = async (scopes: string[]): Promise<{ service: string; key: string; scopes: string[] }> => {
  const { name: service } = await (await createService(scopes)).json<{ name: string }>();
  const { key, scopes: held } = await (await send(fountain, "POST", "/keys", { token, body: { service } })).json<{
    key: string;
    scopes: string[];
  }>();
  return { service, key, scopes: held };
};

const scopeOf = async (service: string, key: string): Promise<string> => {
  const form = { grant_type: "client_credentials", client_id: service, client_secret: key };
  return String(
    decodeJwt((await (await sendForm(fountain, form)).json<{ access_token: string }>()).access_token)["scope"],
  );
};

const scopesAtLogin = async (username?: string): Promise<unknown> =>
  decodeJwt((await logIn(fountain, username, username && PASSWORD)).accessToken)["scope"];

const createScribe = async (): Promise<string> => {
  const username = `user-${crypto.randomUUID().slice(0, 8)}`;
  await send(fountain, "POST", "/users", { token, body: { username, password: PASSWORD, roles: ["scribe"] } });
  return username;
};

describe("a declared scope", () => {
  test("is granted by an administrator's token from before, and is in their next one", async () => {
    const made = await putRole(["notes:write", "search:read"]);
    expect([made.status, await made.json()]).toEqual([
      200,
      { name: "scribe", permissions: ["search:read", "notes:write"] },
    ]);
    expect(await scopesAtLogin()).toContain("notes:read notes:write");
    const { items } = await (await send(fountain, "GET", "/roles", { token })).json<{
      items: { name: string; permissions: string[] }[];
    }>();
    expect(items.find(({ name }) => name === "admin")?.permissions).toEqual(expect.arrayContaining(Object.keys(NOTES)));
  });

  test("is in the tokens of those whose role grants it, and of keys that have it", async () => {
    await putRole(["notes:read"]);
    expect(await scopesAtLogin(await createScribe())).toBe("notes:read");
    const { service, key, scopes } = await createKey(["notes:read", "search:read"]);
    expect(scopes).toEqual(["notes:read", "search:read"]);
    expect(await scopeOf(service, key)).toBe("notes:read search:read");
  });

  test("is granted by no one who lacks it", async () => {
    const scopes = ["users:admin", "keys:write", "notes:read"].filter(isScope);
    const editor = await signToken(fountain, { roles: ["editor"], scopes });
    await putRole(["notes:read"]);
    expect((await putRole(["notes:read", "notes:write"], editor)).status).toBe(403);
    expect((await putRole([], editor)).status).toBe(200);
    const narrowed = await signToken(fountain, { scopes, narrowed: true });
    expect((await putRole(["notes:write"], narrowed)).status).toBe(403);
  });

  test("is in the metadata of the server", async () => {
    const metadata = await send(fountain, "GET", "/.well-known/oauth-authorization-server");
    expect((await metadata.json<{ scopes_supported: string[] }>()).scopes_supported).toContain("notes:write");
  });
});

describe("a host", () => {
  const targetAt = async (resource: string): Promise<unknown> => {
    const form = { grant_type: "refresh_token", refresh_token: (await logIn(fountain)).refreshToken, resource };
    const body = await (await sendForm(fountain, form)).json<{ access_token?: string; error?: string }>();
    return body.access_token === undefined ? body.error : decodeJwt(body.access_token).aud;
  };

  test("is a target as long as it is an upstream's", async () => {
    const site = "http://site.example:8787";
    expect(await targetAt(site)).toBe("invalid_target");
    await register.declare("site", {}, "site.example");
    await register.declare("part", {}, "site.example");
    expect(await targetAt(`${site}/`)).toBe(site);
    expect(await targetAt(`${site}/part`)).toBe(`${site}/part`);
    for (const elsewhere of ["http://other.example:8787", "http://sub.site.example:8787", "https://site.example"])
      expect(await targetAt(elsewhere), elsewhere).toBe("invalid_target");
    await register.declare("site", {}, "moved.example");
    expect(await targetAt(site)).toBe(site);
    await register.withdraw("part");
    expect(await targetAt(site)).toBe("invalid_target");
    expect(await targetAt("http://moved.example:8787")).toBe("http://moved.example:8787");
    await register.declare("site", {});
    expect(await targetAt("http://moved.example:8787")).toBe("invalid_target");
  });
});

describe("a scope that is not declared", () => {
  test("is none, whoever grants it", async () => {
    expect(await problemIn(await putRole(["search:read", "films:read"]))).toMatchObject({
      status: 422,
      pointers: ["#/permissions/1"],
    });
    expect(await problemIn(await createService(["films:read"]))).toMatchObject({
      status: 422,
      pointers: ["#/scopes/0"],
    });
    const { service, key } = await createKey(["search:read"]);
    const body = { service, scopes: ["films:read"] };
    expect((await send(fountain, "POST", "/keys", { token, body })).status).toBe(422);
    const client = { client_id: service, client_secret: key };
    const asked = await sendForm(fountain, { grant_type: "client_credentials", scope: "films:read", ...client });
    expect([asked.status, await asked.json()]).toMatchObject([400, { error: "invalid_scope" }]);
    const exchanged = await sendForm(fountain, {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: (await logIn(fountain)).accessToken,
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
      scope: "films:read",
      ...client,
    });
    expect([exchanged.status, await exchanged.json()]).toMatchObject([400, { error: "invalid_scope" }]);
  });

  test("any more leaves new tokens, keeps no one from administering who has it, and is back once it is declared", async () => {
    await putRole(["search:read", "notes:read"]);
    const [scribe, { service, key }] = [await createScribe(), await createKey(["notes:read", "search:read"])];
    await register.withdraw("notes");
    expect(await scopesAtLogin(scribe)).toBe("search:read");
    expect(await scopesAtLogin()).not.toContain("notes:");
    expect(await scopeOf(service, key)).toBe("search:read");
    expect((await putRole(["notes:read"])).status).toBe(422);
    const shown = await (await send(fountain, "GET", `/services/${service}`, { token })).json();
    expect(shown).toMatchObject({ scopes: ["search:read"] });
    const another = await send(fountain, "POST", "/keys", { token, body: { service } });
    expect([another.status, await another.json()]).toMatchObject([201, { scopes: ["search:read"] }]);

    await register.declare("notes", NOTES);
    expect(await scopesAtLogin(scribe)).toBe("search:read notes:read");
    expect(await scopeOf(service, key)).toBe("notes:read search:read");

    await register.withdraw("notes");
    expect((await send(fountain, "DELETE", `/services/${service}`, { token })).status).toBe(204);
    await register.declare("notes", NOTES);
  });
});
