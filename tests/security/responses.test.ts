/** What every response says to a browser, whatever operation it is of and whoever asks. A route that is added cannot escape. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { WORKERS } from "../../shared/contracts/workers.ts";
import { ANY_TYPE, typesOf } from "../../shared/policy/policy.ts";
import { ROUTES } from "../../shared/policy/routes.ts";
import { isBodiless } from "../../shared/semantics/method.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";

const SECURE_URL = "https://fountain.example";
const TEXT_TYPES = /^text\/(?:plain|html|javascript); charset=utf-8$/i;
/** JSON is UTF-8 by itself (RFC 8259 §8.1). */
const JSON_TYPES = /^application\/(?:problem\+json|json|x-ndjson|jwk-set\+json)$/;

interface Operation {
  name: string;
  method: string;
  path: string;
  body: string;
  type: string;
  isPublic: boolean;
}

const OPERATIONS: Operation[] = WORKERS.flatMap((worker) =>
  Object.entries(ROUTES[worker]).map(([key, policy]) => {
    const [method = "", template = ""] = key.split(" ");
    const path = (worker === "gateway" ? "" : `/${worker}`) + template;
    const type = typesOf(policy).find((each) => each !== ANY_TYPE) ?? "application/json";
    return {
      name: `${method} ${path}`,
      method,
      path: path.replaceAll(/\{\w+\+?\}/g, "7"),
      type,
      body: type === "application/json" ? "{}" : "a=b",
      isPublic: policy.caller === "anyone",
    };
  }),
);

let fountain: Fountain;
let administrator: Record<string, string>;

beforeAll(async () => {
  fountain = await startFountain({ settings: { PUBLIC_URL: SECURE_URL, REGISTRATION: "open" } });
  administrator = await logInAndStepUp(fountain);
});
afterAll(() => fountain?.stop());

const directivesOf = (policy: string | null): Map<string, string> =>
  new Map((policy ?? "").split("; ").map((each) => [each.split(" ")[0] ?? "", each.split(" ").slice(1).join(" ")]));

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Documents that pages of every origin can read. */
const isForEveryOrigin = (path: string): boolean =>
  [
    "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource",
    "/.well-known/openid-configuration",
  ].includes(path);

const expectSafe = async (response: Response, path: string, caller: string): Promise<void> => {
  const context = `${path}, ${caller}`;
  const { headers } = response;
  const text = await response.text();
  expect(headers.get("x-content-type-options"), context).toBe("nosniff");
  const type = headers.get("content-type") ?? "";
  const isPage = type.startsWith("text/html");
  const hasForms = isPage && /^\/(?:account|oauth)\b/.test(path);
  // Without a referrer, a browser would not say from which origin a form comes.
  expect(headers.get("referrer-policy"), context).toBe(hasForms ? "strict-origin" : "no-referrer");
  expect(headers.get("strict-transport-security"), context).toBe("max-age=31536000; includeSubDomains");
  const cookies = headers.getSetCookie();
  expect(hasForms ? [] : cookies, context).toEqual([]);
  for (const cookie of cookies)
    expect(cookie, context).toMatch(/^__Host-[a-z-]+=[\w-]*; Path=\/; Secure; HttpOnly; SameSite=Lax/);
  expect(headers.get("access-control-allow-origin"), context).toBe(isForEveryOrigin(path) ? "*" : null);
  const policy = directivesOf(headers.get("content-security-policy"));
  expect(policy.get("form-action"), context).toBe(hasForms ? "'self'" : "'none'");
  for (const directive of ["default-src", "object-src", "base-uri", "frame-ancestors"])
    expect(policy.get(directive), `${context}: ${directive}`).toBe("'none'");
  expect(policy.has("sandbox"), context).toBe(!isPage);
  if (text === "") return;
  expect(TEXT_TYPES.test(type) || JSON_TYPES.test(type), `${context}: ${type}`).toBe(true);
  if (/json$/.test(type) && type !== "application/x-ndjson") expect(isJson(text), context).toBe(true);
  if (isPage) expect(text, context).toMatch(/^<!doctype html>/);
};

const call = ({ method, path, type, body }: Operation, headers: Record<string, string>): Promise<Response> =>
  fountain.fetch(path, {
    method,
    redirect: "manual",
    headers: { origin: "https://evil.example", ...headers, ...(!isBodiless(method) && { "content-type": type }) },
    ...(!isBodiless(method) && { body }),
  });

/** These end the session that the others need. */
const ENDS_THE_SESSION = ["POST /kms/logout", "DELETE /kms/me"];
const GUARDED = OPERATIONS.filter(({ isPublic }) => !isPublic);

test.each(OPERATIONS)(
  "$name says to browsers what its response is, and lets nothing else be made of it",
  async (operation) => {
    const response = await call(operation, {});
    if (!operation.isPublic) expect(response.status).toBe(401);
    await expectSafe(response, operation.path, "a stranger");
    if (!ENDS_THE_SESSION.includes(operation.name))
      await expectSafe(await call(operation, administrator), operation.path, "an administrator");
  },
);

test.each(GUARDED.filter(({ name }) => !ENDS_THE_SESSION.includes(name)))(
  "$name has no browser or proxy keep what is one caller's",
  async (operation) => {
    const { headers } = await call(operation, administrator);
    expect(headers.get("cache-control")).toMatch(/^(?:no-store|private, no-cache)/);
  },
);

test.each(GUARDED)("$name does nothing for what a browser sends by itself", async (operation) => {
  const token = administrator["authorization"];
  expect((await call(operation, { cookie: `token=${token}; session=${token}` })).status).toBe(401);
});

/** Typesense's clients in browsers say that their JSON is plain text, and show their key in a header of their own. */
const ANY_BODY = "POST /search/multi_search";
const TAKES_JSON = OPERATIONS.filter(
  ({ name, method, type }) =>
    !isBodiless(method) && method !== "DELETE" && type === "application/json" && name !== ANY_BODY,
);

test.each(TAKES_JSON)("$name takes no body that a form of another page could send", async (operation) => {
  for (const type of ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
    expect((await call({ ...operation, type }, administrator)).status, type).toBe(415);
});

test.each([
  ["GET", "/nowhere", 404],
  ["GET", "/kms/nowhere", 404],
  ["DELETE", "/health", 405],
  ["GET", "/kms/users/a%00b", 400],
] as const)("%s %s is refused as safely", async (method, path, status) => {
  const response = await fountain.fetch(path, { method });
  expect(response.status).toBe(status);
  await expectSafe(response, path, "a stranger");
});

test("over plain HTTP nothing is said of HTTPS, which a page on another port would suffer from", async () => {
  const plain = await startFountain();
  try {
    expect((await plain.fetch("/health")).headers.has("strict-transport-security")).toBe(false);
  } finally {
    await plain.stop();
  }
});
