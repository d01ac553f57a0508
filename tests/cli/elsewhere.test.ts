/** The command line at a server that is not Fountain, and at one that breaks off. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Result, runInProcess } from "../support/cli/in-process.ts";

const PAGE = "<p>Log in to the wireless";

let home: string;
let server: Server;
let origin: string;
beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), "fountain-cli-elsewhere-"));
  server = createServer((request, response) => {
    const url = request.url ?? "";
    if (url.startsWith("/proxy/")) response.writeHead(502, { "retry-after": "60" }).end();
    else if (url.startsWith("/page/")) response.setHeader("content-type", "text/html").end(PAGE);
    else if (url.endsWith("/jwks.json")) response.setHeader("content-type", "application/json").end('{"keys": []}');
    else response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${Object(server.address()).port}`;
});
afterAll(() => {
  server?.close();
  if (home) rmSync(home, { recursive: true });
});

const at = (place: string, ...args: string[]): Promise<Result> =>
  runInProcess(args, { XDG_CONFIG_HOME: home, FOUNTAIN_URL: origin + place });

test("says that a page is not Fountain's", async () => {
  const file = path.join(home, "fountain.yaml");
  writeFileSync(file, "policies: {indoors: {effect: allow}}\n");
  for (const args of [["status"], ["whoami"], ["upstreams", "apply", "-f", file, "--dry-run"]])
    expect(await at("/page", ...args)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("not Fountain's"),
    });
});

test("ends with 5 where a proxy finds no Fountain behind it", async () => {
  expect(await at("/proxy", "status")).toMatchObject({ code: 5, stdout: expect.stringContaining("not ready") });
});

test("ends with 5 where the connection is lost within a response, and finds no fault with what it was to verify", async () => {
  for (const args of [
    ["audit", "verify"],
    ["api", "GET", "/kms/audit"],
  ])
    expect(await at("", ...args)).toMatchObject({ code: 5, stderr: expect.stringContaining("connection was lost") });
});
