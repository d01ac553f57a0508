/** Pages of other origins that call a service behind the gateway, in a real Chromium. Skipped, and said so, where there is none. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePorts } from "../../runtime/local/ports.ts";
import { putUpstream } from "../support/gateway/upstreams.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { findChromium, startChromium } from "./chromium.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: no page of another origin is tried.");

/** What a page of this origin gets: the status, or why it gets none, with the text and a header of the service's own. */
type Outcome = { status: number; text: string; total: string | null } | { error: string };

describe.skipIf(CHROMIUM === undefined)("a page of another origin", () => {
  let fountain: Fountain;
  let service: Server;
  let site: Server;
  let browser: Browser;
  /** Of an origin that CORS_ORIGINS lists, and of one that it does not. */
  let listed: Page;
  let other: Page;
  let token: string;
  let received: IncomingMessage[] = [];

  beforeAll(async () => {
    const [port] = await freePorts();
    site = createServer((_request, response) => response.setHeader("content-type", "text/html").end("<p>A page"));
    await new Promise<void>((resolve) => site.listen(port, resolve));
    fountain = await startFountain({ settings: { CORS_ORIGINS: `http://localhost:${port}` } });
    const administrator = await logInAndStepUp(fountain);
    token = administrator["authorization"] ?? "";
    service = createServer((request, response) => {
      received.push(request);
      response.setHeader("x-total", "7");
      // It has CORS of its own, for everyone.
      if (request.url?.startsWith("/open"))
        response
          .setHeader("access-control-allow-origin", "*")
          .setHeader("access-control-allow-headers", "x-page, authorization")
          .setHeader("access-control-expose-headers", "x-total");
      response.end(request.method);
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    const { port: servicePort } = Object(service.address());
    await putUpstream(fountain, administrator, "notes", {
      targets: [`http://127.0.0.1:${servicePort}`],
      routes: [{ match: "OPTIONS /open/**", anyone: true }, { match: "GET /anyone", anyone: true }, { match: "* /**" }],
    });
    browser = await startChromium(CHROMIUM ?? "");
    [listed, other] = await Promise.all([browser.newPage(), browser.newPage()]);
    await listed.goto(`http://localhost:${port}`);
    await other.goto(`http://127.0.0.1:${port}`);
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
    service?.close();
    await fountain?.stop();
  });
  beforeEach(() => {
    received = [];
  });

  const call = (page: Page, path: string, init: RequestInit = {}): Promise<Outcome> =>
    page.evaluate<Outcome, [string, RequestInit]>(
      async ([url, sent]) => {
        try {
          const response = await fetch(url, sent);
          return { status: response.status, text: await response.text(), total: response.headers.get("x-total") };
        } catch (error) {
          return { error: String(error) };
        }
      },
      [`${fountain.url}/notes${path}`, init],
    );
  const headers = () => ({ authorization: token, "x-page": "own" });
  const refused = { error: "TypeError: Failed to fetch" };

  test("that the operator lists calls by any method, with header fields of the service's own, and reads those", async () => {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"])
      expect(await call(listed, "/items", { method, headers: headers() })).toEqual({
        status: 200,
        text: method,
        total: "7",
      });
    expect(received.map(({ method }) => method)).toEqual(["GET", "POST", "PUT", "PATCH", "DELETE"]);
    expect(received[0]?.headers).toMatchObject({ "x-page": "own", origin: new URL(listed.url()).origin });
    expect(await call(listed, "/items")).toMatchObject({ status: 401 });
  });

  test("that no one lists neither calls nor reads anything", async () => {
    expect(await call(other, "/items", { headers: headers() })).toEqual(refused);
    expect(received).toEqual([]);
    expect(await call(other, "/anyone")).toEqual(refused);
  });

  test("calls where the service itself lets it, and anyone may ask whether it does", async () => {
    const outcome = await call(other, "/open/items", { headers: headers() });
    expect(outcome).toEqual({ status: 200, text: "GET", total: "7" });
    expect(received.map(({ method }) => method)).toEqual(["OPTIONS", "GET"]);
  });
});
