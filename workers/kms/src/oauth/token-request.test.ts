import { expect, test } from "vitest";
import { parseTokenRequest, TOKEN_EXCHANGE } from "./token-request.ts";

const ISSUER = "https://fountain.example";

const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64")}`;

const parse = (form: string, authorization?: string) =>
  parseTokenRequest(new URLSearchParams(form).toString(), authorization, ISSUER);

const errorOf = (form: string, authorization?: string): string | undefined => {
  const parsed = parse(form, authorization);
  return parsed.ok ? undefined : parsed.error.kind;
};

test("reads client credentials from a Basic header, form-encoded as RFC 6749 §2.3.1 asks", () => {
  expect(parse("grant_type=client_credentials", basic("films", "ftn_a:b+c%"))).toEqual({
    ok: true,
    value: {
      grant: "client_credentials",
      client: { id: "films", secret: "ftn_a:b+c%" },
      scopes: undefined,
      audiences: undefined,
    },
  });
});

test("reads client credentials from the body", () => {
  expect(parse("grant_type=client_credentials&client_id=films&client_secret=ftn_x&scope=search:read")).toEqual({
    ok: true,
    value: {
      grant: "client_credentials",
      client: { id: "films", secret: "ftn_x" },
      scopes: ["search:read"],
      audiences: undefined,
    },
  });
});

test("accepts a client_id in the body beside a Basic header only when both name the same client", () => {
  const form = "grant_type=client_credentials&client_id=films";
  expect(errorOf(form, basic("films", "k"))).toBeUndefined();
  expect(errorOf(form, basic("other", "k"))).toBe("invalid_request");
});

test("refuses two ways of authenticating at once", () => {
  const form = "grant_type=client_credentials&client_id=films&client_secret=k";
  expect(errorOf(form, basic("films", "k"))).toBe("invalid_request");
});

test("refuses credentials that are missing or cannot be read", () => {
  expect(errorOf("grant_type=client_credentials")).toBe("invalid_client");
  expect(errorOf("grant_type=client_credentials&client_id=films")).toBe("invalid_client");
  expect(errorOf("grant_type=client_credentials&client_id=&client_secret=")).toBe("invalid_client");
  expect(errorOf("grant_type=client_credentials", "Basic !!!")).toBe("invalid_client");
  expect(errorOf("grant_type=client_credentials", `Basic ${Buffer.from("a%zz:b").toString("base64")}`)).toBe(
    "invalid_client",
  );
});

test("reads a refresh token, with or without the name of the first-party client", () => {
  const value = { grant: "refresh_token", refreshToken: "ftr_x" };
  expect(parse("grant_type=refresh_token&refresh_token=ftr_x")).toEqual({ ok: true, value });
  expect(parse("grant_type=refresh_token&refresh_token=ftr_x&client_id=fountain")).toEqual({ ok: true, value });
  const client = { id: "client_x", secret: undefined };
  expect(parse("grant_type=refresh_token&refresh_token=ftr_x&client_id=client_x")).toEqual({
    ok: true,
    value: { ...value, client },
  });
});

test("refuses a user's refresh token from a service", () => {
  expect(errorOf("grant_type=refresh_token&refresh_token=ftr_x&client_id=films")).toBe("unauthorized_client");
  expect(errorOf("grant_type=refresh_token&refresh_token=ftr_x", basic("films", "k"))).toBe("unauthorized_client");
});

test("refuses a parameter sent twice, and one sent without a value as if it were missing", () => {
  expect(errorOf("grant_type=refresh_token&refresh_token=a&refresh_token=b")).toBe("invalid_request");
  expect(errorOf("grant_type=refresh_token&grant_type=refresh_token&refresh_token=a")).toBe("invalid_request");
  expect(errorOf("grant_type=refresh_token&refresh_token=")).toBe("invalid_request");
  expect(errorOf("grant_type=&refresh_token=a")).toBe("invalid_request");
  expect(errorOf("")).toBe("invalid_request");
});

