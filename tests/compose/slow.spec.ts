/** Transfers that stop, and those that are slow but steady, through Caddy: no write that never happened gets a 200. */
import { connect as connectHttp2 } from "node:http2";
import { get, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { logIn, registerService } from "../support/session.ts";
import { baseUrl, secret } from "./stack.ts";

const place = inject("stack");
const url = baseUrl(place);
const target = { url, adminUsername: "admin", adminPassword: secret(place, "admin_password") };
/** Longer than any deadline on a whole transfer that is shorter than minutes. */
const SLOW_SECONDS = 125;
const SECOND_MS = 1_000;
const TEST_MS = 240_000;
/** 5 MB. */
const SCREENPLAY = `${"He walks on along the wall. ".repeat(40)}\n\n`.repeat(4_800);
const BEGUN = '{"value":"begun';

let caller: Record<string, string> = {};

beforeAll(async () => {
  const scopes = ["secrets:read", "secrets:write", "sequence:read", "sequence:write"];
  caller = await registerService(target, await logIn(target), "slow", scopes);
});

/** What comes back on a connection of its own for these lines, until the other side closes it. */
const sendRaw = (lines: readonly string[], body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: "localhost", servername: "localhost", port: place.httpsPort });
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", reject).on("close", () => resolve(text));
    socket.write(`${[...lines, "Host: localhost", "Content-Type: application/json"].join("\r\n")}\r\n\r\n${body}`);
  });

const lineOf = (headers: Record<string, string>): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

const expectNothingStored = async (name: string): Promise<void> => {
  const { status } = await fetch(`${url}/kms/secrets/${name}`, { headers: caller });
  expect(status).toBe(404);
};

describe("a body that stops", () => {
  const CHUNK = `${BEGUN.length.toString(16)}\r\n${BEGUN}\r\n`;

  test.concurrent.for([
    { framing: "Content-Length: 30", body: BEGUN },
    { framing: "Transfer-Encoding: chunked", body: CHUNK },
  ])("gets 408, and nothing is stored: HTTP/1.1, $framing", { timeout: TEST_MS }, async ({ framing, body }) => {
    const name = `stopped-${framing.length}`;
    const text = await sendRaw([`PUT /kms/secrets/${name} HTTP/1.1`, framing, ...lineOf(caller)], body);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain('"code":"request-timeout"');
    expect(text).toMatch(/^connection: close\r$/im);
    expect(text).not.toMatch(/^x-fountain/im);
    await expectNothingStored(name);
  });

  test.concurrent("gets 408, and nothing is stored: HTTP/2", { timeout: TEST_MS }, async () => {
    const session = connectHttp2(url);
    const headers = {
      ...caller,
      "content-type": "application/json",
      ":method": "PUT",
      ":path": "/kms/secrets/stopped-2",
    };
    const stream = session.request(headers);
    const status = new Promise((resolve, reject) => {
      stream.on("response", (response) => resolve(response[":status"])).on("error", reject);
    });
    stream.write(BEGUN);
    expect(await status).toBe(408);
    session.destroy();
    await expectNothingStored("stopped-2");
  });

  test.concurrent("and would have been refused is refused without it", { timeout: TEST_MS }, async () => {
    const text = await sendRaw(["PUT /kms/secrets/stopped HTTP/1.1", "Content-Length: 30"], BEGUN);
    expect(text).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe("a transfer that is slow but steady ends well", () => {
  test.concurrent("up", { timeout: TEST_MS }, async () => {
    const headers = { ...caller, "content-type": "text/plain", "content-length": SCREENPLAY.length };
    const received = new Promise<string>((resolve, reject) => {
      const outgoing = request(`${url}/service-a/scripts`, { method: "POST", headers }, (incoming) => {
        let text = "";
        incoming.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        incoming.on("end", () => resolve(text));
      }).on("error", reject);
      const send = async (): Promise<void> => {
        const size = Math.ceil(SCREENPLAY.length / SLOW_SECONDS);
        for (let at = 0; at < SCREENPLAY.length; at += size) {
          outgoing.write(SCREENPLAY.slice(at, at + size));
          await sleep(SECOND_MS);
        }
        outgoing.end();
      };
      send().catch(reject);
    });
    expect(await received).toContain('"scriptId"');
  });

  test.concurrent("down", { timeout: TEST_MS }, async () => {
    const headers = { ...caller, "content-type": "text/plain" };
    const imported = await fetch(`${url}/service-a/scripts`, { method: "POST", headers, body: SCREENPLAY });
    const { scriptId } = await imported.json<{ scriptId: number }>();
    const path = `${url}/service-a/scripts/${scriptId}.fountain`;
    // A little each second at first, then all: a limit on the whole time would pass before the end.
    const received = new Promise<number>((resolve, reject) => {
      get(path, { headers: caller }, (incoming) => {
        const startedAtMs = Date.now();
        let bytes = 0;
        incoming.on("data", (chunk: Buffer) => {
          bytes += chunk.byteLength;
          if (Date.now() - startedAtMs > SLOW_SECONDS * SECOND_MS) return;
          incoming.pause();
          setTimeout(() => incoming.resume(), SECOND_MS);
        });
        incoming.on("end", () => resolve(bytes)).on("error", reject);
      }).on("error", reject);
    });
    const bytes = await received;
    const whole = await fetch(path, { headers: caller });
    expect([whole.status, bytes]).toEqual([200, (await whole.arrayBuffer()).byteLength]);
  });
});
