/**
 * The code that the page at /docs has for each call: every piece of it compiles, and what is copied in a real Chromium does what the
 * form says, whatever is in it. Skipped where there is no Chromium.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { callsOf, workersOf } from "../../workers/gateway/src/docs/browser/document/calls.ts";
import { exampleText, parameterExample } from "../../workers/gateway/src/docs/browser/document/examples.ts";
import { type ApiDocument, parametersOf } from "../../workers/gateway/src/docs/browser/document/openapi.ts";
import type { Filled } from "../../workers/gateway/src/docs/browser/document/request.ts";
import { curlOf } from "../../workers/gateway/src/docs/browser/snippets/curl.ts";
import { pythonOf } from "../../workers/gateway/src/docs/browser/snippets/python.ts";
import { snippetOf } from "../../workers/gateway/src/docs/browser/snippets/snippet.ts";
import { typescriptOf } from "../../workers/gateway/src/docs/browser/snippets/typescript.ts";
import { send } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn } from "../support/twofa.ts";
import { installClient, TSC } from "../support/typed-client/installed.ts";
import { findChromium, startChromium } from "./chromium.ts";
import { logInByForm, openDocs, openOperation } from "./docs-page.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: no code of /docs is copied.");

/** What would end a word, run a command, read a file or be a variable, in one of the languages. */
const HARD = "@it's \"$(touch stolen)\" `touch stolen` $TOKEN \\' \\n %0a é 😀 </script> {x} !!";

const PATIENCE = { timeout: 20_000, interval: 100 };

let fountain: Fountain;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "fountain-snippets-"));
  installClient(directory);
  symlinkSync(path.join(ROOT, "node_modules", "@types"), path.join(directory, "node_modules", "@types"));
  symlinkSync(path.join(ROOT, "node_modules", "undici-types"), path.join(directory, "node_modules", "undici-types"));
  fountain = await startFountain();
});
afterAll(async () => {
  await fountain?.stop();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

/** What it prints. Throws what it has printed, if it fails. */
const run = (
  program: string,
  args: readonly string[],
  { input, env }: { input?: string; env?: NodeJS.ProcessEnv } = {},
) => {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: directory, encoding: "utf8", input, env });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
};

test("the code of every operation, with its examples, compiles in each language", { timeout: 120_000 }, async () => {
  const spec: ApiDocument = JSON.parse(await (await fountain.fetch("/openapi.json")).text());
  const setting = { origin: fountain.url, withKey: false, secrets: [] };
  const own = callsOf(workersOf(spec));
  // The same as if services behind the gateway had them, for which the typed client has no types.
  const theirs = own.map((call) => ({ ...call, operation: { ...call.operation, "x-upstream": true } }));
  const snippets = [...own, ...theirs].map((call) => {
    const [content] = Object.entries(call.operation.requestBody?.content ?? {});
    const filled: Filled = {
      call,
      values: parametersOf(call.operation, spec).map((parameter) => ({
        parameter,
        text: parameterExample(parameter, spec),
      })),
      ...(content && { body: { mediaType: content[0], text: exampleText(...content, spec) } }),
    };
    return snippetOf(filled, setting);
  });
  expect(snippets.length).toBeGreaterThan(300);
  const files = snippets.map((_, index) => `call-${index}.mts`);
  for (const [index, file] of files.entries()) {
    const snippet = snippets[index];
    if (snippet) writeFileSync(path.join(directory, file), typescriptOf(snippet));
  }
  const compilerOptions = {
    module: "nodenext",
    target: "es2022",
    lib: ["es2022", "dom"],
    types: ["node"],
    strict: true,
  };
  const config = { compilerOptions: { ...compilerOptions, exactOptionalPropertyTypes: true, noEmit: true }, files };
  writeFileSync(path.join(directory, "tsconfig.json"), JSON.stringify(config));
  expect(run(TSC, ["-p", "."])).toBe("");
  run("bash", ["-n"], { input: snippets.map(curlOf).join("\n") });
  const compileAll = "import json, sys\nfor text in json.load(sys.stdin): compile(text, 'snippet', 'exec')";
  run("python3", ["-c", compileAll], { input: JSON.stringify(snippets.map(pythonOf)) });
});

