/**
 * Every block of commands in the documentation is run as it stands there, on a fresh home, or is on a list that says
 * why not. The README's tour is run as a newcomer runs it; the pages of the guide follow each other in one shell.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPackages } from "../observability/caddy.ts";
import { type Checkout, createCheckout } from "./session.ts";
import { blocksUnder, type ShellBlock, shellBlocks } from "./shell-blocks.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const pages = execFileSync("git", ["ls-files", "-z", "--", "*.md"], { cwd: ROOT, encoding: "utf8" })
  .split("\0")
  .filter((page) => page !== "" && statSync(path.join(ROOT, page), { throwIfNoEntry: false }));
const blocks = pages.flatMap(shellBlocks);

const missing = missingPackages(["oathtool", "promtool", "uvicorn"]);
const why = missing.length === 0 ? "" : ` (skipped: ${missing.join(", ")} missing)`;

/** The headings whose blocks are run here, in this order: later ones use what earlier ones have made. */
const README: readonly (readonly [string, string])[] = [["README.md", "Try it with curl"]];
const GUIDE: readonly (readonly [string, string])[] = [
  ["docs/README.md", "Commands in this guide"],
  ["docs/secrets.md", "Versioned values"],
  ["docs/secrets.md", "Permissions"],
  ["docs/secrets.md", "Wrapping tokens"],
  ["docs/secrets.md", "Encryption as a service"],
  ["docs/secrets.md", "Key permissions"],
  ["docs/api-keys.md", "API keys"],
  ["docs/api-keys.md", "Leaked keys"],
  ["docs/tokens.md", "Token exchange"],
  ["docs/tokens.md", "Verifying tokens beside the gateway"],
  ["docs/search.md", "Searching"],
  ["docs/search.md", "Scoped keys"],
  ["docs/audit.md", "Audit trail"],
  ["docs/audit.md", "Verify an export offline"],
  ["docs/observability.md", "Changing alerts"],
  ["docs/second-factor.md", "Pass a second factor"],
  ["docs/services-behind-the-gateway.md", "1. Start a service"],
  ["docs/services-behind-the-gateway.md", "2. Put it behind the gateway"],
  ["docs/services-behind-the-gateway.md", "3. Call it"],
  ["docs/services-behind-the-gateway.md", "The same with FastAPI"],
  ["docs/limits.md", "Set a limit"],
  ["docs/second-factor.md", "Single-request tokens"],
  ["docs/search.md", "Reindexing"],
  ["docs/policies.md", "Write a policy"],
  ["docs/policies.md", "Firewall"],
  ["docs/policies.md", "Try it first"],
  ["docs/forward-auth.md", "Set it up"],
];

const COMPOSE = "needs Docker: tests/compose runs it, or the same commands with other names";
const STARTS = "starts Fountain and stays: every start here does the same, with other ports";
const LONG = "runs for minutes, in CI under its own name";
const EDGE = "needs accounts at Cloudflare and Turso; `npm run check` bundles and checks what it deploys";
const NEW_SERVICE = "changes the repository: tests/flows/new-service.test.ts runs it in a copy";