test("ignores parameters it does not know", () => {
  expect(errorOf("grant_type=refresh_token&refresh_token=a&assertion=x")).toBeUndefined();
});

test("refuses grants and scopes that do not exist", () => {
  expect(errorOf("grant_type=password&username=a&password=b")).toBe("unsupported_grant_type");
  expect(errorOf("grant_type=refresh_token&refresh_token=a&scope=everything")).toBe("invalid_scope");
  expect(errorOf("grant_type=refresh_token&refresh_token=a&scope=search:read+admin")).toBe("invalid_scope");
});

test("counts a scope named twice once", () => {
  const parsed = parse("grant_type=refresh_token&refresh_token=a&scope=search:read+search:read++keys:read");
  expect(parsed.ok && "scopes" in parsed.value && parsed.value.scopes?.toSorted()).toEqual([
    "keys:read",
    "search:read",
  ]);
});

const EXCHANGE = {
  grant_type: TOKEN_EXCHANGE,
  client_id: "films",
  client_secret: "k",
  subject_token: "eyJ",
  subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
};

const exchange = (replaced: Record<string, string> = {}, more = ""): string =>
  `${new URLSearchParams({ ...EXCHANGE, ...replaced })}${more}`;

const REFRESH = "grant_type=refresh_token&refresh_token=a";
const CREDENTIALS = "grant_type=client_credentials&client_id=films&client_secret=k";

const audiencesOf = (form: string): unknown => {
  const parsed = parse(form);
  return parsed.ok ? parsed.value.audiences : parsed.error.kind;
};

const targeted = (grant: string, ...targets: [string, string][]): string => `${grant}&${new URLSearchParams(targets)}`;

test.each([REFRESH, CREDENTIALS, exchange()])("reads what the token shall be good for: %s", (grant) => {
  expect(audiencesOf(grant)).toBeUndefined();
  expect(audiencesOf(targeted(grant, ["audience", "service-a"], ["audience", "search"]))).toEqual([
    "service-a",
    "search",
  ]);
  expect(audiencesOf(targeted(grant, ["resource", `${ISSUER}/kms`], ["audience", "search"]))).toEqual([
    "search",
    "kms",
  ]);
  expect(audiencesOf(targeted(grant, ["resource", ISSUER], ["audience", "search"]))).toEqual(["fountain"]);
  const upstreams = (count: number) =>
    Array.from({ length: count }, (_, index): [string, string] => ["resource", `${ISSUER}/notes/${index}`]);
  expect(audiencesOf(targeted(grant, ...upstreams(8), ...upstreams(8)))).toHaveLength(8);
  expect(audiencesOf(targeted(grant, ...upstreams(9)))).toBe("invalid_target");
});

test.each([
  [ISSUER, "fountain"],
  ["https://fountain.example/", "fountain"],
  ["HTTPS://FOUNTAIN.EXAMPLE", "fountain"],
  ["https://fountain.example:443/", "fountain"],
  ["https://fountain.example/./kms/..", "fountain"],
  ["https://fountain.example/kms", "kms"],
  ["https://fountain.example/kms/", "kms"],
  ["https://fountain.example/x/../kms", "kms"],
  ["https://fountain.example/%6Bms", "kms"],
  ["https://fountain.example/service%2Da", "service-a"],
  ["https://fountain.example/notes/", "https://fountain.example/notes"],
  ["HTTPS://fountain.example:443/mcp/./to%6Fls", "https://fountain.example/mcp/tools"],
  ["https://Notes.Example:443/", "https://notes.example"],
  ["https://notes.example/mcp/tools/", "https://notes.example/mcp/tools"],
])("takes %s for %s (RFC 3986 §6.2)", (resource, audience) => {
  expect(audiencesOf(targeted(CREDENTIALS, ["resource", resource]))).toEqual([audience]);
});