describe.skipIf(CHROMIUM === undefined)("what is copied", () => {
  let browser: Browser;
  let page: Page;
  let token: string;

  beforeAll(async () => {
    browser = await startChromium(CHROMIUM ?? "");
    ({ page } = await openDocs(browser, fountain.url));
    await logInByForm(page, fountain.adminUsername, fountain.adminPassword);
    await page.getByText(`Acting as ${fountain.adminUsername}.`).waitFor({ state: "attached" });
    ({ token } = await logIn(fountain));
  });
  afterAll(() => browser?.close());

  const copied = async (operationId: string, language: string, body?: string): Promise<string> => {
    const operation = await openOperation(page, operationId);
    if (body !== undefined) await operation.locator(".trying textarea").fill(body);
    await operation.getByRole("button", { name: language }).click();
    await page.evaluate("navigator.clipboard.writeText('')");
    await operation.locator(".snippet").getByRole("button", { name: /^Cop/ }).click();
    const read = async () => {
      const code = await page.evaluate<string>("navigator.clipboard.readText()");
      expect(code).not.toBe("");
      return code;
    };
    return vi.waitFor(read, PATIENCE);
  };

  const RUNNERS: Readonly<Record<string, (code: string) => string>> = {
    curl: (code) => run("bash", ["-euc", code], { env: { ...process.env, TOKEN: token, API_KEY: "x" } }),
    Python: (code) => run("python3", ["-c", code], { env: { ...process.env, TOKEN: token, API_KEY: "x" } }),
    TypeScript: (code) => {
      writeFileSync(path.join(directory, "copied.mts"), code);
      return run(process.execPath, ["copied.mts"], { env: { ...process.env, TOKEN: token, API_KEY: "x" } });
    },
  };

  test.each(Object.keys(RUNNERS))("as %s does what the form says, whatever is in it", async (language) => {
    const elementId = Object.keys(RUNNERS).indexOf(language) + 1;
    const json = { elementType: "action", elementId, comment: HARD, text: `${HARD}\n\t\u2028` };
    const code = await copied("serviceA.createElement", language, JSON.stringify(json));
    expect(code).not.toContain("eyJ");
    expect(RUNNERS[language]?.(code)).toContain("sequenceNumber");
    const { body } = await send(fountain, "GET", `/service-a/elements/action/${elementId}`, { token });
    expect(body).toMatchObject({ comment: HARD, text: json.text });
    expect(existsSync(path.join(directory, "stolen"))).toBe(false);

    const listed = await copied("kms.listUsers", language);
    expect(RUNNERS[language]?.(listed)).toContain(fountain.adminUsername);
  });

  test("has no credential of the page in it, nor what is typed into a field for one", async () => {
    const operation = await openOperation(page, "kms.login");
    await operation.getByRole("button", { name: "Send" }).waitFor();
    const body = JSON.stringify({ username: "mara", password: "the password" });
    for (const language of Object.keys(RUNNERS)) {
      const code = await copied("kms.login", language, body);
      expect(code).toContain("<password>");
      expect(code).not.toContain("the password");
    }
    const { adminUsername: username, adminPassword: password } = fountain;
    await operation.locator(".trying textarea").fill(JSON.stringify({ username, password }));
    await operation.getByRole("button", { name: "Send" }).click();
    const said = await operation.locator(".output pre", { hasText: "access_token" }).textContent();
    const { access_token: held }: { access_token: string } = JSON.parse(said ?? "");
    await page.waitForFunction("document.querySelector('#acting').textContent.startsWith('Acting as')");
    const code = await copied("serviceA.createElement", "curl", JSON.stringify({ comment: held }));
    expect(code).toContain("<credential>");
    expect(code).not.toContain(held);
  });
});