/** By page and heading, why its blocks are not run here. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "README.md In ten minutes":
    "starts Fountain and stays; the demo is run below, and tests/flows/demo.test.ts fills one",
  "CONTRIBUTING.md Workflow": LONG,
  "docs/add-a-service.md 1. Create the worker": NEW_SERVICE,
  "docs/add-a-service.md 2. Test and run it": NEW_SERVICE,
  "docs/add-a-service.md 3. Replace the example": NEW_SERVICE,
  "docs/accounts.md Locked-out administrators": "needs the reader's own home: runtime/recover tests it",
  "docs/api-keys.md Format": "reads the whole history of the reader's repository; the program is tested beside it",
  "docs/benchmarks.md Benchmarks": LONG,
  "docs/edge.md 1. Create the databases": EDGE,
  "docs/edge.md 2. Set the secrets": EDGE,
  "docs/edge.md 3. Deploy": EDGE,
  "docs/edge.md 4. Create the first administrator": EDGE,
  "docs/edge.md Locked-out administrators": EDGE,
  "docs/observability.md Quick start": "starts what stays; the two that end are run below",
  "docs/observability.md Docker Compose": COMPOSE,
  "docs/openid-connect.md Recipes": "needs Gitea; tests/oidc logs people in with Apache",
  "docs/observability.md Who receives alerts": COMPOSE,
  "docs/observability.md Logs": STARTS,
  "docs/pages.md Your name and logo": "sets settings by files that an installation has of its own",
  "docs/pages.md Terms and privacy policy": "these are lines of a settings file",
  "docs/running.md Running Fountain": STARTS,
  "docs/running.md Configuration file": STARTS,
  "docs/running.md Backup and restore": "run below, with Fountain stopped",
  "docs/secrets.md npm start": "run below, with Fountain stopped",
  "docs/secrets.md Docker Compose": COMPOSE,
  "docs/search.md Typesense cluster": STARTS,
  "docs/self-hosting.md Install": COMPOSE,
  "docs/self-hosting.md Settings": COMPOSE,
  "docs/self-hosting.md Configuration file": COMPOSE,
  "docs/self-hosting.md Secrets": COMPOSE,
  "docs/self-hosting.md Locked-out administrators": COMPOSE,
  "docs/self-hosting.md Replicas": COMPOSE,
  "docs/self-hosting.md Watchdog": "inspects a process that hangs, as root",
  "docs/self-hosting.md Upgrading": COMPOSE,
  "docs/self-hosting.md Backup and restore": COMPOSE,
  "docs/self-hosting.md Lost data": COMPOSE,
  "docs/services-behind-the-gateway.md Put your service behind Fountain":
    "needs a code that comes later than the one just used; passing the factor is run in docs/second-factor.md",
  "examples/instantsearch/README.md InstantSearch in the browser": STARTS,
  "examples/passkeys/README.md Passkeys in a web page": STARTS,
};

const placeOf = ({ page, heading }: ShellBlock): string => `${page} ${heading}`;

describe("the commands of the documentation", () => {
  test("are run here, or are on the list of those that are not", () => {
    const run = [...README, ...GUIDE].map((place) => place.join(" "));
    const places = new Set(blocks.map(placeOf));
    expect([...run, ...Object.keys(NOT_RUN)].toSorted()).toEqual([...places].toSorted());
  });

  test.each(blocks.map((block) => [placeOf(block), block.text]))("of %s are what a shell understands", (_, text) => {
    execFileSync("bash", ["-n"], { input: text, stdio: ["pipe", "pipe", "pipe"] });
  });

  test("name scripts and files that exist", () => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
    const named = blocks.flatMap(({ text }) => [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    const files = blocks.flatMap(({ text }) => [
      ...[...text.matchAll(/(?<=^|[ =])(?:deploy|examples|runtime|tests)\/[\w./-]+/gm)].map(([file]) => file),
    ]);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !statSync(path.join(ROOT, file), { throwIfNoEntry: false }))).toEqual([]);
  });
});

const PROBLEM = "urn:fountain:problem";

/** Pastes all blocks of these headings into one shell; each must succeed, and get no problem but where that is meant. */
const pasteAll = async (checkout: Checkout, places: typeof GUIDE): Promise<Map<string, string>> => {
  const pasted = places.flatMap(([page, heading]) =>
    blocksUnder(page, heading).map((text) => ({ place: `${page} ${heading}`, text })),
  );
  const { errors, blocks: results } = await checkout.paste(...pasted.map(({ text }) => text));
  const transcript = results.map(({ output, code }, at) => `${pasted[at]?.place}: ${code}\n${output}`).join("\n");
  expect(errors, transcript).toBe("");
  expect(
    results.map(({ code }) => code),
    transcript,
  ).toEqual(pasted.map(() => 0));
  const outputs = new Map<string, string>();
  for (const [at, { place }] of pasted.entries())
    outputs.set(place, `${outputs.get(place) ?? ""}${results[at]?.output}\n`);
  return outputs;
};

