/** What HTTP/2 clients send through the Caddy in front: a request without content that ends with an empty DATA frame. */
import { type ClientHttp2Session, connect } from "node:http2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caddy, missingPackages, startCaddy } from "../observability/caddy.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { type Operation, pathOf, SENDING } from "./rows.ts";

const isMissing = missingPackages(["caddy"]).length > 0;

let fountain: Fountain;
let caddy: Caddy;
let session: ClientHttp2Session;
let administrator: Record<string, string>;
beforeAll(async () => {
  if (isMissing) return;
  fountain = await startFountain({ settings: { REGISTRATION: "open" } });
  caddy = await startCaddy(fountain.url);
  session = connect(caddy.url, { rejectUnauthorized: false });
  administrator = await logInAndStepUp(fountain);
}, 60_000);
afterAll(async () => {
  session?.destroy();
  await caddy?.stop();
  await fountain?.stop();
});

/** `endStream`: the end stands in the HEADERS frame, and else in an empty DATA frame, after which the body is unknown. */
const send = (
  { method, template }: Operation,
  { endStream, type }: { endStream: boolean; type: string },
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const headers = { ":method": method, ":path": pathOf(template), "content-type": type, ...administrator };
    const stream = session.request(headers, { endStream });
    let status = 0;
    let text = "";
    stream.on("response", (received) => {
      status = Number(received[":status"]);
    });
    stream.setEncoding("utf8").on("data", (piece) => {
      text += piece;
    });
    stream.on("end", () => resolve({ status, text })).on("error", reject);
    if (!endStream) stream.end();
  });

describe.skipIf(isMissing)("an HTTP/2 request without content", () => {
  test.each(SENDING)("$name has no body, wherever its stream ends", async (operation) => {
    for (const endStream of [true, false])
      for (const type of ["text/plain", "application/json"]) {
        const { status, text } = await send(operation, { endStream, type });
        expect(status, text).toBeGreaterThanOrEqual(200);
        expect(status, text).not.toBe(415);
        expect(status, text).toBeLessThan(500);
      }
  });
});
