/** The gateway's own bundle on the real runtime, in front of workers that a script plays. */
import { readFileSync } from "node:fs";
import { request } from "node:http";
import type { Readable } from "node:stream";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, inject } from "vitest";
import { bundlePath } from "../../../runtime/workerd/bundle.ts";
import { DESTINATIONS } from "../../../workers/gateway/src/backends/target.ts";
import { bindingOf } from "../../../workers/gateway/src/proxy/upstream.ts";
import { openTestDatabase, type TestDatabase } from "../database.ts";
import { ISSUER } from "../gateway.ts";
import { createTestSigner, testClaims } from "../tokens.ts";

/** Plays every worker behind the gateway: says what it received, or fails as its path tells it to. */
const UPSTREAM = `
import { WorkerEntrypoint } from "cloudflare:workers";
export class Rpc extends WorkerEntrypoint {
  invoke(method) {
    if (method !== "trust") throw new Error("boom");
    const keys = JSON.parse(this.env.KEYS);
    return { ok: true, value: { keys, revocations: [], rightsChanges: [], position: 0, isWhole: true, hasMore: false } };
  }
}
const stream = (text) => new Blob([text]).stream();
export default {
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/users/throw") throw new Error("boom");
    if (pathname === "/users/redirect") return Response.redirect("http://worker/ready", 302);
    if (pathname === "/sequence") return new Response("unread", { status: 409 });
    if (pathname === "/users/long") return new Response(stream("x".repeat(3_000_000)));
    const body = await request.text();
    return Response.json({ path: pathname + search, size: body.length, headers: Object.fromEntries(request.headers) });
  },
};`;

interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** For the tests of one file. Call it at its top. */
export const useGatewayOnWorkerd = () => {
  let miniflare: Miniflare;
  let database: TestDatabase;
  let origin: string;
  let authorization: string;
  let raisedAuthorization: string;

  beforeAll(async () => {
    database = await openTestDatabase("gateway");
    const signer = await createTestSigner("key-1");
    const scope = "users:admin keys:read keys:write sequence:write";
    authorization = `Bearer ${await signer.sign(testClaims(ISSUER, Math.floor(Date.now() / 1000), { scope }))}`;
    const raised = testClaims(ISSUER, Math.floor(Date.now() / 1000), { scope, acr: "aal2" });
    raisedAuthorization = `Bearer ${await signer.sign(raised)}`;
    const common = { compatibilityDate: "2026-07-01", compatibilityFlags: ["nodejs_compat"] };
    const upstream = { name: "upstream" };
    const rpc = { ...upstream, entrypoint: "Rpc" };
    const bundle = readFileSync(bundlePath(inject("testRun").bundles, "gateway"), "utf8");
    miniflare = new Miniflare({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
        stdout.resume();
        stderr.resume();
      },
      workers: [
        {
          ...common,
          name: "gateway",
          // Straight to the worker: Miniflare's own entry would tidy the address up.
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
          modules: [{ type: "ESModule", path: "gateway.js", contents: bundle }],
          bindings: { PUBLIC_URL: ISSUER, ...database.bindings },
          serviceBindings: {
            ...Object.fromEntries(DESTINATIONS.map((destination) => [bindingOf(destination), upstream])),
            KMS_RPC: rpc,
            TWOFA_RPC: rpc,
            SERVICE_A_RPC: rpc,
            LIBSQL: database.server,
          },
        },
        {
          ...common,
          name: "upstream",
          modules: [{ type: "ESModule", path: "upstream.js", contents: UPSTREAM }],
          bindings: { KEYS: JSON.stringify([signer.jwk]) },
        },
      ],
    });
    await miniflare.ready;
    origin = (await miniflare.unsafeGetDirectURL("gateway")).origin;
  });
  afterAll(async () => {
    await miniflare?.dispose();
    await database?.close();
  });

  /** Sends the path as it is, which `fetch` does not. A body that is announced and not given is never sent. */
  const send = async (path: string, { method = "GET", headers = {}, body }: Call = {}) => {
    const { hostname, port } = new URL(origin);
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const options = { hostname, port, method, path, headers: { authorization, ...headers }, agent: false };
      const call = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
          call.destroy();
        });
      });
      call.on("error", reject);
      if (body === undefined && "content-length" in headers) call.flushHeaders();
      else call.end(body);
    });
    return { status, text, answer: text.startsWith("{") ? JSON.parse(text) : undefined };
  };

  return {
    origin: () => origin,
    /** Of a caller who passed one factor. */
    authorization: () => authorization,
    /** Of one who passed two. */
    raisedAuthorization: () => raisedAuthorization,
    send,
  };
};
