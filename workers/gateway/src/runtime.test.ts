/** What only the real runtime shows: raw request lines, streamed bodies, and a worker that dies on the way. */
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { useGatewayOnWorkerd } from "../../../tests/support/gateway/workerd.ts";

const MIB = 1024 * 1024;

const { origin, authorization, raisedAuthorization, send } = useGatewayOnWorkerd();

const CHUNKED = { "transfer-encoding": "chunked" };

describe("an address made to mislead", () => {
  test.each([
    "/kms/ready",
    "/kms/openapi.json",
    "/kms//ready",
    "/kms/./ready",
    "/kms/users/../ready",
    "/kms/users/%2e%2e/ready",
    "/kms/users/.%2E/ready",
    "/kms/users/..%2fready/x",
    "/kms%2fready",
    "/kms/%2fready",
    "/kms%5cready",
    "/kms\\ready",
    "/kms/users\\..\\ready",
    "/kms/%72eady",
    "/kms/%2572eady",
    "/kms/%%37%32eady",
    "/kms/openapi%2ejson",
    "/kms;x/ready",
    "/kms/ready;x",
    "/kms/ready/",
    "/kms/ready?x=/users",
    "/kms/ready#/users",
    "/x/../kms/ready",
    "//kms/users",
    "/%6bms/ready",
    "/upstream/users",
  ])("reaches no worker: %s", async (path) => {
    const { status, answer } = await send(path);
    expect(status).toBe(404);
    expect(answer.code).toBe("not-found");
  });

  test.each([
    ["/kms/users/%2e%2e/services", "/services"],
    ["/kms/users/..%2fready", "/users/..%2fready"],
    ["/kms/users/..%5cready", "/users/..%5cready"],
    ["/kms/users/%2e%2e%2fready", "/users/..%2fready"],
    ["/kms/users/%252e%252e", "/users/%252e%252e"],
    ["/kms\\services", "/services"],
    ["/%6bms/%75sers", "/users"],
    ["/kms/users/..;", "/users/..;"],
  ])("reaches the worker as the path that was decided on: %s", async (path, forwarded) => {
    const { status, answer } = await send(path);
    expect([status, answer.path]).toEqual([200, forwarded]);
  });

  test.each(["/kms/users/a%00b", "/kms/users/a%0d%0ab"])("is refused before it is looked at: %s", async (path) => {
    expect((await send(path)).answer.code).toBe("malformed-request");
  });

  test.each([9_000, 60_000])("is refused when it has %i characters", async (length) => {
    expect((await send(`/kms/users/${"a".repeat(length)}`)).answer.code).toBe("malformed-request");
  });
});

