/**
 * A service that stands at a path of Fountain's own host, and wants to get at Fountain's pages and at the session of whoever is
 * logged in there, in a real Chromium. Skipped, and said so, where there is none.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePorts } from "../../runtime/local/ports.ts";
import { putUpstream } from "../support/gateway/upstreams.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { type Account, newPerson } from "../support/twofa.ts";
import { findChromium, startChromium } from "./chromium.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined)
  console.warn("There is no Chromium on this machine: no service on Fountain's host is tried.");

/** A worker that takes over whatever is in its reach. */
const WORKER = `self.addEventListener("fetch", (event) => event.respondWith(new Response("taken over")))`;

describe.skipIf(CHROMIUM === undefined)("a service on Fountain's own host", () => {
  let fountain: Fountain;
  let service: Server;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let person: Account;
  let origin: string;
  const received: IncomingMessage[] = [];

  beforeAll(async () => {
    const [port = 0] = await freePorts();
    origin = `http://localhost:${port}`;
    fountain = await startFountain({ port, settings: { PUBLIC_URL: origin } });
    person = await newPerson(fountain);
    service = createServer((request, response) => {
      received.push(request);
      const isPage = request.url === "/page";
      response.writeHead(200, {
        "content-type": isPage ? "text/html" : "text/javascript",
        "cache-control": "max-age=3600",
        "service-worker-allowed": "/",
        "cross-origin-opener-policy": "same-origin",
        "set-cookie": "__Host-fountain=of-the-service; Secure; Path=/",
      });
      response.end(isPage ? "<p>A service" : WORKER);
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    const { port: servicePort } = Object(service.address());
    await putUpstream(fountain, await logInAndStepUp(fountain), "notes", {
      targets: [`http://127.0.0.1:${servicePort}`],
      routes: [{ match: "* /**", anyone: true }],
    });
    browser = await startChromium(CHROMIUM ?? "");
    context = await browser.newContext();
    page = await context.newPage();
    page.setDefaultTimeout(8_000);
    await page.goto(`${origin}/account/login`);
    await page.getByLabel("Username").fill(person.username);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByRole("heading", { name: "Profile", level: 1 }).waitFor();
    await page.goto(`${origin}/notes/page`);
  });
  afterAll(async () => {
    await browser?.close();
    await fountain?.stop();
    service?.close();
  });

  /** The scope of the worker that is registered, or the name of the error. A page got the script before, and browsers cache it. */
  const register = (script: string, options: Record<string, string> = {}): Promise<string> =>
    page.evaluate<string>(`(async () => {
      await fetch(${JSON.stringify(script)});
      const { scope } = await navigator.serviceWorker.register(${JSON.stringify(script)}, ${JSON.stringify(options)});
      return new URL(scope).pathname;
    })().catch(({ name }) => name)`);

  test("has no service worker beyond its own paths, whatever the address of its script", async () => {
    expect(await register("/notes/worker.js")).toBe("/notes/");
    for (const scope of ["/", "/account/", "/oauth/"])
      expect(await register("/notes/worker.js", { scope }), scope).toBe("SecurityError");
    for (const script of ["/notes", "/notes?worker.js", "/%6eotes", "/notes/..%2fnotes"])
      for (const updateViaCache of ["all", "imports", "none"])
        expect(await register(script, { scope: "/", updateViaCache }), script).toBe("TypeError");
    const other = await context.newPage();
    await other.goto(`${origin}/account`);
    expect(await other.getByRole("heading", { name: "Profile", level: 1 }).isVisible()).toBe(true);
    await other.close();
  });

  test("reads no page of an account: not by a call, in a frame, nor in a window that it opens", async () => {
    expect(await page.evaluate(async () => (await fetch("/account")).status)).toBe(403);
    const framed = page.evaluate(`new Promise((resolve) => {
      const frame = document.createElement("iframe");
      frame.onload = () => resolve(frame.contentDocument?.body.textContent ?? "out of reach");
      frame.src = "/account";
      document.body.append(frame);
    })`);
    expect(await framed).toBe("out of reach");
    const opened = context.waitForEvent("page");
    await page.evaluate(`globalThis.opened = open("/account")`);
    const popup = await opened;
    await popup.getByRole("heading", { name: "Profile", level: 1 }).waitFor();
    expect(await page.evaluate("opened.closed")).toBe(true);
    expect(await popup.evaluate("opener")).toBe(null);
    await popup.close();
  });

  test("neither gets nor sets the cookie of a session, by a header or by a script", async () => {
    const sessionOf = async () => (await context.cookies(origin)).find(({ name }) => name === "__Host-fountain")?.value;
    const kept = await sessionOf();
    expect(kept).toMatch(/^[\w-]{43,}$/);
    await page.evaluate(`document.cookie = "__Host-fountain=of-the-script; Secure; Path=/"`);
    await page.goto(`${origin}/notes/page`);
    expect(await page.evaluate("document.cookie")).not.toContain("fountain");
    expect(await sessionOf()).toBe(kept);
    expect(received.map(({ headers }) => headers.cookie ?? "").filter((cookie) => cookie.includes("fountain"))).toEqual(
      [],
    );
  });
});
