/** The package `fountain-client` as it would be published: its size, and that it works in Node, in workerd and in Chromium. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "../../runtime/local/ports.ts";
import { findChromium, startChromium } from "../browser/chromium.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { CLIENT_PACKAGE, installClient, TSC } from "../support/typed-client/installed.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: the typed client is not tried in one.");

/** As its README says. */
const MAX_COMPRESSED_BYTES = 5_000;

/** What a program does with it, anywhere: a session, a list, an error, a challenge, and the end of the session. */
const PROGRAM = `
  import { createClient, FountainError } from "fountain-client";
  export const run = async (url, username, password) => {
    const asked = [];
    const client = createClient({ url, stepUp: async ({ acrValues }) => { asked.push(...acrValues); } });
    await client.logIn({ username, password });
    const names = [];
    for await (const role of client.list("GET /kms/roles", { query: { limit: 2 } })) names.push(role.name);
    const wrong = await client.call("PUT /kms/secrets/{path}", { path: { path: "a/b" }, body: {} }).catch((error) => error);
    const refused = await client.call("POST /kms/root-key/rotate").catch((error) => error);
    await client.refresh();
    await client.logOut();
    const after = await client.call("GET /kms/me").catch((error) => error);
    return {
      names,
      errors: [wrong, refused, after].map((error) => error instanceof FountainError && error.code),
      requestId: typeof wrong.requestId,
      asked,
    };
  };`;

const OUTCOME = {
  names: expect.arrayContaining(["admin", "auditor", "editor", "user"]),
  errors: ["invalid-input", "factor-required", "unauthenticated"],
  requestId: "string",
  asked: [],
};

let directory: string;
let fountain: Fountain;
let site: Server;
let siteUrl: string;
/** The program with the package in it, as one module. */
let bundle: string;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "fountain-client-"));
  installClient(directory);
  const stdin = { contents: PROGRAM, resolveDir: directory };
  const { outputFiles } = await build({ stdin, bundle: true, format: "esm", write: false });
  bundle = outputFiles[0]?.text ?? "";
  const [port] = await freePorts();
  siteUrl = `http://localhost:${port}`;
  site = createServer((request, response) => {
    const isScript = request.url === "/program.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html").end(isScript ? bundle : "<p>A page");
  });
  await new Promise<void>((resolve) => site.listen(port, resolve));
  fountain = await startFountain({ settings: { CORS_ORIGINS: siteUrl } });
});
afterAll(async () => {
  await fountain?.stop();
  site?.close();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

/** As source text. */
const programArguments = (): string =>
  [fountain.url, fountain.adminUsername, fountain.adminPassword].map((text) => JSON.stringify(text)).join(", ");

test("is small, and needs nothing of Node and no other package", async () => {
  const stdin = { contents: 'export * from "fountain-client";', resolveDir: directory };
  const { outputFiles, metafile } = await build({
    stdin,
    bundle: true,
    format: "esm",
    platform: "browser",
    minify: true,
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  expect(output?.imports).toEqual([]);
  expect(JSON.parse(readFileSync(path.join(CLIENT_PACKAGE, "package.json"), "utf8"))).not.toHaveProperty(
    "dependencies",
  );
  expect(gzipSync(outputFiles[0]?.contents ?? "").length).toBeLessThan(MAX_COMPRESSED_BYTES);
});

test("has types that need no other library than a browser's", () => {
  const program = `
    import { createClient, type Schemas } from "fountain-client";
    const client = createClient({ url: "https://fountain.example" });
    export const users = async (): Promise<Schemas["kms.User"][]> => (await client.call("GET /kms/users")).data.items;
    // @ts-expect-error There is no such operation.
    client.call("GET /kms/nothing");`;
  writeFileSync(path.join(directory, "program.mts"), program);
  const compilerOptions = { module: "nodenext", target: "es2022", lib: ["es2022", "dom"], types: [], strict: true };
  const config = { compilerOptions: { ...compilerOptions, noEmit: true }, files: ["program.mts"] };
  writeFileSync(path.join(directory, "tsconfig.json"), JSON.stringify(config));
  expect(execFileSync(TSC, ["-p", directory], { encoding: "utf8" })).toBe("");
});

test("works in Node", () => {
  const program = `${PROGRAM}\nconsole.log(JSON.stringify(await run(${programArguments()})));`;
  writeFileSync(path.join(directory, "program.mjs"), program);
  const printed = execFileSync(process.execPath, ["program.mjs"], { cwd: directory, encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual(OUTCOME);
});

test("works in a Worker", async () => {
  const worker = new Miniflare({
    cf: false,
    modules: true,
    compatibilityDate: "2026-07-01",
    script: `${bundle}
      export default { fetch: async () => Response.json(await run(${programArguments()})) };`,
  });
  const response = await worker.dispatchFetch("http://worker/");
  expect(await response.json()).toEqual(OUTCOME);
  await worker.dispose();
});

test.skipIf(CHROMIUM === undefined)("works in a page of an origin that CORS_ORIGINS lists", async () => {
  const browser: Browser = await startChromium(CHROMIUM ?? "");
  const page = await browser.newPage();
  await page.goto(siteUrl);
  const outcome = await page.evaluate(`import("/program.js").then(({ run }) => run(${programArguments()}))`);
  expect(outcome).toEqual(OUTCOME);
  await browser.close();
});