test.each([
  ["audience", "elsewhere"],
  ["audience", "gateway"],
  ["audience", ISSUER],
  ["resource", "kms"],
  ["resource", "/kms"],
  ["resource", "http://notes.example"],
  ["resource", "https://notes.example:8443"],
  ["resource", "https://notes.example/x//y"],
  ["resource", "https://notes_1.example"],
  ["resource", "https://evil.example/service-a"],
  ["resource", `${ISSUER}.evil.example/service-a`],
  ["resource", "https://fountain.example:444/kms"],
  ["resource", "http://fountain.example/kms"],
  ["resource", "https://user@fountain.example/kms"],
  ["resource", "https://fountain.example\\kms"],
  ["resource", "https:fountain.example/kms"],
  ["resource", " https://fountain.example/kms"],
  ["audience", "notes"],
  ["resource", `${ISSUER}/notes//items`],
  ["resource", `${ISSUER}/notes%2Fitems`],
  ["resource", `${ISSUER}/oauth/authorize`],
  ["resource", `${ISSUER}/.well-known`],
  ["resource", `${ISSUER}/${"a".repeat(255)}`],
  ["resource", `${ISSUER}/fountain`],
  ["resource", `${ISSUER}/KMS`],
  ["resource", `${ISSUER}/kms//`],
  ["resource", `${ISSUER}/kms/users`],
  ["resource", `${ISSUER}/kms%2F`],
  ["resource", `${ISSUER}/kms?all=1`],
  ["resource", `${ISSUER}/kms#all`],
] as [string, string][])("refuses %s=%s, which is nothing here, in every grant", (name, value) => {
  for (const grant of [REFRESH, CREDENTIALS, exchange()]) {
    expect(audiencesOf(targeted(grant, [name, value]))).toBe("invalid_target");
    expect(audiencesOf(targeted(grant, ["audience", "search"], [name, value]))).toBe("invalid_target");
  }
});

test("refuses an exchange that lacks its client, its subject or their types", () => {
  expect(errorOf(exchange({ client_secret: "" }))).toBe("invalid_client");
  for (const bad of [
    { subject_token: "" },
    { subject_token_type: "" },
    { subject_token_type: "urn:ietf:params:oauth:token-type:saml2" },
    { requested_token_type: "urn:ietf:params:oauth:token-type:refresh_token" },
    { actor_token: "eyJ", actor_token_type: "urn:ietf:params:oauth:token-type:access_token" },
  ])
    expect(errorOf(exchange(bad)), JSON.stringify(bad)).toBe("invalid_request");
});

test("refuses a list of scopes that no token has room for", () => {
  const scopes = Array.from({ length: 10 }, (_, index) => `secrets:read:${index}/${"n".repeat(180)}`).join("+");
  const last = (length: number) => `+secrets:read:last/${"n".repeat(length - scopes.length - 19)}`;
  expect(parse(`grant_type=refresh_token&refresh_token=a&scope=${scopes}${last(2_048)}`)).toMatchObject({ ok: true });
  expect(errorOf(`grant_type=refresh_token&refresh_token=a&scope=${scopes}${last(2_049)}`)).toBe("invalid_scope");
});

test("refuses forms, parameters and credentials that are longer than any token", () => {
  const long = "x".repeat(8_193);
  expect(errorOf(`grant_type=refresh_token&refresh_token=${long}`)).toBe("invalid_request");
  expect(errorOf(`grant_type=refresh_token&refresh_token=a&unknown=${long}`)).toBe("invalid_request");
  expect(errorOf(`grant_type=refresh_token&${"a=1&".repeat(20_000)}`)).toBe("invalid_request");
  expect(errorOf("grant_type=client_credentials", basic("films", long))).toBe("invalid_client");
  expect(parse(`grant_type=refresh_token&refresh_token=${long.slice(1)}`)).toMatchObject({ ok: true });
});
