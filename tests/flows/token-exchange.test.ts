/** Tokens that are good for less than the one they were made of, by a real OAuth client. */
import * as oauth from "oauth4webapi";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { ISSUER } from "../support/mint.ts";
import { bearer, KNOWN_WITHIN } from "./credentials.ts";
import { ACCESS_TOKEN, errorOf, person, SERVICE, useOAuthClient } from "./oauth-client.ts";

const client = useOAuthClient();

describe("a token for less (RFC 8707)", () => {
  test("of a service is good at the workers it was asked for, and at no other", async () => {
    const { access_token } = await client().credentialsGrant({ resource: `${ISSUER}/search/` });
    expect(await client().introspection(access_token)).toMatchObject({ aud: "search" });
    expect(await client().statusOf("/search/status", access_token)).toBe(200);
    expect(await client().statusOf("/service-a/elements", access_token)).toBe(401);
    expect(await errorOf(client().credentialsGrant({ resource: "https://other.example" }))).toBe("invalid_target");
    expect(await errorOf(client().credentialsGrant({ audience: "elsewhere" }))).toBe("invalid_target");
  });

  test("of a person narrows the access token, and leaves the session whole", async () => {
    const { refresh_token } = await client().logIn();
    expect(await errorOf(client().refreshGrant(refresh_token, { audience: "elsewhere" }))).toBe("invalid_target");
    const narrowed = await client().refreshGrant(refresh_token, { audience: "search" });
    expect(await client().statusOf("/search/status", narrowed.access_token)).toBe(200);
    expect(await client().statusOf("/kms/me", narrowed.access_token)).toBe(401);
    const whole = await client().refreshGrant(String(narrowed.refresh_token));
    expect(await client().statusOf("/kms/me", whole.access_token)).toBe(200);
  });
});

describe("token exchange (RFC 8693)", () => {
  test("gives a service a token of its own for the user, narrowed in scope and audience", async () => {
    const { access_token } = await client().logIn();
    const exchanged = await client().exchange(access_token, { scope: "sequence:read", audience: "service-a" });
    expect(exchanged).toMatchObject({ issued_token_type: ACCESS_TOKEN, token_type: "bearer", scope: "sequence:read" });
    expect(await client().introspection(exchanged.access_token)).toMatchObject({
      sub: client().mint.userId,
      client_id: SERVICE,
      act: { sub: `service:${SERVICE}` },
      aud: "service-a",
      acr: "aal1",
    });
    expect(await client().statusOf("/service-a/elements", exchanged.access_token)).toBe(200);
    expect(await client().statusOf("/service-a/outbox/dead-letters", exchanged.access_token)).toBe(403);
    expect(await client().statusOf("/search/status", exchanged.access_token)).toBe(401);
  });

  test("gives, when no scope is named, what the service may do itself, and no more", async () => {
    const { access_token, scope } = await client().exchange((await client().logIn()).access_token);
    expect(scope?.split(" ").toSorted()).toEqual(["search:read", "sequence:read"]);
    expect(await client().statusOf("/kms/users", access_token)).toBe(403);
    expect(await errorOf(client().exchange(await client().mint.sign({ scope: "audit:read" })))).toBe("invalid_scope");
  });

  test("never gives what only users may do in person", async () => {
    const { access_token } = await client().exchange((await client().logIn()).access_token, {
      scope: SCOPES.join(" "),
    });
    expect(await client().statusOf("/kms/users", access_token)).toBe(200);
    expect(await client().statusOf("/kms/me", access_token)).toBe(403);
    expect(await client().statusOf("/kms/sessions", access_token)).toBe(403);
    const steppedUp = await client().mint.sign({ scope: "users:admin", acr: "aal2" });
    const exchanged = await client().exchange(steppedUp, { scope: "users:admin" });
    const response = await client().fountain.fetch("/kms/roles/user", {
      method: "PUT",
      headers: { ...bearer(exchanged.access_token), "content-type": "application/json" },
      body: JSON.stringify({ permissions: [] }),
    });
    expect(response.status).toBe(403);
  });

  test("never lives longer than the token it was made of", async () => {
    const exp = Math.floor(Date.now() / 1000) + 100;
    const { access_token } = await client().exchange(await client().mint.sign({ exp }));
    expect(await client().introspection(access_token)).toMatchObject({ exp });
  });

  test("dies with the user's session, and with the key that the service showed", async () => {
    const { access_token, refresh_token } = await client().logIn();
    const ofEnded = await client().exchange(access_token);
    await client().revoke(refresh_token, person, oauth.None());
    const everything = bearer(await client().mint.sign({ scope: SCOPES.join(" "), acr: "aal2" }));
    const other = await client().post("/kms/keys", everything, { service: SERVICE });
    const ofRevoked = await client().exchange(
      (await client().logIn()).access_token,
      {},
      z.object({ key: z.string() }).parse(other).key,
    );
    const id = z.object({ id: z.string() }).parse(other).id;
    const revoked = await client().fountain.fetch(`/kms/keys/${SERVICE}/${id}`, {
      method: "DELETE",
      headers: everything,
    });
    expect(revoked.status).toBe(204);
    for (const token of [ofEnded.access_token, ofRevoked.access_token])
      await vi.waitFor(
        async () => expect(await client().introspection(token)).toEqual({ active: false }),
        KNOWN_WITHIN,
      );
  });

  test("refuses more scope than the user's token has, and tokens that are nobody's own", async () => {
    const { access_token } = await client().exchange((await client().logIn()).access_token);
    const confined = await client().mint.sign({ search_filter: "script_id:=1", scope: "search:read" });
    const own = await client().credentialsGrant();
    expect(
      await errorOf(client().exchange(await client().mint.sign({ scope: "search:read" }), { scope: "search:write" })),
    ).toBe("invalid_scope");
    const elsewhere = await client().mint.sign({ aud: "search" });
    for (const subject of [
      access_token,
      confined,
      own.access_token,
      elsewhere,
      await client().mint.sign({ exp: 1 }),
      "x",
    ])
      expect(await errorOf(client().exchange(subject))).toBe("invalid_request");
    const forTheKms = await client().mint.sign({ aud: "kms" });
    expect(await errorOf(client().exchange(forTheKms, { audience: "search" }))).toBe("invalid_target");
    expect(await client().introspection((await client().exchange(forTheKms)).access_token)).toMatchObject({
      aud: "kms",
    });
    expect(await errorOf(client().exchange((await client().logIn()).access_token, { audience: "elsewhere" }))).toBe(
      "invalid_target",
    );
  });
});
