import { expect, test } from "vitest";
import { parseTokenRequest } from "./token-request.ts";

const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64")}`;

const parse = (form: string, authorization?: string) => parseTokenRequest(new URLSearchParams(form), authorization);

const errorOf = (form: string, authorization?: string): string | undefined => {
  const parsed = parse(form, authorization);
  return parsed.ok ? undefined : parsed.error.error;
};

test("reads client credentials from a Basic header, form-encoded as RFC 6749 §2.3.1 asks", () => {
  expect(parse("grant_type=client_credentials", basic("films", "ftn_a:b+c%"))).toEqual({
    ok: true,
    value: { grant: "client_credentials", client: { id: "films", secret: "ftn_a:b+c%" }, scopes: undefined },
  });
});

test("reads client credentials from the body", () => {
  expect(parse("grant_type=client_credentials&client_id=films&client_secret=ftn_x&scope=search:read")).toEqual({
    ok: true,
    value: { grant: "client_credentials", client: { id: "films", secret: "ftn_x" }, scopes: ["search:read"] },
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
  const value = { grant: "refresh_token", refreshToken: "ftr_x", scopes: undefined };
  expect(parse("grant_type=refresh_token&refresh_token=ftr_x")).toEqual({ ok: true, value });
  expect(parse("grant_type=refresh_token&refresh_token=ftr_x&client_id=fountain")).toEqual({ ok: true, value });
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
  expect(errorOf("grant_type=refresh_token&refresh_token=a&resource=x")).toBeUndefined();
});

test("refuses grants and scopes that do not exist", () => {
  expect(errorOf("grant_type=password&username=a&password=b")).toBe("unsupported_grant_type");
  expect(errorOf("grant_type=refresh_token&refresh_token=a&scope=everything")).toBe("invalid_scope");
  expect(errorOf("grant_type=refresh_token&refresh_token=a&scope=search:read+admin")).toBe("invalid_scope");
});

test("counts a scope named twice once", () => {
  const parsed = parse("grant_type=refresh_token&refresh_token=a&scope=search:read+search:read++keys:read");
  expect(parsed.ok && parsed.value.scopes).toEqual(["keys:read", "search:read"]);
});
