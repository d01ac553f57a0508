/** What the workers' own code never does, whichever file it stands in. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const ROOT = path.join(import.meta.dirname, "../..");

/** The product as it runs: comments are left out, which may speak of anything. */
const files = globSync(["shared/**/*.{ts,tsx}", "workers/*/src/**/*.{ts,tsx}", "clients/console/**/*.{ts,tsx}"], {
  cwd: ROOT,
})
  .filter((file) => !file.endsWith(".test.ts"))
  .map((file) => ({
    file,
    code: readFileSync(path.join(ROOT, file), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ""),
  }));

const filesWith = (pattern: RegExp): string[] =>
  files
    .filter(({ code }) => pattern.test(code))
    .map(({ file }) => file)
    .sort();

test("there is something to look at", () => {
  expect(files.length).toBeGreaterThan(200);
});

test("no text becomes code", () => {
  expect(filesWith(/\beval\(|\bnew Function\b|\bimport\((?!["'])|\bset(?:Timeout|Interval)\(\s*["'`]/)).toEqual([
    // Modules of the workers that the page names, which its policy lets load no other.
    "workers/gateway/src/pages/console/browser/panels.ts",
    "workers/gateway/src/pages/console/console-script.generated.ts",
  ]);
});

test("no worker starts a process, or reads a file", () => {
  expect(filesWith(/["'](?:node:)?(?:child_process|fs|fs\/promises|vm|worker_threads)["']/)).toEqual([]);
});

test("no regular expression is made of what a caller sent", () => {
  expect(filesWith(/\bnew RegExp\(|[^.\w]RegExp\(/)).toEqual([
    // To see whether a pattern of a service's document is one. It is matched against nothing but the empty text.
    "workers/gateway/src/openapi/pattern-safety.ts",
    // Of the names of Unicode's scripts.
    "workers/kms/src/accounts/username.ts",
  ]);
});

test("no XML, template, or compressed body is read, and messages of WebSockets are only passed on", () => {
  expect(filesWith(/\bDOMParser\b|\bXMLParser\b|\bnew WebSocket\b/)).toEqual([]);
  expect(filesWith(/\bWebSocketPair\b/)).toEqual(["workers/gateway/src/upstreams/sockets/bridge.ts"]);
  expect(filesWith(/\bDecompressionStream\b|\b(?:gunzip|inflate|unzip|brotliDecompress)\w*\(/)).toEqual([]);
});

test("no page makes markup of text, or listens to messages of other pages", () => {
  expect(
    filesWith(
      /\binnerHTML\b|\bouterHTML\b|\binsertAdjacentHTML\b|\bdocument\.write\b|\bonmessage\b|"message"\s*,\s*\(event/,
    ),
    // Preact can, where it is told to: no view of ours tells it. The page's policy would refuse it, too (trusted types).
  ).toEqual(["workers/gateway/src/pages/console/console-script.generated.ts"]);
  expect(filesWith(/\bdangerouslySetInnerHTML\b/)).toEqual([
    "workers/gateway/src/pages/console/console-script.generated.ts",
  ]);
});

test("no cookie is set or read but by the pages, and nothing else is kept in a browser", () => {
  expect(filesWith(/set-cookie|setCookie|hono\/cookie|get\("cookie"\)/i)).toEqual([
    "workers/gateway/src/pages/frame/page-call.ts",
    "workers/gateway/src/pages/frame/response.ts",
    // Passes on those of services, and none of Fountain's own.
    "workers/gateway/src/upstreams/own-host.ts",
  ]);
  expect(filesWith(/\blocalStorage\b|\bsessionStorage\b|\bindexedDB\b/i)).toEqual([]);
});

/** Who calls others; each says what becomes of a redirect. libSQL is a binding. */
const CALLERS = [
  "workers/gateway/src/proxy/forward.ts",
  "workers/gateway/src/upstreams/egress.ts",
  "workers/kms/src/client-metadata/metadata-reader.ts",
  "workers/kms/src/services/webhook-sender.ts",
  "workers/search/src/typesense/transport.ts",
  "workers/twofa/src/channels/kept-mail.ts",
  "workers/twofa/src/channels/twilio.ts",
  "workers/twofa/src/channels/webhook.ts",
];

test("no call to others follows a redirect", () => {
  expect(filesWith(/redirect: "manual"/)).toEqual(CALLERS);
  expect(filesWith(/redirect: "follow"/)).toEqual([]);
  const calling = filesWith(/\bfetch\(/);
  const known = [
    ...CALLERS,
    // The page's own script, in a browser, as source and as it is delivered.
    "workers/gateway/src/docs/browser/docs.ts",
    "workers/gateway/src/docs/browser/trying/send.ts",
    "workers/gateway/src/docs/docs-script.generated.ts",
    // Text, for readers of that page to copy.
    "workers/gateway/src/docs/browser/snippets/typescript.ts",
    // The same of the account's pages, and calls of the gateway's own operations for them, which reach no network.
    "workers/gateway/src/pages/browser/passkeys.ts",
    // The console's, which calls its own page's paths only.
    "clients/console/kit/calls.ts",
    "workers/gateway/src/pages/console/browser/step-up.tsx",
    "workers/gateway/src/pages/console/console-script.generated.ts",
    "workers/gateway/src/pages/frame/pages-script.ts",
    "workers/gateway/src/app.ts",
    // Two addresses of the gateway's own workers.
    "workers/gateway/src/proxy/upstream.ts",
    // The binding to the other processes of this machine.
    "workers/gateway/src/activity/processes.ts",
    // The binding to libSQL, and those to the hashers.
    "shared/db/database.ts",
    "workers/kms/src/hashing/hashers.ts",
    // Handed to twilio.ts.
    "workers/twofa/src/channels/messengers.ts",
  ];
  expect(calling.filter((file) => !known.includes(file))).toEqual([]);
});

test("no comparison is a loose one", () => {
  const strings = /"[^"\n]*"|'[^'\n]*'|`[^`]*`|\/[^/\n]+\/[a-z]*/g;
  const loose = files.filter(({ code }) => / [!=]= (?!null\b)/.test(code.replace(strings, "")));
  expect(loose.map(({ file }) => file)).toEqual([]);
});

test("no statement is made of a value: they are bound", () => {
  // Constants: subqueries of several statements, and a number in the definition of an index.
  expect(filesWith(/\bsql\.raw\(/)).toEqual([
    "workers/kms/src/accounts/users.store.ts",
    "workers/kms/src/upstream-scopes/upstream-scopes.store.ts",
    "workers/service-a/src/model/schema.ts",
  ]);
  // Nothing that a caller said is at hand where statements are written: stores are given arguments, not requests.
  const stores = files.filter(({ file }) => /\.store\.ts$|\/(db|storage|embedded)\//.test(file));
  expect(stores.length).toBeGreaterThan(40);
  expect(stores.filter(({ code }) => /\bcontext\.req\b|from "hono/.test(code)).map(({ file }) => file)).toEqual([]);
});
