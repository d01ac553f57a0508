import { expect, test } from "vitest";
import { readPasted } from "./browser/explain/pasted.ts";

const HOST = "fountain.example.com";
const tokenOf = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;
const KEY = `ftn_a1B2c3D4_${"x".repeat(43)}_123456`;

test.each<[string, object]>([
  [`curl https://${HOST}/notes/items/7?token=secret`, { method: "GET", path: "/notes/items/7", headers: {} }],
  [
    `curl -sS -X DELETE 'https://${HOST}/notes/items/it'"'"'s' \\\n  -H "X-Team: ops" -H 'Cookie: a=b' -o /dev/null`,
    { method: "DELETE", path: "/notes/items/it's", headers: { "x-team": "ops" } },
  ],
  [`curl -d '{"a": 1}' localhost:8787/kms/users`, { method: "POST", path: "/kms/users", host: "localhost:8787" }],
  [
    `curl -XPUT --data-raw x --compressed https://wiki.example.com/`,
    { method: "PUT", path: "/", host: "wiki.example.com" },
  ],
  [`curl -G -d q=1 -A sqlmap https://${HOST}/search/x`, { method: "GET", headers: { "user-agent": "sqlmap" } }],
  [
    `$ curl -H "Authorization: Bearer ${tokenOf({ sub: "u-1", acr: "aal2" })}" https://${HOST}/`,
    { subject: "u-1", acr: "aal2", headers: {} },
  ],
  [`curl -H "X-API-Key: ${KEY}" https://${HOST}/x`, { key: "a1B2c3D4", headers: {} }],
  [
    `POST /notes/items?x=1 HTTP/1.1\r\nHost: wiki.example.com\r\nAuthorization: Bearer ${tokenOf({ sub: "service:reports" })}\r\n\r\na: b`,
    { method: "POST", path: "/notes/items", host: "wiki.example.com", service: "reports", headers: {} },
  ],
  ["delete /notes/1", { method: "DELETE", path: "/notes/1" }],
])("%s", (text, expected) => {
  expect(readPasted(text, HOST)).toMatchObject(expected);
  expect(JSON.stringify(readPasted(text, HOST))).not.toMatch(/secret|xxxx|c2ln|a=b/);
});

test.each(["", "what is this", "curl", "GET http://["])("%j is no request", (text) => {
  expect(readPasted(text, HOST)).toBeUndefined();
});
