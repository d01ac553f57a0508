import { expect, test } from "vitest";
import { completed, type Entry } from "./outgoing.ts";

const always: Entry[] = [
  ["x-request-id", "id-1"],
  ["x-content-type-options", "nosniff"],
];
const byDefault: Entry[] = [
  ["content-security-policy", "default-src 'none'"],
  ["cache-control", "no-store"],
];
const demands = { always, byDefault };
const WHOLE = Object.fromEntries([...always, ...byDefault]);

const SAID: Record<string, Record<string, string>> = {
  nothing: {},
  everything: WHOLE,
  "everything and more": { ...WHOLE, etag: '"1"' },
  "everything but one": { ...Object.fromEntries(always), "content-security-policy": "default-src 'none'" },
  "something else by its own right": { ...WHOLE, "cache-control": "public, max-age=300" },
  "another request's id": { ...WHOLE, "x-request-id": "id-2" },
  "what is for one connection": { ...WHOLE, connection: "close", "keep-alive": "timeout=5" },
  "what runs here": { server: "secret/1.0", "x-powered-by": "y", via: "1.1 z" },
};

const HIDDEN = ["connection", "keep-alive", "server", "x-powered-by", "via"];

test.each(Object.entries(SAID))("a response that says %s says in the end what one of our own would", (_, said) => {
  const own = Object.fromEntries(Object.entries(said).filter(([name]) => !HIDDEN.includes(name)));
  const received = completed(new Response("body", { headers: said }), demands, true);
  expect([...received.headers]).toEqual([...completed(new Response("body", { headers: own }), demands, false).headers]);
});

test("a received response that says everything is handed through as it is, and any other is copied", () => {
  const whole = new Response("body", { status: 201, headers: WHOLE });
  expect(completed(whole, demands, true)).toBe(whole);
  const fixed = Response.redirect("http://worker/ready", 302);
  expect(() => fixed.headers.set("x-request-id", "id-1")).toThrow();
  const copy = completed(fixed, demands, true);
  expect([copy.status, copy.headers.get("location")]).toEqual([302, "http://worker/ready"]);
  expect(copy.headers.get("x-request-id")).toBe("id-1");
});