describe("a body", () => {
  const upload = (headers: Record<string, string>, body?: string) =>
    send("/service-a/scripts", {
      method: "POST",
      headers: { "content-type": "text/plain", ...headers },
      ...(body !== undefined && { body }),
    });
  const create = (headers: Record<string, string>, body: string) =>
    send("/kms/users", {
      method: "POST",
      headers: { authorization: raisedAuthorization(), "content-type": "application/json", ...headers },
      body,
    });

  test.each([{ "content-length": "5" }, CHUNKED])("reaches the worker whole: %o", async (headers) => {
    const { status, answer } = await upload(headers, "hello");
    expect([status, answer.size]).toEqual([200, 5]);
  });

  test("over 8 MiB of screenplay is refused by its announced length, sent or not", async () => {
    const announced = { "content-length": String(8 * MIB + 1) };
    expect((await upload(announced)).status).toBe(413);
    expect((await upload(announced, "x".repeat(8 * MIB + 1))).status).toBe(413);
  });

  test("over 8 MiB of screenplay is refused in chunks too, and just as much as 8 MiB is taken", async () => {
    expect((await upload(CHUNKED, "x".repeat(8 * MIB + 1))).status).toBe(413);
    expect((await upload(CHUNKED, "x".repeat(8 * MIB))).answer.size).toBe(8 * MIB);
  });

  test("over 1 MiB is refused everywhere else", async () => {
    expect((await create(CHUNKED, "x".repeat(MIB + 1))).status).toBe(413);
    expect((await create({ "content-length": String(MIB + 1) }, "x".repeat(MIB + 1))).status).toBe(413);
    expect((await create(CHUNKED, "x".repeat(MIB))).status).toBe(200);
  });

  test("whose length lies beside a transfer coding is measured, not believed", async () => {
    expect((await create({ ...CHUNKED, "content-length": "2" }, "x".repeat(MIB + 1))).status).toBe(413);
  });

  /** The status lines of what comes back for these bytes. */
  const statusesOf = (bytes: string): Promise<string[]> =>
    new Promise((resolve, reject) => {
      let received = "";
      const socket = connect(Number(new URL(origin()).port), "127.0.0.1", () => socket.write(bytes));
      socket.on("data", (chunk) => {
        received += chunk;
      });
      socket.on("error", reject);
      socket.on("close", () => resolve(received.match(/^HTTP\/1\.1 \d{3}/gm) ?? []));
      setTimeout(() => socket.destroy(), 500);
    });
  const rawPost = (...headers: string[]): string =>
    [
      "POST /service-a/scripts HTTP/1.1",
      "Host: x",
      "Content-Type: text/plain",
      `Authorization: ${authorization()}`,
      ...headers,
    ]
      .map((line) => `${line}\r\n`)
      .join("");

  test.each([
    ["two lengths", ["Content-Length: 5", "Content-Length: 9"]],
    ["a length that is none", ["Content-Length: 5x"]],
    ["a negative length", ["Content-Length: -5"]],
    ["a coding that nobody knows", ["Transfer-Encoding: xchunked"]],
    ["two hosts", ["Host: y", "Content-Length: 5"]],
  ])("of %s is refused, and nothing behind it is taken for a request", async (_, headers) => {
    const statuses = await statusesOf(`${rawPost(...headers)}\r\nhelloGET /health HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(statuses.filter((status) => !/ [45]\d\d$/.test(status))).toEqual([]);
    expect(statuses.length).toBeLessThanOrEqual(1);
  });

  test.each([{ "content-length": "5" }, CHUNKED])("of a GET is dropped: %o", async (headers) => {
    const { status, answer } = await send("/kms/users", { headers, body: "hello" });
    expect([status, answer.size]).toEqual([200, 0]);
  });
});

describe("a worker", () => {
  test("that dies on the way is unavailable, and its last words stay in the house", async () => {
    const { status, text } = await send("/kms/users/throw");
    expect(status).toBe(503);
    expect(text).not.toContain("boom");
  });

  test("behind a private call that dies is unavailable too", async () => {
    const response = await fetch(`${origin()}/kms/users`, { headers: { "x-api-key": "ftn_any" } });
    expect(response.status).toBe(503);
    const stepUp = await send("/kms/services/x", { method: "DELETE", headers: { "x-otp": "123456" } });
    expect(stepUp.answer.code).toBe("unavailable");
  });

  test("that redirects is passed on, not followed to where no caller may go", async () => {
    expect((await send("/kms/users/redirect")).status).toBe(302);
  });

  test("may answer at length", async () => {
    const response = await fetch(`${origin()}/kms/users/long`, { headers: { authorization: authorization() } });
    expect((await response.text()).length).toBe(3_000_000);
  });

  test("sees nothing of what the caller said about itself", async () => {
    const { answer } = await send("/kms/users", {
      headers: {
        "x-user-id": "admin",
        "x-roles": "admin",
        cookie: "a=b",
        forwarded: "for=::1",
        "x-forwarded-for": "::1",
      },
    });
    expect(Object.keys(answer.headers).sort()).toEqual(["authorization", "traceparent", "x-request-id"]);
  });
});

describe("a connection", () => {
  test.each([
    ["a refusal at the door", "/kms/users", "wrong", 401],
    ["an unknown path", "/kms/nothing", "good", 404],
    ["a worker that answers without reading", "/service-a/sequence", "good", 409],
  ])("carries the next request after %s", async (_name, path, token, status) => {
    const { hostname, port } = new URL(origin());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<Socket>();
    const post = () =>
      new Promise<number>((resolve, reject) => {
        const headers = {
          authorization: token === "good" ? authorization() : "Bearer wrong",
          "content-type": "application/json",
          "content-length": 200_000,
        };
        const call = request({ agent, hostname, port, method: "POST", path, headers }, (response) => {
          response.resume();
          response.on("end", () => resolve(response.statusCode ?? 0));
        });
        call.on("socket", (socket) => sockets.add(socket));
        call.on("error", reject);
        call.end("x".repeat(200_000));
      });
    for (let call = 0; call < 10; call += 1) expect(await post()).toBe(status);
    expect(sockets.size).toBe(1);
    agent.destroy();
  });
});

test("TRACE and other methods without a row are refused, and echo nothing", async () => {
  for (const method of ["TRACE", "OPTIONS", "PURGE"]) {
    const { status, text } = await send("/kms/users", { method });
    expect(status).toBe(405);
    expect(text).not.toContain(authorization());
  }
});

test("blanks after a credential are none of it", async () => {
  for (const blanks of [" ", "\t", " \t "])
    expect((await send("/kms/users", { headers: { authorization: `${authorization()}${blanks}` } })).status).toBe(200);
});
