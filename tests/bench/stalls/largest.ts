/**
 * For each row of the route table the largest that the contract allows, beside what hostile.ts sends to all of them; or
 * why there is nothing larger. A test holds it to the route table.
 */
import { FEW_FIELDS, filled, get, json, type Largest, MIB, NO_BODY, ONE_ROW, PAGE } from "./calls.ts";
import { KMS } from "./largest-kms.ts";
import { imports } from "./screenplays.ts";

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

const LINES = filled(900_000, "a line\n");

const COUNTED = "looks through the callers that a process remembers, 200,000 at most, some milliseconds in all";

export const LARGEST: Record<string, Largest> = {
  "gateway GET /": NO_BODY,
  "gateway GET /health": NO_BODY,
  "gateway GET /ready": NO_BODY,
  "gateway GET /docs": NO_BODY,
  "gateway GET /console": NO_BODY,
  "gateway GET /console/console.js": NO_BODY,
  "gateway GET /console/{path+}": NO_BODY,
  "gateway POST /console/call": FEW_FIELDS,
  "gateway POST /console/verify": FEW_FIELDS,
  "gateway GET /gateway/panel.js": NO_BODY,
  "search GET /panel.js": NO_BODY,
  "service-a GET /panel.js": NO_BODY,
  "gateway GET /openapi.json": () => [get("/openapi.json", "the whole of it")],
  "gateway GET /.well-known/jwks.json": NO_BODY,
  "gateway GET /.well-known/oauth-authorization-server": NO_BODY,
  "gateway GET /.well-known/openid-configuration": NO_BODY,
  "gateway GET /.well-known/oauth-protected-resource": NO_BODY,
  "gateway GET /.well-known/oauth-protected-resource/{prefix+}": NO_BODY,
  "gateway GET /.well-known/security.txt": NO_BODY,
  "gateway GET /oauth/authorize": FEW_FIELDS,
  "gateway POST /oauth/authorize": FEW_FIELDS,
  "gateway GET /oauth/device": FEW_FIELDS,
  "gateway POST /oauth/device": FEW_FIELDS,
  "gateway GET /oauth/logout": FEW_FIELDS,
  "gateway POST /oauth/logout": FEW_FIELDS,
  "gateway GET /account/login": NO_BODY,
  "gateway POST /account/login": FEW_FIELDS,
  "gateway GET /account/second-factor": NO_BODY,
  "gateway POST /account/second-factor": FEW_FIELDS,
  "gateway GET /account/forgot": NO_BODY,
  "gateway POST /account/forgot": FEW_FIELDS,
  "gateway GET /account/reset": NO_BODY,
  "gateway POST /account/reset": FEW_FIELDS,
  "gateway GET /account/first-login": NO_BODY,
  "gateway POST /account/first-login": FEW_FIELDS,
  "gateway GET /account/recover": NO_BODY,
  "gateway POST /account/recover": FEW_FIELDS,
  "gateway GET /account/invitation": NO_BODY,
  "gateway POST /account/invitation": FEW_FIELDS,
  "gateway GET /account/verify-email": NO_BODY,
  "gateway POST /account/verify-email": FEW_FIELDS,
  "gateway GET /account/sign-up": NO_BODY,
  "gateway POST /account/sign-up": FEW_FIELDS,
  "gateway POST /account/logout": FEW_FIELDS,
  "gateway GET /account": NO_BODY,
  "gateway POST /account": FEW_FIELDS,
  "gateway GET /account/security": NO_BODY,
  "gateway POST /account/security": FEW_FIELDS,
  "gateway GET /account/sessions": NO_BODY,
  "gateway POST /account/sessions": FEW_FIELDS,
  "gateway GET /account/applications": NO_BODY,
  "gateway POST /account/applications": FEW_FIELDS,
  "gateway GET /account/terms": NO_BODY,
  "gateway POST /account/terms": FEW_FIELDS,
  "gateway GET /account/data": NO_BODY,
  "gateway POST /account/data": FEW_FIELDS,
  "gateway GET /gateway/overview": NO_BODY,
  "gateway GET /gateway/refusals": "three hundred calls of each process at most, each bounded when it was noted",
  "gateway GET /gateway/upstreams": PAGE,
  "gateway GET /gateway/upstreams/{name}": ONE_ROW,
  "gateway PUT /gateway/upstreams/{name}": () => [
    json("PUT", "/gateway/upstreams/large", "256 routes", {
      targets: Array.from({ length: 32 }, (_, n) => `http://192.0.2.${n}:9000`),
      routes: Array.from({ length: 256 }, (_, n) => ({ match: `GET /${filled(200, "a")}/${n}/{id}/**`, anyone: true })),
    }),
  ],
  "gateway DELETE /gateway/upstreams/{name}": ONE_ROW,
  "gateway GET /gateway/upstreams/{name}/usage": COUNTED,
  "gateway GET /gateway/limits/{name}/usage": COUNTED,
  "gateway GET /gateway/limits": PAGE,
  "gateway GET /gateway/limits/{name}": ONE_ROW,
  "gateway PUT /gateway/limits/{name}": FEW_FIELDS,
  "gateway DELETE /gateway/limits/{name}": ONE_ROW,
  "gateway GET /gateway/policies": PAGE,
  "gateway GET /gateway/policies/{name}": ONE_ROW,
  "gateway PUT /gateway/policies/{name}": () => [
    json("PUT", "/gateway/policies/large", "64 routes and names", {
      effect: "deny",
      routes: Array.from({ length: 64 }, (_, n) => `* /${filled(200, "a")}/${n}/**`),
      when: { subject: Array.from({ length: 64 }, (_, n) => filled(250, "s") + n) },
    }),
  ],
  "gateway DELETE /gateway/policies/{name}": ONE_ROW,
  "gateway POST /gateway/policies/explain": FEW_FIELDS,
  "gateway GET /gateway/authorize": NO_BODY,
  ...KMS,
  "twofa GET /factors": "a user has a few",
  "twofa GET /factors/{id}": ONE_ROW,
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
  "twofa GET /users/{id}/factors": "a user has a few",
  "twofa DELETE /users/{id}/factors": NO_BODY,
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
