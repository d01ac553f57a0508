/** A real OAuth client, unmodified: it knows nothing of Fountain but its address, and what it reads there. */
import * as oauth from "oauth4webapi";
import { describe, expect, test, vi } from "vitest";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { ISSUER } from "../support/mint.ts";
import { bearer, grantFor, KNOWN_WITHIN } from "./credentials.ts";
import { errorOf, person, SERVICE, service, useOAuthClient } from "./oauth-client.ts";

const client = useOAuthClient();
const basic = () => oauth.ClientSecretBasic(client().key);
const byBody = () => oauth.ClientSecretPost(client().key);

test("a client discovers everything it needs (RFC 8414)", async () => {
  expect(client().server).toMatchObject({
    issuer: ISSUER,
    token_endpoint: `${ISSUER}/kms/token`,
    revocation_endpoint: `${ISSUER}/kms/revoke`,
    introspection_endpoint: `${ISSUER}/kms/introspect`,
    jwks_uri: `${ISSUER}/.well-known/jwks.json`,
  });
});

test("a service gets a token by Basic and by body, and any resource server can validate it (RFC 9068)", async () => {
  for (const authentication of [basic(), byBody()]) {
    const { access_token, scope } = await client().credentialsGrant({ scope: "search:read" }, authentication);
    expect(scope).toBe("search:read");
    const request = new Request(`${ISSUER}/anything`, { headers: bearer(access_token) });
    const claims = await oauth.validateJwtAccessToken(client().server, request, "fountain", client().options);
    expect(claims).toMatchObject({ sub: `service:${SERVICE}`, client_id: SERVICE, scope: "search:read" });
  }
});

test("a service that does not know its key is told so", async () => {
  expect(await errorOf(client().credentialsGrant({}, oauth.ClientSecretBasic("wrong")))).toBe(401);
  expect(await errorOf(client().introspection("x", oauth.ClientSecretBasic("wrong")))).toBe(401);
  expect(await errorOf(client().revoke("x", service, oauth.ClientSecretBasic("wrong")))).toBe(401);
  expect(await errorOf(client().credentialsGrant({ scope: "users:admin" }))).toBe("invalid_scope");
});

test("a person's client refreshes", async () => {
  const { refresh_token } = await client().logIn();
  const refreshed = await client().refreshGrant(refresh_token);
  expect(await client().statusOf("/kms/me", refreshed.access_token)).toBe(200);
  expect(await errorOf(client().refreshGrant("ftr_unknown"))).toBe("invalid_grant");
});

describe("introspection (RFC 7662)", () => {
  test("tells a service what a token says, and of no other than that it is not good", async () => {
    const { access_token } = await client().logIn();
    expect(await client().introspection(access_token)).toMatchObject({
      active: true,
      iss: ISSUER,
      aud: "fountain",
      sub: client().mint.userId,
      client_id: "fountain",
      token_type: "Bearer",
    });
    for (const token of [
      "x",
      client().key,
      (await client().logIn()).refresh_token,
      await client().mint.sign({ exp: 1 }),
    ])
      expect(await client().introspection(token)).toEqual({ active: false });
  });

  test("tells a user of his own tokens, and of others' only when he administers", async () => {
    const ask = async (asker: string, token: string): Promise<unknown> => {
      const body = new URLSearchParams({ token });
      return (
        await client().fountain.fetch("/kms/introspect", { method: "POST", headers: bearer(asker), body })
      ).json();
    };
    const [ann, bob] = [await client().mint.sign({ sub: "ann" }), await client().mint.sign({ sub: "bob" })];
    expect(await ask(ann, ann)).toMatchObject({ active: true, sub: "ann" });
    expect(await ask(ann, bob)).toEqual({ active: false });
    expect(await ask(await client().mint.sign({ scope: "users:admin" }), bob)).toMatchObject({
      active: true,
      sub: "bob",
    });
  });

  test("is nothing for tokens that are good for something else, as no other call is", async () => {
    const { access_token } = await client().logIn();
    const ask = async (claims: Record<string, unknown>): Promise<number> => {
      const headers = bearer(await client().mint.sign({ scope: SCOPES.join(" "), ...claims }));
      const body = new URLSearchParams({ token: access_token });
      return (await client().fountain.fetch("/kms/introspect", { method: "POST", headers, body })).status;
    };
    expect(await ask({ search_filter: "script_id:=1" })).toBe(403);
    expect(await ask(grantFor("POST", "/kms/introspect"))).toBe(403);
    expect(await ask({ aud: "service-a" })).toBe(401);
    expect(await ask({ aud: ["search", "twofa"] })).toBe(401);
    expect(await ask({ aud: ["search", "kms"] })).toBe(200);
  });

  test("is nothing for strangers", async () => {
    const body = () => new URLSearchParams({ token: "x" });
    const anonymous = await client().fountain.fetch("/kms/introspect", { method: "POST", body: body() });
    expect(anonymous.status).toBe(401);
    const headers = bearer(await client().mint.sign({ exp: 1 }));
    const expired = await client().fountain.fetch("/kms/introspect", { method: "POST", headers, body: body() });
    expect(expired.status).toBe(401);
    expect(expired.headers.get("www-authenticate")).toContain("invalid_token");
  });
});

