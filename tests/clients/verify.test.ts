/**
 * The package `fountain-verify` as it would be published, in workerd and in Node, with the tokens of a running Fountain: in a
 * service behind the gateway, and in one beside it.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { putUpstream } from "../support/gateway/upstreams.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { ISSUER, type Mint, openMint } from "../support/mint.ts";
import { logIn, logInAndStepUp, registerService } from "../support/session.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const PACKAGE = path.join(ROOT, "clients", "verify-js");
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };

/** The three lines that a service needs, in a Worker. */
const SERVICE = `
  import { createVerifier, forFetch } from "fountain-verify";
  let verifier;
  export default {
    fetch(request, env) {
      verifier ??= createVerifier({ issuer: "${ISSUER}", url: env.URL, audience: env.AUDIENCE,
        ...(env.KEY && { revocations: { key: env.KEY } }) });
      return forFetch(verifier, (_request, caller) => Response.json(caller), { scopes: [env.SCOPE] })(request);
    },
  };`;

/** A folder in which the package is installed. */
const installPackage = (): string => {
  const directory = mkdtempSync(path.join(tmpdir(), "fountain-verify-"));
  const installed = path.join(directory, "node_modules", "fountain-verify");
  mkdirSync(installed, { recursive: true });
  execFileSync(path.join(ROOT, "node_modules/.bin/tsc"), ["-p", PACKAGE, "--outDir", path.join(installed, "dist")]);
  cpSync(path.join(PACKAGE, "package.json"), path.join(installed, "package.json"));
  symlinkSync(path.join(ROOT, "node_modules", "jose"), path.join(directory, "node_modules", "jose"));
  return directory;
};

let fountain: Fountain;
let mint: Mint;
let administrator: Record<string, string>;
let directory: string;
let workers: Miniflare;
let behindUrl: string;
let besideUrl: string;
let byKeysUrl: string;

beforeAll(async () => {
  directory = installPackage();
  fountain = await startFountain();
  mint = await openMint(fountain);
  administrator = await logInAndStepUp(fountain);
  const verifier = await registerService(fountain, administrator, "verifier", ["tokens:verify"]);
  const { outputFiles } = await build({
    stdin: { contents: SERVICE, resolveDir: directory },
    bundle: true,
    format: "esm",
    write: false,
  });
  const service = (name: string, bindings: { AUDIENCE: string; SCOPE: string; KEY?: string }) => ({
    name,
    modules: true,
    script: outputFiles[0]?.text ?? "",
    compatibilityDate: "2026-07-01",
    bindings: { URL: fountain.url, ...bindings },
    unsafeDirectSockets: [{ port: 0 }],
  });
  const KEY = String(verifier["x-api-key"]);
  const beside = { AUDIENCE: "fountain", SCOPE: "keys:read" };
  workers = new Miniflare({
    cf: false,
    workers: [
      service("behind", { AUDIENCE: "notes", SCOPE: "notes:read", KEY }),
      service("beside", { ...beside, KEY }),
      service("by-keys-only", beside),
    ],
  });
  await workers.ready;
  [behindUrl = "", besideUrl = "", byKeysUrl = ""] = await Promise.all(
    ["behind", "beside", "by-keys-only"].map(async (name) => (await workers.unsafeGetDirectURL(name)).origin),
  );
  const scopes = { "notes:read": "Read notes" };
  await putUpstream(fountain, administrator, "notes", { targets: [behindUrl], scopes });
});
afterAll(async () => {
  await workers?.dispose();
  await fountain?.stop();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const statusAt = async (url: string, headers: Record<string, string> = {}): Promise<number> => {
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  return response.status;
};

test("a service behind the gateway accepts the tokens that the gateway sends it, and no others", async () => {
  const reader = await registerService(fountain, administrator, "reader", ["notes:read"]);
  const called = await vi.waitFor(async () => {
    const response = await fetch(`${fountain.url}/notes/`, { headers: reader });
    expect(response.status).toBe(200);
    return response.json();
  }, KNOWN_WITHIN);
  expect(called).toMatchObject({ subject: "service:reader", scopes: ["notes:read"], claims: { aud: "notes" } });
  expect(await statusAt(behindUrl)).toBe(401);
  expect(await statusAt(behindUrl, reader)).toBe(401);
  expect(await statusAt(behindUrl, await logIn(fountain))).toBe(401);
});

test("a service beside the gateway accepts the tokens of its callers, and no others", async () => {
  const scope = "keys:read";
  expect(await statusAt(besideUrl, bearer(await mint.sign({ scope })))).toBe(200);
  expect(await statusAt(besideUrl)).toBe(401);
  const refused: Record<string, unknown>[] = [
    { aud: "kms" },
    { aud: "notes" },
    { iss: "https://fountain.example" },
    { exp: Math.floor(Date.now() / 1000) - 1 },
  ];
  for (const claims of refused)
    expect(await statusAt(besideUrl, bearer(await mint.sign({ scope, ...claims })))).toBe(401);
  expect(await statusAt(besideUrl, bearer(await mint.sign({ scope: "keys:write" })))).toBe(403);
});

test("it refuses the token of a session that was ended within five seconds, and by the keys alone would not", async () => {
  const session = await logIn(fountain);
  const statuses = () => Promise.all([besideUrl, byKeysUrl].map((url) => statusAt(url, session)));
  expect(await statuses()).toEqual([200, 200]);
  expect((await fountain.fetch("/kms/logout", { method: "POST", headers: session })).status).toBe(204);
  await vi.waitFor(async () => expect(await statuses()).toEqual([401, 200]), KNOWN_WITHIN);
});

test("calls at once share what one of them requested", async () => {
  const token = bearer(await mint.sign({ scope: "keys:read" }));
  const statuses = await Promise.all(Array.from({ length: 200 }, () => statusAt(besideUrl, token)));
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test("in Node it is the same package", () => {
  const program = `
    import { createVerifier, Refusal } from "fountain-verify";
    const verifier = createVerifier({ issuer: "${ISSUER}", url: process.env.URL, audience: "notes" });
    const refusal = await verifier.verify("x.y.z").catch((error) => error);
    console.log(refusal instanceof Refusal, refusal.status);`;
  writeFileSync(path.join(directory, "service.mjs"), program);
  const env = { PATH: process.env["PATH"], URL: fountain.url };
  const printed = execFileSync(process.execPath, ["service.mjs"], { cwd: directory, env, encoding: "utf8" });
  expect(printed).toBe("true 401\n");
});
