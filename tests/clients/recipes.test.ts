/** Services in Python and Go that verify tokens themselves, as docs/tokens.md has it, beside a running Fountain. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { missingPackages } from "../observability/caddy.ts";
import { type StartedService, startService } from "../support/gateway/service.ts";
import { putUpstream } from "../support/gateway/upstreams.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { ISSUER, type Mint, openMint } from "../support/mint.ts";
import { logInAndStepUp, registerService } from "../support/session.ts";
import { createTestSigner } from "../support/tokens.ts";

const EXAMPLES = path.join(import.meta.dirname, "..", "..", "examples");
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };
const STALENESS_SECONDS = 4;
const REFUSED_WITHIN = { timeout: 4 * STALENESS_SECONDS * 1000, interval: 200 };
/** The compiler may have to compile Go's own library first. */
const START_TIMEOUT_MS = 240_000;
/** Debian's package of the library, which has no version in its path. */
const GO_LIBRARY = "/usr/share/gocode/src/github.com/golang-jwt/jwt";

const directory = mkdtempSync(path.join(tmpdir(), "fountain-recipes-"));

/** Compiles the recipe with the library that is installed, and returns the program. */
const buildGo = (): string => {
  const file = path.join(directory, "recipe.mod");
  const program = path.join(directory, "recipe");
  const own = readFileSync(path.join(EXAMPLES, "verify-go", "go.mod"), "utf8");
  writeFileSync(file, `${own}\nreplace github.com/golang-jwt/jwt/v4 => ${GO_LIBRARY}\n`);
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], GOPROXY: "off" };
  execFileSync("go", ["build", `-modfile=${file}`, "-o", program, "."], { cwd: path.join(EXAMPLES, "verify-go"), env });
  return program;
};

interface Recipe {
  name: string;
  folder: string;
  missing: readonly string[];
  command: (port: number) => readonly [string, ...string[]];
}

const missingFiles = (files: readonly string[]): string[] => files.filter((file) => !existsSync(file));

const RECIPES: Recipe[] = [
  {
    name: "python",
    folder: "verify-fastapi",
    missing: [...missingPackages(["uvicorn"]), ...missingFiles(["/usr/lib/python3/dist-packages/jwt"])],
    command: (port) => ["uvicorn", "main:app", "--port", String(port)],
  },
  {
    name: "go",
    folder: "verify-go",
    missing: [...missingPackages(["go"]), ...missingFiles([GO_LIBRARY])],
    command: () => [buildGo()],
  },
];

/** The way to Fountain, which can be cut. */
interface Relay {
  url: string;
  isCut: boolean;
  stop(): void;
}

