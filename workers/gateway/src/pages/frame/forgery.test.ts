import { expect, test } from "vitest";
import { formToken, isOwnForm } from "./forgery.ts";

const HERE = "https://here.example";
const SECRET = "the secret of this browser";

const isOwn = (headers: Record<string, string>, more: { secret?: string | undefined; token?: string } = {}): boolean =>
  isOwnForm({ fields: new Headers(headers), origins: [HERE], secret: SECRET, token: formToken(SECRET), ...more });

test("a form is ours by what the browser says, and by its token", () => {
  expect(isOwn({ "sec-fetch-site": "same-origin", origin: HERE })).toBe(true);
  expect(isOwn({ "sec-fetch-site": "same-origin" })).toBe(true);
  expect(isOwn({ origin: HERE })).toBe(true);
});

test.each<[string, Record<string, string>]>([
  ["nothing", {}],
  ["another site", { "sec-fetch-site": "cross-site", origin: HERE }],
  ["another host of this site", { "sec-fetch-site": "same-site" }],
  ["another origin", { "sec-fetch-site": "same-origin", origin: "https://evil.example" }],
  ["an origin that begins like ours", { origin: `${HERE}.evil.example` }],
  ["no origin", { origin: "null" }],
])("a form is not ours of which the browser says %s", (_, headers) => {
  expect(isOwn(headers)).toBe(false);
});

test("a form is not ours without the token that belongs to the cookie", () => {
  const headers = { "sec-fetch-site": "same-origin" };
  for (const token of ["", SECRET, formToken("another secret"), `${formToken(SECRET)}x`])
    expect(isOwn(headers, { token })).toBe(false);
  expect(isOwn(headers, { secret: undefined })).toBe(false);
  expect(isOwn(headers, { secret: undefined, token: formToken("") })).toBe(false);
});
