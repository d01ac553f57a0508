/**
 * What `npm run check` cannot prove to be linear, and why it cannot hold the thread all the same: its text is short, or
 * is not a stranger's. An entry that is needed no more fails the check as well.
 */

/** Expressions that take polynomial time, and what keeps their text short. */
export const BOUNDED: Readonly<Record<string, string>> = {
  "/%.+$/": "ipaddr.js, of an address: shared/contracts/networks.ts reads none with more than 49 characters",
  "/^\\[([^\\]]*:[^\\]]*)\\](?::(\\d{1,5}))?$/": "gateway, of one element of X-Forwarded-For: at most 80 characters",
  "/(.+)\\1+/g": "@zxcvbn-ts/core, of a part of a password: at most 32 characters",
  "/^(.+?)\\1+$/": "@zxcvbn-ts/core, of a part of a password: at most 32 characters",
  "/\\p{RGI_Emoji}/gv": "shared, of the name of a key or a factor: at most 100 characters, and an emoji has few",
  "/^-+|-+$/g": "zod's slugify, which no schema uses",
  "/\\{[^}]+\\}/g": "hono, of a route when it is registered",
  "/\\{(?:\\{[\\d,]+\\}|[^}])+\\}/g": "hono, of a route when it is registered",
  "/\\/{(.+?)}/g": "@hono/zod-openapi, of a route when it is registered",
  "/^[\\s\\uFEFF\\xA0]+|[\\s\\uFEFF\\xA0]+$/g":
    "axios, of the names and values of headers that Typesense's client sets",
  "/([?&][^=&#]*=)[^&#]*/g": "axios, of the URLs that Typesense's client calls, in an error",
  "/=+$/": "otplib, of the secrets that we generate",
  "/0+$/": "asn1js, of milliseconds",
  "/^\\s+|\\s+$/g": "asn1js, of the names in the schemas of @simplewebauthn/server",
  "/=+$/g": "@peculiar/utils, of base64url that it has just written",
  "/-----BEGIN ([^-]+)-----([\\s\\S]*?)-----END \\1-----/g":
    "@peculiar/utils, of certificates: attestation is taken away",
  '/(\\d\\.[\\d.]*\\d|[A-Za-z]+)=((?:"")|(?:".*?[^\\\\]")|(?:[^,+"\\\\](?=[,+]|$))|(?:[^,+].*?(?:[^\\\\][,+]))|(?:))([,+])?/g':
    "@peculiar/x509, of names that are to be put into certificates: nothing here makes any",
  '/"(.*?[^\\\\])?"/': "@peculiar/x509, of names that are to be put into certificates: nothing here makes any",
  "/(\\s+)[^\\s]*$/": "nodemailer, of a header of a message: addresses have at most 254 characters, the rest is ours",
  "/^(?:(?:https?|ftp):\\/\\/)(?:\\S+(?::\\S*)?@)?(?:(?!10(?:\\.\\d{1,3}){3})(?!127(?:\\.\\d{1,3}){3})(?!169\\.254(?:\\.\\d{1,3}){2})(?!192\\.168(?:\\.\\d{1,3}){2})(?!172\\.(?:1[6-9]|2\\d|3[0-1])(?:\\.\\d{1,3}){2})(?:[1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3])(?:\\.(?:1?\\d{1,2}|2[0-4]\\d|25[0-5])){2}(?:\\.(?:[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-4]))|(?:(?:[a-z\\u{00a1}-\\u{ffff}0-9]+-?)*[a-z\\u{00a1}-\\u{ffff}0-9]+)(?:\\.(?:[a-z\\u{00a1}-\\u{ffff}0-9]+-?)*[a-z\\u{00a1}-\\u{ffff}0-9]+)*(?:\\.(?:[a-z\\u{00a1}-\\u{ffff}]{2,})))(?::\\d{2,5})?(?:\\/[^\\s]*)?$/iu":
    "@cfworker/json-schema, of the format `url`: no schema has a format, as workers/gateway/src/openapi/schemas.ts keeps none",
  "/^334\\s+(.+)$/": "nodemailer, of a reply of the mail server, which the operator names",
};

/** Files that compose expressions while they run, of what. What a bundle composes when it is loaded is proved. */
export const COMPOSING: Readonly<Record<string, string>> = {
  "workers/kms/src/accounts/username.ts": "the names of scripts, when it is loaded",
  "node_modules/@zxcvbn-ts/core/dist/matcher/separator/matching.mjs":
    "one separator out of a list, of 32 characters at most",
  "node_modules/ipaddr.js/lib/ipaddr.js": "constants, when it is loaded",
  "node_modules/axios/dist/browser/axios.cjs": "constants, when it is loaded",
  "node_modules/@peculiar/x509/build/x509.es.js": "constants, when it is loaded",
  "node_modules/zod/v4/core/regexes.js": "the options of a schema, when it is made",
  "node_modules/zod/v4/core/checks.js": "the options of a schema, when it is made",
  "node_modules/zod/v4/core/schemas.js": "the options of a schema, when it is made",
  "node_modules/zod/v4/classic/from-json-schema.js": "JSON Schemas, which nothing here reads",
  "node_modules/hono/dist/utils/url.js": "routes, when it is loaded or with the first request",
  "node_modules/hono/dist/router/reg-exp-router/node.js": "routes, with the first request",
  "node_modules/hono/dist/router/reg-exp-router/trie.js": "routes, with the first request",
  "workers/gateway/src/openapi/pattern-safety.ts": "patterns of a service's document, tried on nothing",
  "node_modules/@cfworker/json-schema/dist/esm/validate.js":
    "patterns of a service's document: workers/gateway/src/openapi/pattern-safety.ts lets none through that backtracks",
  "node_modules/@cfworker/json-schema/dist/esm/format.js":
    "what is to be of the format `regex`: no schema has a format",
  "node_modules/nodemailer/dist/esm/mime-funcs/index.js": "numbers of characters",
  "node_modules/nodemailer/dist/esm/mime-node/index.js": "constants",
};