describe("revocation (RFC 7009)", () => {
  test("of a refresh token ends its session, access tokens and all", async () => {
    const { access_token, refresh_token } = await client().logIn();
    await client().revoke(refresh_token, person, oauth.None());
    expect(await errorOf(client().refreshGrant(refresh_token))).toBe("invalid_grant");
    await vi.waitFor(async () => expect(await client().statusOf("/kms/me", access_token)).toBe(401), KNOWN_WITHIN);
  });

  test("of an access token ends that one only", async () => {
    const [one, other] = [await client().credentialsGrant(), await client().credentialsGrant()];
    await client().revoke(one.access_token, service, basic());
    await vi.waitFor(
      async () => expect(await client().statusOf("/service-a/elements", one.access_token)).toBe(401),
      KNOWN_WITHIN,
    );
    await vi.waitFor(
      async () => expect(await client().introspection(one.access_token)).toEqual({ active: false }),
      KNOWN_WITHIN,
    );
    expect(await client().statusOf("/service-a/elements", other.access_token)).toBe(200);
  });

  test("of a token that is not known succeeds: it is good for nothing, as wanted", async () => {
    await client().revoke("unknown", service, basic());
    await client().revoke("ftr_unknown", person, oauth.None());
  });

  test("of a scoped key is not for the visitors who all hold it", async () => {
    const scoped = { search_filter: "script_id:=1", scope: "search:read" };
    const [users, services] = [
      await client().mint.sign(scoped),
      await client().mint.sign({ ...scoped, sub: `service:${SERVICE}`, client_id: SERVICE }),
    ];
    expect(await errorOf(client().revoke(users, person, oauth.None()))).toBe("unauthorized_client");
    expect(await errorOf(client().revoke(services, person, oauth.None()))).toBe("unauthorized_client");
    await client().revoke(services, service, basic());
    await vi.waitFor(
      async () => expect(await client().introspection(services)).toEqual({ active: false }),
      KNOWN_WITHIN,
    );
    expect(await client().introspection(users)).toMatchObject({ active: true });
  });

  test("is refused to whom the token was not issued", async () => {
    const { access_token, refresh_token } = await client().logIn();
    expect(await errorOf(client().revoke(access_token, service, basic()))).toBe("unauthorized_client");
    expect(await errorOf(client().revoke(refresh_token, service, basic()))).toBe("unauthorized_client");
    const own = await client().credentialsGrant();
    expect(await errorOf(client().revoke(own.access_token, person, oauth.None()))).toBe("unauthorized_client");
    expect(await errorOf(client().revoke(own.access_token, service, oauth.None()))).toBe(401);
    expect(await client().statusOf("/kms/me", access_token)).toBe(200);
  });
});
