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
const TEST_MS = 200_000;
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

test.concurrent("a slow but steady upload and download both end well", { timeout: 2 * TEST_MS }, async () => {
  const paragraph = `${"He walks on along the wall. ".repeat(40)}\n\n`;
  const pieces = Array.from({ length: SLOW_SECONDS }, () => paragraph.repeat(40));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const headers = { ...caller, "content-type": "text/plain", "content-length": length };
  const answer = new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const outgoing = request(`${url}/service-a/scripts`, { method: "POST", headers }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      incoming.on("end", () => resolve({ status: incoming.statusCode, text }));
    }).on("error", reject);
    const send = async (): Promise<void> => {
      for (const piece of pieces) {
        outgoing.write(piece);
        await sleep(1_000);
      }
      outgoing.end();
    };
    void send();
  });
  const { status, text } = await answer;
  expect([status, text]).toEqual([201, expect.stringContaining('"scriptId"')]);
  const { scriptId } = JSON.parse(text);

  // A little each second at first, then all: whoever counts the whole time gives up before the end.
  const read = new Promise<number>((resolve, reject) => {
    get(`${url}/service-a/scripts/${scriptId}.fountain`, { headers: caller }, (incoming) => {
      const startedAtMs = Date.now();
      let bytes = 0;
      incoming.on("data", (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (Date.now() - startedAtMs > SLOW_SECONDS * 1_000) return;
        incoming.pause();
        setTimeout(() => incoming.resume(), 1_000);
      });
      incoming.on("end", () => resolve(bytes)).on("error", reject);
    }).on("error", reject);
  });
  const quick = await fetch(`${url}/service-a/scripts/${scriptId}.fountain`, { headers: caller });
  const whole = await quick.text();
  expect([quick.status, await read]).toEqual([200, whole.length]);
});
