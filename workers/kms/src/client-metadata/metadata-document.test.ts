import { expect, test } from "vitest";
import { parseDescription } from "./metadata-document.ts";

const URL_OF_CLIENT = "https://app.example/client.json";
const DOCUMENT = {
  client_id: URL_OF_CLIENT,
  client_name: "Notebook",
  redirect_uris: ["https://app.example/callback"],
  token_endpoint_auth_method: "none",
};

const described = (more: Record<string, unknown>) => parseDescription(URL_OF_CLIENT, { ...DOCUMENT, ...more });
const faultOf = (more: Record<string, unknown>): string | undefined => {
  const read = described(more);
  return read.ok ? undefined : read.error.kind;
};

test("takes a name and where people may be sent, and looks at nothing else", () => {
  const more = { logo_uri: "http://127.0.0.1/", jwks_uri: "http://127.0.0.1/", scope: "users:admin", contacts: [7] };
  const value = { name: "Notebook", redirectUris: DOCUMENT.redirect_uris };
  expect(described(more)).toEqual({ ok: true, value });
  expect(described({ grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] }).ok).toBe(true);
  expect(described({ client_name: undefined })).toMatchObject({ value: { name: "app.example" } });
});

test("sends people to its own origin or to their own device only", () => {
  const ours = ["https://app.example/callback", "http://127.0.0.1:7777/", "http://[::1]/a", "http://localhost/b"];
  const others = [
    "https://other.example/callback",
    "https://app.example:8443/callback",
    "https://app.example.evil.example/",
    "https://app.example@evil.example/",
    "http://app.example/callback",
    "org.example.app:/callback",
    "https://app.example/callback#a",
    "https://app.example/*",
    "javascript:alert(1)",
    "",
  ];
  expect(described({ redirect_uris: [...others, ...ours] })).toMatchObject({ value: { redirectUris: ours } });
  expect(faultOf({ redirect_uris: others })).toBe("no-redirect-uri");
});

test.for<[fault: string, more: Record<string, unknown>]>([
  ["other-id", { client_id: `${URL_OF_CLIENT}/` }],
  ["other-id", { client_id: "https://APP.example/client.json" }],
  ["malformed", { client_id: undefined }],
  ["malformed", { client_id: [URL_OF_CLIENT] }],
  ["malformed", { client_name: "" }],
  ["malformed", { client_name: "a".repeat(81) }],
  ["malformed", { client_name: "Fountain\u202e" }],
  ["malformed", { redirect_uris: "https://app.example/callback" }],
  ["malformed", { redirect_uris: undefined }],
  ["malformed", { redirect_uris: Array.from({ length: 21 }, () => "https://app.example/") }],
  ["not-public", { token_endpoint_auth_method: undefined }],
  ["not-public", { token_endpoint_auth_method: "client_secret_basic" }],
  ["not-public", { token_endpoint_auth_method: "private_key_jwt" }],
  ["has-secret", { client_secret: "hush" }],
  ["has-secret", { client_secret_expires_at: 0 }],
  ["other-flow", { grant_types: ["client_credentials"] }],
  ["other-flow", { response_types: ["token"] }],
])("refuses what is %s: %j", ([fault, more]) => {
  expect(faultOf(more)).toBe(fault);
});

test.for([null, [], "text", 7, [DOCUMENT]])("refuses %j", (document) => {
  expect(parseDescription(URL_OF_CLIENT, document)).toMatchObject({ error: { kind: "malformed" } });
});
