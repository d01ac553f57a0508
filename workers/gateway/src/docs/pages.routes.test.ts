import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createTestGateway, ISSUER, type TestGateway } from "../../../../tests/support/gateway.ts";
import { docsPage } from "./docs.ts";
import { landingPage } from "./landing.ts";

let gateway: TestGateway;

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  gateway = await createTestGateway();
});

const between = (html: string, tag: string): string[] =>
  [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, "gs"))].map(([, text]) => text ?? "");

const directives = (policy: string | null): Map<string, string> =>
  new Map((policy ?? "").split("; ").map((directive) => [directive.split(" ")[0] ?? "", directive]));

describe.each(["/", "/docs"])("the page %s", (path) => {
  test("runs nothing but its own style and script, by their hash", async () => {
    const response = await gateway.fetch(path);
    const html = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = directives(response.headers.get("content-security-policy"));
    expect(policy.get("default-src")).toBe("default-src 'none'");
    expect(policy.get("frame-ancestors")).toBe("frame-ancestors 'none'");
    for (const tag of ["style", "script"]) {
      const hashes = between(html, tag).map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
      expect(policy.get(`${tag}-src`)).toBe(hashes.length === 0 ? undefined : `${tag}-src ${hashes.join(" ")}`);
    }
    expect([...policy.values()].join()).not.toMatch(/unsafe|\*|https?:/);
  });

  test("is the same by a link that somebody has added parameters to", async () => {
    const response = await gateway.fetch(`${path}?utm_source=mail&utm_source=x`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(await (await gateway.fetch(path)).text());
  });

  test("is complete in itself: no address outside, no inline handler or style", async () => {
    const html = await (await gateway.fetch(path)).text();
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(html).not.toMatch(/\s(?:style|on\w+)=/);
  });
});

describe("the landing page", () => {
  test("links to what a newcomer needs", () => {
    const { html } = landingPage(ISSUER);
    for (const link of ["/account", "/docs", "/health", "/ready", "/openapi.json"])
      expect(html).toContain(`href="${link}"`);
    expect(html).toContain(`${ISSUER}/kms/login`);
  });

  test("shows the public address as text, whatever is in it", () => {
    expect(landingPage('http://x/"><script>alert(1)</script>').html).not.toContain("<script>alert");
  });
});

describe("the docs page", () => {
  test("never makes markup of what it was told", () => {
    const { script = "" } = docsPage();
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function/);
  });

  test("keeps no credential beyond its own life", () => {
    expect(docsPage().script).not.toMatch(/localStorage|sessionStorage|document\.cookie|indexedDB/);
  });
});
