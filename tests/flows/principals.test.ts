/** Who did something: users and services are never taken for one another, and a service that acts for a user is named. */
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { caller, type Headers } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Mint, openMint } from "../support/mint.ts";
import { registerService } from "../support/session.ts";

const PASSWORD = "a long enough password";
const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

const entrySchema = z.looseObject({
  action: z.string(),
  actor: z.string().nullable(),
  actingService: z.string().nullable(),
  target: z.string().nullable(),
  requestId: z.string().nullable(),
});

let fountain: Fountain;
let mint: Mint;
let administrator: Headers;
let ann: { id: string; headers: Headers };
const call = caller(() => fountain);
const bearer = (token: unknown): Headers => ({ authorization: `Bearer ${token}` });

const entries = async (query: string): Promise<z.infer<typeof entrySchema>[]> => {
  const { body } = await call("GET", `/kms/audit?limit=200&${query}`, administrator);
  return z.array(entrySchema).parse(body["items"]);
};

/** The headers of this service when it acts for ann. */
const delegate = async (service: string, { "x-api-key": key = "" }: Headers, scope: string): Promise<Headers> => {
  const response = await fetch(`${fountain.url}/kms/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: TOKEN_EXCHANGE,
      client_id: service,
      client_secret: key,
      subject_token: ann.headers["authorization"]?.slice("Bearer ".length) ?? "",
      subject_token_type: ACCESS_TOKEN,
      scope,
    }),
  });
  expect(response.status, await response.clone().text()).toBe(200);
  return bearer(Object(await response.json()).access_token);
};

const newElement = (elementId: number, comment: string) => ({ elementType: "character", elementId, comment });

beforeAll(async () => {
  fountain = await startFountain();
  await call("GET", "/.well-known/jwks.json");
  mint = await openMint(fountain);
  administrator = bearer(await mint.sign({ scope: SCOPES.join(" "), acr: "aal2", amr: ["pwd", "otp", "mfa"] }));
  const account = { username: "ann", password: PASSWORD, roles: ["editor"] };
  const { body } = await call("POST", "/kms/users", administrator, account);
  const login = await call("POST", "/kms/login", {}, { username: "ann", password: PASSWORD });
  ann = { id: String(body["id"]), headers: bearer(login.body["access_token"]) };
});
afterAll(() => fountain?.stop());

describe("a service", () => {
  test("is `service:` and its name in tokens, and its bare name as the client", async () => {
    const { "x-api-key": key = "" } = await registerService(fountain, administrator, "films", ["sequence:read"]);
    const form = { grant_type: "client_credentials", client_id: "films", client_secret: key };
    const response = await fetch(`${fountain.url}/kms/token`, { method: "POST", body: new URLSearchParams(form) });
    const { access_token } = Object(await response.json());
    expect(decodeJwt(access_token)).toMatchObject({ sub: "service:films", client_id: "films" });
    const issued = await entries("actor=service:films");
    expect(issued).toMatchObject([{ action: "token.client-credentials", actor: "service:films", actingService: null }]);
    expect(await entries("action=service.create")).toMatchObject([{ actor: mint.userId, target: "service:films" }]);
  });

  test.each(["c7212dfc-a31b-450e-b991-ea24108c2f6d", "C7212DFC-A31B-450E-B991-EA24108C2F6D"])(
    "cannot be called like a user's id: %s",
    async (name) => {
      const refused = await call("POST", "/kms/services", administrator, { name, scopes: ["search:read"] });
      expect(refused.status).toBe(422);
      expect(refused.body["errors"]).toContainEqual({ pointer: "#/name", detail: "must not look like a user's id" });
    },
  );

  test("that is called like a user's id all the same is not that user, anywhere", async () => {
    const forged = bearer(
      await mint.sign({ sub: `service:${ann.id}`, client_id: ann.id, roles: [], scope: SCOPES.join(" ") }),
    );
    expect((await call("GET", "/kms/me", forged)).status).toBe(403);
    expect((await call("GET", "/kms/users", forged)).status).toBe(200);
    expect((await call("PUT", "/kms/secrets/forged", forged, { value: "x" })).status).toBe(201);
    expect((await call("POST", "/service-a/sequence", forged, newElement(1, "FORGED"))).status).toBe(201);

    expect(await entries(`actor=service:${ann.id}&action=secret.write`)).toMatchObject([{ target: "forged" }]);
    expect((await entries(`actor=${ann.id}`)).map(({ action }) => action)).not.toContain("secret.write");
    const exported = await call("GET", "/kms/me/export", ann.headers);
    expect(exported.status).toBe(200);
    expect(exported.text).not.toMatch(/FORGED|forged/);
    const { rows = [] } = (await fountain.databases["kms"]?.execute("SELECT subject FROM audit_keys")) ?? {};
    expect(rows.map(({ subject }) => subject)).toContain(`service:${ann.id}`);
  });

  test.each([
    ["a name that is not its client's", { sub: "service:films", client_id: "other" }],
    ["a service to act for", { sub: "service:films", client_id: "other", act: { sub: "service:other", sid: "key" } }],
    ["an actor that is not its client", { client_id: "films", act: { sub: "service:other", sid: "key" } }],
    ["the bare name of a service", { sub: "films", client_id: "films" }],
    ["a user's id and another client", { client_id: "films" }],
    ["an actor that is no service", { client_id: "films", act: { sub: "films", sid: "key" } }],
    ["an actor, and a second factor", { client_id: "films", act: { sub: "service:films", sid: "key" }, acr: "aal2" }],
    ["a service's name, and a second factor", { sub: "service:films", client_id: "films", acr: "aal2" }],
    ["a filter, and a second factor", { search_filter: "script_id:=1", acr: "aal2" }],
    ["no second factor to pass, but for no one request", { factorless: true }],
  ])("is refused with a token that has %s", async (_what, claims) => {
    expect((await call("GET", "/service-a/elements", bearer(await mint.sign(claims)))).status).toBe(401);
  });
});

test("what is called like a user's id by somebody else is not about that user", async () => {
  expect((await call("PUT", `/kms/secrets/${ann.id}`, administrator, { value: "x" })).status).toBe(201);
  const transit = await call("POST", "/kms/transit", administrator, { name: ann.id });
  expect(transit.status).toBe(201);
  const { document } = (await call("GET", "/kms/me/export", ann.headers)).body;
  const actions = Object(document).audit.entries.map(({ action }: { action: string }) => action);
  expect(actions).toContain("user.create");
  expect(actions).not.toContain("secret.write");
  expect(actions).not.toContain("transit.create");
});

describe("a service that acts for a user", () => {
  let films: Headers;
  let books: Headers;
  beforeAll(async () => {
    const scopes = ["sequence:read", "sequence:write", "search:read"];
    const first = await registerService(fountain, administrator, "montage", scopes);
    const second = await registerService(fountain, administrator, "books", scopes);
    films = await delegate("montage", first, "sequence:read sequence:write");
    books = await delegate("books", second, "sequence:read sequence:write");
  });

  test("is named beside the user in the audit trail, in whichever worker it is refused", async () => {
    const places = ["/kms/users", "/search/status", "/service-a/outbox/dead-letters"];
    for (const path of places) expect((await call("GET", path, films)).status).toBe(403);
    const expected = expect.objectContaining({ action: "access.refuse", actor: ann.id, actingService: "montage" });
    await expect
      .poll(() => entries("actingService=montage"), { timeout: 5_000 })
      .toEqual(expect.arrayContaining(places.map(() => expected)));
    for (const { actor } of await entries("actingService=montage")) expect(actor).toBe(ann.id);
    expect(await entries("actingService=nobody")).toEqual([]);
  });

  test("is named in what it does at the kms, in the change's own entry", async () => {
    const act = { sub: "service:montage", sid: "a-key" };
    const scope = SCOPES.join(" ");
    const all = bearer(await mint.sign({ client_id: "montage", act, scope }));
    const wrapped = await call("POST", "/kms/secrets/wrap", administrator, { value: "x" });
    const { token } = wrapped.body;
    expect((await call("POST", "/kms/secrets/unwrap", all, { token })).body).toEqual({ value: "x" });
    expect((await call("POST", "/kms/secrets/unwrap", all, { token })).status).toBe(404);
    expect((await entries(`actor=${mint.userId}&actingService=montage`)).slice(0, 2)).toMatchObject([
      { action: "secret.unwrap", outcome: "refused" },
      { action: "secret.unwrap", outcome: "success" },
    ]);
    expect((await call("GET", "/kms/audit/verify", administrator)).body).toMatchObject({ valid: true });
  });

  test("is named in the log lines of its requests, in every worker that they pass", async () => {
    const requestId = `acting-${crypto.randomUUID()}`;
    expect((await call("GET", "/service-a/elements", { ...films, "x-request-id": requestId })).status).toBe(200);
    const lines = () =>
      fountain.logs
        .filter((line) => line.includes(requestId))
        .map((line) => JSON.parse(line))
        .map(({ service, subject, actingService }) => ({ service, subject, actingService }));
    await expect
      .poll(lines, { timeout: 5_000 })
      .toEqual(
        expect.arrayContaining(
          ["gateway", "service-a"].map((service) => ({ service, subject: ann.id, actingService: "montage" })),
        ),
      );
  });

  test("is named by the versions it wrote, and by the user's export", async () => {
    expect((await call("POST", "/service-a/sequence", films, newElement(7, "by montage"))).status).toBe(201);
    expect((await call("POST", "/service-a/sequence", ann.headers, newElement(8, "by ann"))).status).toBe(201);
    const plain = { ...films, "content-type": "text/plain" };
    expect((await call("POST", "/service-a/scripts", plain, "# One\n\nA line.\n")).status).toBe(201);
    const version = async (id: number) =>
      (await call("GET", `/service-a/elements/character/${id}/versions/1`, ann.headers)).body;
    expect(await version(7)).toMatchObject({ createdBy: ann.id, actingService: "montage" });
    expect(await version(8)).toMatchObject({ createdBy: ann.id, actingService: null });

    const { document } = (await call("GET", "/kms/me/export", ann.headers)).body;
    expect(document).toMatchObject({ contributions: { scripts: [{ actingService: "montage" }] } });
    expect(Object(document).contributions.versions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ comment: "by montage", actingService: "montage" }),
        expect.objectContaining({ comment: "by ann", actingService: null }),
      ]),
    );
    expect(Object(document).audit.entries).toContainEqual(
      expect.objectContaining({ action: "access.refuse", actingService: "montage" }),
    );
  });

  test("gets no answer that another one, or the user, was given for the same Idempotency-Key", async () => {
    const key = { "idempotency-key": "the-same" };
    for (const [at, headers] of [films, books, ann.headers].entries()) {
      const written = await call("POST", "/service-a/sequence", { ...headers, ...key }, newElement(20 + at, "once"));
      expect([written.status, written.headers.get("idempotency-replayed")]).toEqual([201, null]);
    }
    const again = await call("POST", "/service-a/sequence", { ...films, ...key }, newElement(20, "once"));
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
  });
});

test("every entry says what kind of principal its actor is", async () => {
  const actors = new Set((await entries("")).map(({ actor }) => actor ?? "nobody"));
  expect(actors.size).toBeGreaterThan(3);
  for (const actor of actors) expect(actor).toMatch(/^(nobody|[0-9a-f-]{36}|service:[a-z0-9-]+)$/);
});