const createRelay = async (to: string): Promise<Relay> => {
  const server = createServer(async ({ url, socket, headers }, response) => {
    if (relay.isCut) return socket.destroy();
    const key = headers["x-api-key"];
    const passed = await fetch(to + url, { headers: key === undefined ? {} : { "x-api-key": String(key) } });
    return response.writeHead(passed.status).end(await passed.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${Object(server.address()).port}`;
  const relay: Relay = { url, isCut: false, stop: () => server.close() };
  return relay;
};

let fountain: Fountain;
let relay: Relay;
let mint: Mint;
let administrator: Record<string, string>;
let key: string;
beforeAll(async () => {
  fountain = await startFountain();
  relay = await createRelay(fountain.url);
  mint = await openMint(fountain);
  administrator = await logInAndStepUp(fountain);
  key = String((await registerService(fountain, administrator, "verifier", ["tokens:verify"]))["x-api-key"]);
});
afterAll(async () => {
  relay?.stop();
  await fountain?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const start = ({ name, folder, command }: Recipe): Promise<StartedService> =>
  startService({
    command,
    cwd: path.join(EXAMPLES, folder),
    environment: {
      FOUNTAIN_ISSUER: ISSUER,
      FOUNTAIN_URL: relay.url,
      AUDIENCE: name,
      VERIFIER_KEY: key,
      MAX_STALENESS_SECONDS: String(STALENESS_SECONDS),
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });

describe.each(RECIPES.map((recipe) => ({ recipe, ...recipe })))("$name", ({ recipe, name, missing }) => {
  let service: StartedService;
  beforeAll(async () => {
    if (missing.length === 0) service = await start(recipe);
  }, START_TIMEOUT_MS);
  afterAll(() => service?.stop());

  /** Of a caller with these header fields: the status and the challenge. */
  const call = async (headers: Record<string, string> = {}, method = "GET"): Promise<[number, string | null]> => {
    const response = await fetch(`${service.url}/items`, { method, headers });
    await response.arrayBuffer();
    return [response.status, response.headers.get("www-authenticate")];
  };
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const sign = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> =>
    mint.sign({ aud: name, scope: "notes:read", ...claims }, header);
  const isReady = () => vi.waitFor(async () => expect(await call()).toEqual([401, "Bearer"]), KNOWN_WITHIN);
  const INVALID_TOKEN = [401, expect.stringContaining('error="invalid_token"')];

  describe.skipIf(missing.length > 0)(missing.length === 0 ? "a service" : `(skipped: ${missing.join(", ")})`, () => {
    test("accepts the tokens that the gateway sends it", async () => {
      await putUpstream(fountain, administrator, name, { targets: [service.url] });
      await isReady();
      await vi.waitFor(async () => {
        const request = { method: "DELETE", headers: administrator };
        expect((await fountain.fetch(`/${name}/items`, request)).status).toBe(200);
      }, KNOWN_WITHIN);
      expect(await call(administrator, "DELETE")).toEqual(INVALID_TOKEN);
    });

    test("accepts a token for it, and no other", async () => {
      await isReady();
      expect(await call(bearer(await sign()))).toEqual([200, null]);
      const now = Math.floor(Date.now() / 1000);
      const stranger = await createTestSigner(mint.kid);
      const shared = await createTestSigner(mint.kid, "HS256");
      const claims = { iss: ISSUER, aud: name, sub: "user-1", jti: "a", sid: "b", exp: now + 60, iat: now };
      const invalid = [
        await sign({ aud: "other" }),
        await sign({ aud: "fountain" }),
        await sign({ aud: undefined }),
        await sign({ iss: "https://fountain.example" }),
        await sign({ exp: now - 1 }),
        await sign({ exp: undefined }),
        await sign({ nbf: now + 60 }),
        await sign({ sid: undefined }),
        await sign({ search_filter: "" }),
        await sign({ cnf: { jkt: "x".repeat(43) } }),
        await sign({ authorization_details: [] }),
        await sign({ act: {} }),
        await sign({}, { typ: "JWT" }),
        await sign({}, { kid: "other" }),
        await sign({ scope: "x".repeat(9_000) }),
        await stranger.sign({ ...claims, roles: [], scope: "notes:read", acr: "aal1", auth_time: now }),
        await shared.sign({ ...claims, roles: [], scope: "notes:read", acr: "aal1", auth_time: now }),
        new UnsecuredJWT(claims).encode(),
        "a.b.c",
        "",
      ];
      for (const [at, token] of invalid.entries()) expect(await call(bearer(token)), `${at}`).toEqual(INVALID_TOKEN);
      expect(await call({ authorization: `Basic ${await sign()}` })).toEqual(INVALID_TOKEN);
    });

    test("demands scopes, and a recent second factor", async () => {
      await isReady();
      expect(await call(bearer(await sign({ scope: "" })))).toEqual([
        403,
        'Bearer error="insufficient_scope", scope="notes:read"',
      ]);
      const challenge = 'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"';
      const past = Math.floor(Date.now() / 1000) - 301;
      for (const claims of [{}, { acr: "aal2", auth_time: past }])
        expect(await call(bearer(await sign(claims)), "DELETE")).toEqual([401, challenge]);
      expect(await call(bearer(await sign({ acr: "aal2" })), "DELETE")).toEqual([200, null]);
    });

    test("refuses a revoked token within five seconds", async () => {
      await isReady();
      const session = `session-at-${name}`;
      const [token, other] = [await sign({ sid: session }), await sign({ sid: "another" })];
      expect(await call(bearer(token))).toEqual([200, null]);
      const sql = "INSERT INTO revocations (revoked_id, revoked_at) VALUES (?, ?)";
      await fountain.databases["kms"]?.execute({ sql, args: [session, Date.now()] });
      await vi.waitFor(async () => expect(await call(bearer(token))).toEqual(INVALID_TOKEN), KNOWN_WITHIN);
      expect(await call(bearer(other))).toEqual([200, null]);
    });

    test("refuses all tokens when it has not heard of Fountain for too long, and recovers", async () => {
      await isReady();
      const token = bearer(await sign());
      relay.isCut = true;
      await vi.waitFor(async () => expect(await call(token)).toEqual([503, null]), REFUSED_WITHIN);
      relay.isCut = false;
      await vi.waitFor(async () => expect(await call(token)).toEqual([200, null]), KNOWN_WITHIN);
    });
  });
});
