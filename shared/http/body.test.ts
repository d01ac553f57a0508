import { describe, expect, test } from "vitest";
import type { Policy } from "../policy/policy.ts";
import { Problem } from "../problem/problem.ts";
import { receiveBody } from "./body.ts";

const JSON_POLICY: Policy = { caller: "anyone" };
const ANY: Policy = { caller: "anyone", consumes: "*/*" };
const FORM: Policy = { caller: "anyone", consumes: "application/x-www-form-urlencoded" };
const SCREENPLAY: Policy = {
  caller: "anyone",
  consumes: ["text/plain", "application/octet-stream"],
  decodedBy: "handler",
};
const LATIN_1 = new Uint8Array([0x22, 0x63, 0x61, 0x66, 0xe9, 0x22]);

type Piece = string | Uint8Array;

/** A body that comes in these pieces, without its length. */
const streamOf = (pieces: readonly Piece[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      for (const piece of pieces)
        controller.enqueue(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
      controller.close();
    },
  });

const requestOf = (body: BodyInit | null, headers: Record<string, string> = {}, method = "POST"): Request => {
  const init = { method, body, headers, duplex: "half" };
  return new Request("http://x/", init);
};

const received = async (request: Request, policy = JSON_POLICY) => {
  try {
    const result = await receiveBody(request, policy);
    return { type: result.headers.get("content-type"), text: result.body && (await result.text()) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { code: error.code, headers: error.headers };
  }
};

const JSON_TYPE = { "content-type": "application/json" };
const UNSUPPORTED = { code: "unsupported-media-type" };
const MALFORMED = { code: "malformed-request" };

describe("a body of no bytes is none, whatever its type and framing", () => {
  test.each([
    ["no body", null],
    ["an empty text", ""],
    ["an empty stream", streamOf([])],
    ["a stream of empty pieces", streamOf(["", ""])],
  ])("%s", async (_, body) => {
    const headers = { "content-type": "text/plain; charset=koi8-r", "content-encoding": "gzip" };
    expect(await received(requestOf(body, headers))).toMatchObject({ text: null });
  });
});

describe("the media type", () => {
  test.each([
    "application/json",
    "Application/JSON;charset=UTF-8",
    "application/json ; charset=utf-8",
    "application/json;",
    'application/json; charset="utf8"; profile="a;b"',
  ])("%s is JSON, in one form for what comes after", async (type) => {
    expect(await received(requestOf("{}", { "content-type": type }))).toEqual({ type: "application/json", text: "{}" });
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/jsonx",
    "application/json, text/plain",
    "application/json; charset=iso-8859-1",
    "application/json; charset=utf-16",
    "application/json; charset=us-ascii",
    "application/json; charset=unheard-of",
  ])("%s is refused", async (type) => {
    expect(await received(requestOf("{}", { "content-type": type }))).toMatchObject(UNSUPPORTED);
  });

  test("is not guessed where none is named", async () => {
    expect(await received(requestOf(streamOf(["{}"])))).toMatchObject(UNSUPPORTED);
    const named = await received(requestOf(streamOf(["x"])), SCREENPLAY);
    expect(named).toEqual({ type: "application/octet-stream", text: "x" });
  });

  test("may be any, of a deletion too, but the text is UTF-8", async () => {
    for (const [method, policy] of [
      ["POST", ANY],
      ["DELETE", JSON_POLICY],
    ] as const) {
      expect(await received(requestOf("{}", { "content-type": "text/plain" }, method), policy)).toMatchObject({
        text: "{}",
      });
      const other = { "content-type": "text/plain; charset=windows-1252" };
      expect(await received(requestOf("{}", other, method), policy)).toMatchObject(UNSUPPORTED);
    }
  });

  test("keeps its charset where the handler decodes", async () => {
    const type = 'Text/Plain; charset="ISO-8859-1"; format=flowed';
    const body = await receiveBody(requestOf(LATIN_1, { "content-type": type }), SCREENPLAY);
    expect(body.headers.get("content-type")).toBe("text/plain;charset=iso-8859-1");
    expect(new Uint8Array(await body.arrayBuffer())).toEqual(LATIN_1);
  });
});

describe("bytes that are not UTF-8", () => {
  test.each([
    ["JSON", JSON_POLICY, "application/json"],
    ["a form", FORM, "application/x-www-form-urlencoded"],
    ["anything", ANY, "text/plain"],
  ])("are refused: %s", async (_, policy, type) => {
    const headers = { "content-type": type };
    expect(await received(requestOf(LATIN_1, headers), policy)).toMatchObject(MALFORMED);
    expect(await received(requestOf(streamOf(["a", LATIN_1]), headers), policy)).toMatchObject(MALFORMED);
  });

  test("are not found where a character is cut between pieces", async () => {
    const [first, second] = [new Uint8Array([0x22, 0xc3]), new Uint8Array([0xa9, 0x22])];
    expect(await received(requestOf(streamOf([first, second]), JSON_TYPE))).toMatchObject({ text: '"é"' });
  });

  test("a byte order mark is no part of the text (RFC 8259 §8.1)", async () => {
    expect(await received(requestOf("\ufeff{}", JSON_TYPE))).toMatchObject({ text: "{}" });
  });
});

describe("an encoded body", () => {
  test.each(["gzip", "br", "GZIP", "identity, gzip", "zstd", "x-unknown"])("is refused: %s", async (coding) => {
    const refused = await received(requestOf("{}", { ...JSON_TYPE, "content-encoding": coding }));
    expect(refused).toEqual({ ...UNSUPPORTED, headers: { "accept-encoding": "identity" } });
  });

  test.each(["identity", "Identity", "", "identity , identity"])(
    "that is not encoded is accepted: %j",
    async (coding) => {
      expect(await received(requestOf("{}", { ...JSON_TYPE, "content-encoding": coding }))).toMatchObject({
        text: "{}",
      });
    },
  );
});

describe("size and speed", () => {
  const policy: Policy = { caller: "anyone", maxBodyBytes: 4 };

  test("a body is as large as the route allows, announced or not", async () => {
    expect(await received(requestOf(streamOf(["[1", ",2]"]), JSON_TYPE), policy)).toMatchObject({ code: "too-large" });
    expect(await received(requestOf(streamOf(["[1", "2]"]), JSON_TYPE), policy)).toMatchObject({ text: "[12]" });
    const announced = { ...JSON_TYPE, "content-length": "5" };
    expect(await received(requestOf("[1,2]", announced), policy)).toMatchObject({ code: "too-large" });
    const lying = { ...JSON_TYPE, "content-length": "2", "transfer-encoding": "chunked" };
    expect(await received(requestOf(streamOf(["[1,2]"]), lying), policy)).toMatchObject({ code: "too-large" });
  });

  test("a refused body is not read to its end, and can be drained", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          pulled += 1;
          controller.enqueue(new Uint8Array(1_024));
        },
      },
      { highWaterMark: 0 },
    );
    const request = requestOf(endless, { "content-type": "text/plain" });
    expect(await received(request)).toMatchObject(UNSUPPORTED);
    expect(pulled).toBe(1);
    expect(request.body?.locked).toBe(false);
  });

  test("a caller that waits for 100 Continue is refused before a byte came", async () => {
    const silent = new ReadableStream<Uint8Array>();
    const headers = { "content-type": "text/plain", expect: "100-continue" };
    expect(await received(requestOf(silent, headers))).toMatchObject(UNSUPPORTED);
  });

  test("a body that breaks off is malformed", async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    expect(await received(requestOf(broken, JSON_TYPE))).toMatchObject(MALFORMED);
  });
});