describe.skipIf(missing.length > 0)(`on a fresh home${why}`, () => {
  const password = randomBytes(12).toString("hex");
  let checkout: Checkout;
  beforeAll(async () => {
    checkout = await createCheckout(password);
    await checkout.start();
  }, 60_000);
  afterAll(() => checkout?.remove());

  test("the README's tour does what it says", { timeout: 120_000 }, async () => {
    const tour = (await pasteAll(checkout, README)).get("README.md Try it with curl") ?? "";
    expect(tour).toContain('"username":"admin"');
    expect(tour).toMatch(/"found":\s*[1-9]/);
    expect(tour).toMatch(/^HTTP\/1.1 401.*acr_values="aal2", max_age="300"/ms);
    expect(tour.split(PROBLEM)).toHaveLength(2);
    expect(tour).toMatch(/^[A-Z2-7]{32}$/m);
    expect(tour).toMatch(/"recoveryCodes":\[("[^"]+",?){10}\]/);
    expect(
      tour
        .trim()
        .split(/^HTTP\/1.1 /m)
        .at(-1),
    ).toMatch(/^204/);
  });
});

describe.skipIf(missing.length > 0)(`on another fresh home${why}`, () => {
  const password = randomBytes(12).toString("hex");
  let checkout: Checkout;
  beforeAll(async () => {
    checkout = await createCheckout(password);
    await checkout.start();
  }, 60_000);
  afterAll(() => checkout?.remove());

  const isReady = async (): Promise<void> => {
    const {
      blocks: [ready],
    } = await checkout.paste("curl -s localhost:8787/ready");
    expect(ready?.output).toContain('"status":"ok"');
  };

  test("the demo plays", { timeout: 120_000 }, async () => {
    const {
      blocks: [demo],
    } = await checkout.paste("npm run demo");
    expect(demo?.output).toContain("steps held");
  });

  test("the guide's commands do what they say", { timeout: 120_000 }, async () => {
    const outputs = await pasteAll(checkout, GUIDE);
    for (const [place, output] of outputs) expect(output, place).not.toContain(PROBLEM);
    const said = (place: string): string => outputs.get(place) ?? "";
    expect(said("docs/secrets.md Versioned values")).toMatch(/"version":1.*"value":"second".*"value":"first"/s);
    expect(said("docs/secrets.md Wrapping tokens")).toMatch(/^fwt_.*"value":"for your eyes only"/ms);
    expect(said("docs/secrets.md Encryption as a service")).toContain('"plaintext":"aGVsbG8="');
    expect(said("docs/api-keys.md API keys")).toMatch(/whsec_.*^ftn_.*192\.0\.2\.0\/24/ms);
    expect(said("docs/tokens.md Token exchange")).toContain('"access_token"');
    expect(said("docs/tokens.md Verifying tokens beside the gateway")).toContain('"isWhole":true');
    expect(said("docs/search.md Scoped keys")).toContain('"filter_by":"script_id:=1"');
    expect(said("docs/audit.md Audit trail")).toContain('"valid":true');
    expect(said("docs/audit.md Verify an export offline").match(/^valid: entries/gm)).toHaveLength(3);
    expect(said("docs/audit.md Verify an export offline")).toContain("HMACs: valid");
    expect(said("docs/observability.md Changing alerts")).toContain("SUCCESS");
    expect(said("docs/second-factor.md Pass a second factor")).toContain('"recoveryCodes"');
    expect(said("docs/services-behind-the-gateway.md 2. Put it behind the gateway")).toMatch(/^\[\]$/m);
    expect(said("docs/services-behind-the-gateway.md 3. Call it")).toMatch(/Buy a lamp.*Buy a lamp.*^401\n403$/ms);
    expect(said("docs/services-behind-the-gateway.md The same with FastAPI")).toMatch(
      /"title":"Trim the wick".*^#\/title$/ms,
    );
    expect(said("docs/second-factor.md Single-request tokens")).toMatch(/^HTTP\/1.1 204/m);
    expect(said("docs/search.md Reindexing")).toContain('"status"');
    expect(said("docs/policies.md Try it first")).toContain('"decision":"deny"');
    expect(said("docs/forward-auth.md Set it up")).toContain('"host":"site.example"');
  });

  test("the metrics are where docs/observability.md looks for them", async () => {
    const ends = blocksUnder("docs/observability.md", "Quick start").filter((block) => block.startsWith("curl"));
    const {
      errors,
      blocks: [port, socket],
    } = await checkout.paste(...ends);
    expect(errors).toBe("");
    expect(port?.output.match(/^fountain_worker_up\{.*\} 1$/gm)).toHaveLength(5);
    expect(socket?.output).toContain("fountain_build_info");
  });

  test("a backup is restored, and a root key replaced, as docs/running.md and docs/secrets.md say", {
    timeout: 120_000,
  }, async () => {
    const [backUp = "", restore = ""] = blocksUnder("docs/running.md", "Backup and restore");
    const [replaceKey = ""] = blocksUnder("docs/secrets.md", "npm start");
    await checkout.stop();
    expect(await checkout.paste(backUp, restore)).toMatchObject({ errors: "", blocks: [{ code: 0 }, { code: 0 }] });
    const modes = ["backup", "backup/data.tar.gz", "../fountain-secrets.tar.gz"].map(
      (file) => statSync(path.join(checkout.directory, file)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600]);
    await checkout.start();
    await isReady();
    await checkout.stop();
    expect(await checkout.paste(replaceKey)).toMatchObject({ errors: "", blocks: [{ code: 0 }] });
    await checkout.start();
    await isReady();
  });
});
