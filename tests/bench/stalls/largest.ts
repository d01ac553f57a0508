/**
 * For each row of the route table the largest that the contract allows, beside what hostile.ts sends to all of them; or
 * why there is nothing larger. A test holds it to the route table.
 */
import type { Call } from "./hostile.ts";
import { imports } from "./screenplays.ts";

/** What the calls are about. */
export interface Stock {
  /** Scripts that were imported, by what is large about them. */
  scripts: readonly { what: string; id: number }[];
  transitKey: string;
  ciphertext: string;
  /** The element with long versions. */
  element: string;
  sections: readonly number[];
  service: string;
}

type Largest = string | ((stock: Stock) => Call[]);

const NO_BODY = "takes nothing, and its answer is as long for everybody";
const ONE_ROW = "looks one row up, which was bounded when it was made";
const PAGE = "a page of at most 200 rows, each bounded when it was made";
const FEW_FIELDS = "a few short fields: hostile bodies are the largest";
const HASHED = "a password: hashed on this thread, which an issue of its own changes";

const MIB = 2 ** 20;
const filled = (length: number, text: string): string => text.repeat(Math.floor(length / text.length));
const json = (method: string, path: string, what: string, body: unknown): Call => ({
  what,
  method,
  path,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
const get = (path: string, what: string, headers?: Record<string, string>): Call => ({
  what,
  method: "GET",
  path,
  ...(headers && { headers }),
});
const form = (path: string, fields: Record<string, string>): Call => ({
  what: "long parameters",
  method: "POST",
  path,
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams(fields).toString(),
});

/** As many as a query may have. */
const WORDS = Array.from({ length: 300 }, (_, index) => `w${index}`);
/** As long as a document of service-a may be. */
export const LONG_TEXT = filled(MIB - 64, `${WORDS.join(" ")} `);

const document = (id: string, text: string) => ({
  operation: "create",
  document: { id, element_type: "action", element_id: 1, sequence_number: 1, version_number: 1, comment: "", text },
});

const searches: Record<string, object> = {
  "300 words": { q: WORDS.join(" "), query_by: "text,comment", highlight_full_fields: "text" },
  "a phrase": { q: `"${WORDS.join(" ")}"`, query_by: "text" },
  "words spelt wrong": {
    q: WORDS.slice(0, 100)
      .map((word) => `${word}${word}`)
      .join(" "),
    query_by: "text",
  },
  "a deep filter": { q: "*", filter_by: `${filled(1_900, "(")}element_id:1${filled(1_900, ")")}` },
  "many values in a filter": {
    q: "*",
    filter_by: `element_id:[${Array.from({ length: 900 }, (_, n) => n).join(",")}]`,
  },
  "every facet": { q: "*", facet_by: "element_type,script_id,service_name", facet_query: "service_name:a" },
  "long fields to show": { q: "*", include_fields: filled(3_900, "*a,"), exclude_fields: filled(3_900, "b*,") },
};

const scopes = Array.from({ length: 64 }, (_, index) => `secrets:read:${filled(230, "a")}${index}/*`);

const LINES = filled(900_000, "a line\n");

export const LARGEST: Record<string, Largest> = {
  "gateway GET /": NO_BODY,
  "gateway GET /health": NO_BODY,
  "gateway GET /ready": NO_BODY,
  "gateway GET /docs": NO_BODY,
  "gateway GET /openapi.json": () => [get("/openapi.json", "the whole of it")],
  "gateway GET /.well-known/jwks.json": NO_BODY,
  "gateway GET /.well-known/oauth-authorization-server": NO_BODY,
  "kms GET /.well-known/jwks.json": NO_BODY,
  "kms POST /register": HASHED,
  "kms POST /login": HASHED,
  "kms POST /login/passkey/options": FEW_FIELDS,
  "kms POST /login/passkey": FEW_FIELDS,
  "kms GET /.well-known/oauth-authorization-server": NO_BODY,
  "kms POST /token": () => [
    form("/kms/token", {
      grant_type: "refresh_token",
      refresh_token: filled(16_000, "a"),
      scope: filled(16_000, "a "),
    }),
  ],
  "kms POST /revoke": () => [form("/kms/revoke", { token: filled(16_000, "a.") })],
  "kms POST /introspect": () => [form("/kms/introspect", { token: filled(16_000, "a.") })],
  "kms POST /logout": NO_BODY,
  "kms GET /sessions": PAGE,
  "kms DELETE /sessions/{id}": ONE_ROW,
  "kms GET /me": ONE_ROW,
  "kms GET /me/export": () => [get("/kms/me/export", "all that the administrator has done")],
  "kms DELETE /me": NO_BODY,
  "kms PUT /me/password": HASHED,
  "kms GET /users": PAGE,
  "kms POST /users": HASHED,
  "kms GET /users/{id}": ONE_ROW,
  "kms PUT /users/{id}/roles": () => [
    json("PUT", "/kms/users/1/roles", "32 roles", { roles: Array.from({ length: 32 }, (_, n) => filled(60, "r") + n) }),
  ],
  "kms POST /users/{id}/lock": NO_BODY,
  "kms POST /users/{id}/unlock": NO_BODY,
  "kms GET /roles": PAGE,
  "kms PUT /roles/{name}": FEW_FIELDS,
  "kms POST /services": () => [json("POST", "/kms/services", "64 scopes", { name: "largest", scopes })],
  "kms GET /services": PAGE,
  "kms GET /services/{name}": ONE_ROW,
  "kms DELETE /services/{name}": ONE_ROW,
  "kms PUT /services/{name}/webhook": FEW_FIELDS,
  "kms DELETE /services/{name}/webhook": ONE_ROW,
  "kms POST /keys": ({ service }) => [
    json("POST", "/kms/keys", "64 scopes and addresses", {
      service,
      scopes,
      allowedAddresses: Array.from({ length: 64 }, (_, n) => `2001:db8:${n}::/48`),
    }),
  ],
  "kms GET /keys": PAGE,
  "kms POST /keys/verify": FEW_FIELDS,
  "kms POST /keys/leaked": () => [
    json(
      "POST",
      "/kms/keys/leaked",
      "100 reports",
      Array.from({ length: 100 }, () => ({
        token: filled(2_000, "ftn_"),
        type: "t",
        url: filled(2_000, "u"),
        source: "s",
      })),
    ),
  ],
  "kms GET /keys/{service}": PAGE,
  "kms POST /keys/{service}/rotate": FEW_FIELDS,
  "kms POST /keys/{service}/{id}/rotate": FEW_FIELDS,
  "kms DELETE /keys/{service}": ONE_ROW,
  "kms DELETE /keys/{service}/{id}": ONE_ROW,
  "kms POST /keys/{service}/{id}/disable": ONE_ROW,
  "kms POST /keys/{service}/{id}/enable": ONE_ROW,
  "kms PUT /keys/{service}/{id}/allowed-addresses": ({ service }) => [
    json("PUT", `/kms/keys/${service}/1/allowed-addresses`, "64 networks", {
      allowedAddresses: Array.from({ length: 64 }, (_, n) => `2001:db8:${n}::/48`),
    }),
  ],
  "kms GET /signing-keys": PAGE,
  "kms POST /signing-keys/rotate": NO_BODY,
  "kms POST /signing-keys/{kid}/revoke": NO_BODY,
  "kms GET /audit": () => [
    get("/kms/audit?limit=200", "200 entries"),
    get("/kms/audit", "all entries as lines", { accept: "application/x-ndjson" }),
  ],
  "kms GET /audit/verify": () => [get("/kms/audit/verify", "all entries")],
  "kms GET /audit/checkpoints": PAGE,
  "kms GET /secrets": PAGE,
  "kms GET /secrets/{path+}": () => [get("/kms/secrets/largest", "64 KiB")],
  "kms PUT /secrets/{path+}": () => [json("PUT", "/kms/secrets/largest", "64 KiB", { value: filled(65_536, "s") })],
  "kms DELETE /secrets/{path+}": ONE_ROW,
  "kms POST /secrets/wrap": FEW_FIELDS,
  "kms POST /secrets/unwrap": FEW_FIELDS,
  "kms POST /secrets/{path+}/undelete": () => [
    json("POST", "/kms/secrets/largest/undelete", "100 versions", {
      versions: Array.from({ length: 100 }, (_, n) => n + 1),
    }),
  ],
  "kms POST /secrets/{path+}/destroy": FEW_FIELDS,
  "kms GET /transit": PAGE,
  "kms POST /transit": FEW_FIELDS,
  "kms GET /transit/{key}": ONE_ROW,
  "kms PUT /transit/{key}": FEW_FIELDS,
  "kms POST /transit/{key}/encrypt": ({ transitKey }) => [
    json("POST", `/kms/transit/${transitKey}/encrypt`, "512 KiB", {
      plaintext: Buffer.alloc(512 * 1024).toString("base64"),
    }),
  ],
  "kms POST /transit/{key}/decrypt": ({ transitKey, ciphertext }) => [
    json("POST", `/kms/transit/${transitKey}/decrypt`, "512 KiB", { ciphertext }),
  ],
  "kms POST /transit/{key}/rewrap": ({ transitKey, ciphertext }) => [
    json("POST", `/kms/transit/${transitKey}/rewrap`, "512 KiB", { ciphertext }),
  ],
  "kms POST /transit/{key}/rotate": NO_BODY,
  "kms GET /root-key": NO_BODY,
  "kms POST /root-key/rotate": NO_BODY,
  "twofa GET /factors": "a user has a few",
  "twofa DELETE /factors/{id}": ONE_ROW,
  "twofa POST /factors/totp": FEW_FIELDS,
  "twofa POST /factors/totp/confirm": FEW_FIELDS,
  "twofa POST /factors/email": FEW_FIELDS,
  "twofa POST /factors/sms": FEW_FIELDS,
  "twofa POST /factors/{id}/confirm": FEW_FIELDS,
  "twofa POST /factors/webauthn/options": FEW_FIELDS,
  "twofa POST /factors/webauthn": () => [
    json("POST", "/twofa/factors/webauthn", "parts of 16 KiB", {
      challengeId: "a",
      response: {
        id: filled(1_366, "a"),
        rawId: filled(1_366, "a"),
        type: "public-key",
        response: { clientDataJSON: filled(16_384, "a"), attestationObject: filled(16_384, "o") },
      },
    }),
  ],
  "twofa POST /recovery-codes": NO_BODY,
  "twofa POST /auth/generate": FEW_FIELDS,
  "twofa POST /auth/verify": FEW_FIELDS,
  "search POST /documents/sync": () => [
    json("POST", "/search/documents/sync", "one text of 1 MiB", document("largest", LONG_TEXT.slice(0, MIB - 512))),
    json(
      "POST",
      "/search/documents/sync",
      "1,000 documents",
      Array.from({ length: 1_000 }, (_, n) => document(`d${n}`, filled(800, "some words "))),
    ),
    json(
      "POST",
      "/search/documents/sync",
      "1,000 operations that are refused",
      Array(1_000).fill({ operation: "create" }),
    ),
  ],
  "search POST /search": () =>
    Object.entries(searches).map(([what, parameters]) => json("POST", "/search/search", what, parameters)),
  "search POST /scoped-keys": () => [
    json("POST", "/search/scoped-keys", "a long filter", {
      filter_by: `element_id:[${Array.from({ length: 250 }, (_, n) => n).join(",")}]`,
    }),
  ],
  "search GET /collections/{name}/documents/search": () => [
    get(
      `/search/collections/elements/documents/search?${new URLSearchParams({ q: WORDS.slice(0, 250).join(" "), query_by: "text" })}`,
      "250 words",
    ),
  ],
  "search POST /multi_search": () => [
    json("POST", "/search/multi_search", "50 searches of 300 words", {
      searches: Array.from({ length: 50 }, () => ({ collection: "elements", ...searches["300 words"] })),
    }),
    json("POST", "/search/multi_search", "50 searches of 200 parameters", {
      searches: Array.from({ length: 50 }, () =>
        Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`p${n}`, filled(80, "v")])),
      ),
    }),
  ],
  "search GET /health": NO_BODY,
  "search GET /status": NO_BODY,
  "search POST /collections/{name}/reindex": NO_BODY,
  "search GET /collections/{name}/reindex/{jobId}": ONE_ROW,
  "search GET /collections/{name}/synonyms": "a Typesense cluster's; the embedded engine has none",
  "search GET /collections/{name}/synonyms/{id}": "a Typesense cluster's; the embedded engine has none",
  "search PUT /collections/{name}/synonyms/{id}": () => [
    json("PUT", "/search/collections/elements/synonyms/a", "1,000 words", {
      synonyms: Array.from({ length: 1_000 }, (_, n) => filled(900, "w") + n),
    }),
  ],
  "search DELETE /collections/{name}/synonyms/{id}": ONE_ROW,
  "search GET /collections/{name}/curations": "a Typesense cluster's; the embedded engine has none",
  "search GET /collections/{name}/curations/{id}": "a Typesense cluster's; the embedded engine has none",
  "search PUT /collections/{name}/curations/{id}": () => [
    json("PUT", "/search/collections/elements/curations/a", "1,000 documents in and out", {
      rule: { query: "a", match: "exact" },
      includes: Array.from({ length: 1_000 }, (_, n) => ({ id: filled(250, "d") + n, position: 1 })),
      excludes: Array.from({ length: 1_000 }, (_, n) => ({ id: filled(250, "d") + n })),
    }),
  ],
  "search DELETE /collections/{name}/curations/{id}": ONE_ROW,
  "search POST /credentials/rotate": NO_BODY,
  "service-a POST /sequence": () => [
    json("POST", "/service-a/sequence", "a text of 1 MiB", {
      elementType: "action",
      elementId: 1,
      comment: "c",
      text: LINES,
    }),
  ],
  "service-a POST /sequence/reorder": ({ sections }) => [
    json("POST", "/service-a/sequence/reorder", "5,000 sections", {
      elementType: "section",
      elementIds: sections,
      newOrder: sections.toReversed(),
    }),
    json("POST", "/service-a/sequence/reorder", "10,000 unknown ids", {
      elementType: "section",
      elementIds: Array.from({ length: 10_000 }, (_, n) => n + 1_000_000),
      newOrder: Array.from({ length: 10_000 }, (_, n) => 1_010_000 - n - 1),
    }),
  ],
  "service-a POST /sequence/version": () => [
    json("POST", "/service-a/sequence/version", "a text of 1 MiB", {
      elementType: "action",
      elementId: 1,
      comment: "c",
      newVersionData: LINES,
    }),
  ],
  "service-a GET /elements": ({ scripts }) =>
    scripts.map(({ what, id }) => get(`/service-a/elements?scriptId=${id}&limit=200`, what)),
  "service-a GET /elements/{type}/{id}": ({ element }) => [get(`/service-a/elements/${element}`, "a text of 1 MiB")],
  "service-a GET /elements/{type}/{id}/versions": ({ element }) => [
    get(`/service-a/elements/${element}/versions?limit=200`, "texts of 1 MiB"),
  ],
  "service-a GET /elements/{type}/{id}/versions/{n}": ({ element }) => [
    get(`/service-a/elements/${element}/versions/1?diff=2`, "texts that are alike but for a thousand lines"),
    get(`/service-a/elements/${element}/versions/1?diff=3`, "texts that have nothing in common"),
  ],
  "service-a POST /scripts": () =>
    Object.entries(imports).map(([what, make]) => ({
      what,
      method: "POST",
      path: "/service-a/scripts",
      headers: { "content-type": "text/plain", ...(what === "speeches" && { "idempotency-key": crypto.randomUUID() }) },
      body: make(),
    })),
  "service-a GET /scripts": PAGE,
  "service-a GET /scripts/{id}.fountain": ({ scripts }) =>
    scripts.map(({ what, id }) => get(`/service-a/scripts/${id}.fountain`, what)),
  "service-a GET /scripts/{id}": ONE_ROW,
  "service-a GET /outbox/dead-letters": PAGE,
  "service-a POST /outbox/dead-letters/redrive": NO_BODY,
};

/** Rows that are named as exceptions, whatever was measured. */
export const EXCEPTIONS: Record<string, string> = Object.fromEntries(
  Object.entries(LARGEST).flatMap(([row, largest]) => (largest === HASHED ? [[row, HASHED]] : [])),
);
