/**
 * A relying party that knows nothing of Fountain: Debian's Apache with mod_auth_openidc logs a person in through a real Chromium.
 * Skipped, and said so, where either is missing.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePorts } from "../../runtime/local/ports.ts";
import { stopProcess } from "../../runtime/local/process.ts";
import { findChromium, startChromium } from "../browser/chromium.ts";
import { untilListening } from "../support/programs/listening.ts";
import { type Application, type Provider, startProvider } from "./provider.ts";

const APACHE = "/usr/sbin/apache2";
const MODULES = "/usr/lib/apache2/modules";
const CHROMIUM = findChromium();
const parts = [APACHE, `${MODULES}/mod_auth_openidc.so`, CHROMIUM ?? "chromium"];
const missing = parts.filter((part) => !existsSync(part));
if (missing.length > 0) console.warn(`${missing.join(", ")} missing: no relying party is tried in a browser.`);

const NAMES = ["mpm_event", "authz_core", "authn_core", "authz_user", "auth_openidc", "dir", "mime", "include"];

const configuration = (folder: string, port: number, { issuer }: Provider, { clientId, clientSecret }: Application) => `
ServerRoot ${folder}
ServerName 127.0.0.1
DefaultRuntimeDir ${folder}
PidFile ${folder}/pid
Listen 127.0.0.1:${port}
User www-data
Group www-data
ErrorLog ${folder}/error.log
LogLevel info
${NAMES.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join("\n")}
TypesConfig /etc/mime.types
DocumentRoot ${folder}/pages
DirectoryIndex index.html
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${clientId}
OIDCClientSecret ${clientSecret}
OIDCRedirectURI http://127.0.0.1:${port}/members/callback
OIDCCryptoPassphrase of-a-test-and-of-nothing-else
OIDCPKCEMethod S256
OIDCScope "openid profile email"
OIDCRemoteUserClaim preferred_username
OIDCDefaultURL http://127.0.0.1:${port}/members/
OIDCPassClaimsAs environment
<Location /members>
  AuthType openid-connect
  Require valid-user
  Options +Includes
  SetOutputFilter INCLUDES
</Location>
`;

const PAGE = `<!doctype html><title>Members</title><h1>Members</h1>
<p id="user"><!--#echo var="REMOTE_USER" --></p><p id="email"><!--#echo var="OIDC_CLAIM_email" --></p>
<p id="acr"><!--#echo var="OIDC_CLAIM_acr" --></p><p id="issuer"><!--#echo var="OIDC_CLAIM_iss" --></p>`;

describe.skipIf(missing.length > 0)("Apache with mod_auth_openidc", () => {
  let provider: Provider;
  let browser: Browser;
  let page: Page;
  let apache: ChildProcess | undefined;
  let folder: string;
  let site: string;

  beforeAll(async () => {
    const [port = 0] = await freePorts();
    site = `http://127.0.0.1:${port}`;
    provider = await startProvider();
    const application = await provider.register({
      name: "Members",
      redirectUris: [`${site}/members/callback`],
      postLogoutRedirectUris: [`${site}/`],
      scopes: [],
    });
    folder = await mkdtemp(path.join(tmpdir(), "fountain-apache-"));
    // Apache gives its rights up.
    await chmod(folder, 0o755);
    await mkdir(path.join(folder, "pages/members"), { recursive: true });
    await writeFile(path.join(folder, "pages/members/index.html"), PAGE);
    await writeFile(path.join(folder, "pages/index.html"), "<!doctype html><h1>Welcome</h1>");
    const file = path.join(folder, "apache.conf");
    await writeFile(file, configuration(folder, port, provider, application));
    apache = spawn(APACHE, ["-X", "-f", file], { stdio: "inherit" });
    const isListening = async () =>
      fetch(`${site}/`).then(
        ({ ok }) => ok,
        () => false,
      );
    await untilListening("Apache", isListening, () => `see ${folder}/error.log`);
    browser = await startChromium(CHROMIUM ?? "");
    page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(10_000);
  });
  afterAll(async () => {
    await browser?.close();
    if (apache) await stopProcess(apache);
    await provider?.fountain.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  test("logs a person in, who is asked for consent, and knows them by name and address", async () => {
    const { username, password } = provider.person;
    await page.goto(`${site}/members/`);
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    await page.getByRole("heading", { name: "Members" }).waitFor();
    const shown = Object.fromEntries(
      await Promise.all(
        ["user", "email", "acr", "issuer"].map(async (id) => [id, await page.locator(`#${id}`).innerText()]),
      ),
    );
    expect(shown, await readFile(path.join(folder, "error.log"), "utf8")).toEqual({
      user: username,
      email: "mara@people.example",
      acr: "aal1",
      issuer: provider.issuer,
    });
    expect(new URL(page.url()).origin).toBe(site);
  });
});
