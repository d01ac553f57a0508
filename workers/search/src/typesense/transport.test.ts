import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Exchange, type Replay, readExchanges, startReplay } from "../../../../tests/typesense/replay.ts";
import { type StandIn, startTypesense } from "../../../../tests/typesense/stand-in.ts";
import type { TypesenseRequest } from "./reply.ts";
import { createTransport } from "./transport.ts";

const TIMEOUT_MS = 2_000;
const send = createTransport(undefined);

const methodOf = (method: string): TypesenseRequest["method"] => {
  const known = (["post", "put", "patch", "delete"] as const).find((one) => one === method.toLowerCase());
  return known ?? "get";
};

const requestOf = ({ request: { method, path, body } }: Exchange): TypesenseRequest => {
  const [pathname = "", query = ""] = path.split("?", 2);
  const isLines = pathname.endsWith("/import");
  return {
    method: methodOf(method),
    path: pathname,
    query: Object.fromEntries(new URLSearchParams(query)),
    ...(isLines && { body: body ?? "" }),
    repeatable: false,
  };
};

describe("every recorded answer", () => {
  const exchanges = readExchanges();
  let replay: Replay;
  beforeAll(async () => {
    replay = await startReplay();
  });
  afterAll(() => replay?.close());

  const outcomeOf = async (exchange: Exchange) => {
    replay.answer = exchange.response;
    const isSilent = exchange.response.status === 0;
    return send(replay.url, "key", requestOf(exchange), isSilent ? 100 : TIMEOUT_MS);
  };

  const KINDS: Record<number, string> = { 401: "key-refused", 404: "missing", 409: "exists", 500: "broken" };

  test.skipIf(exchanges.length === 0)("ends as a value or as a failure by its name", async () => {
    expect(exchanges).toHaveLength(355);
    const kinds = new Map<string, number>();
    for (const exchange of exchanges) {
      const { status, body } = exchange.response;
      const reply = await outcomeOf(exchange);
      const kind = reply.ok ? "ok" : reply.error.kind;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const isSuccess = status >= 200 && status < 300;
      const expected = isSuccess ? "ok" : status === 0 ? "unreachable" : (KINDS[status] ?? "refused");
      // An answer to OPTIONS has no body, which no request of ours gets.
      if (exchange.request.method === "OPTIONS") continue;
      expect(kind, exchange.name).toBe(expected);
      const isText = exchange.response.headers.some(([, value]) => value.startsWith("text/plain"));
      if (reply.ok) expect(reply.value, exchange.name).toEqual(isText ? body : JSON.parse(body));
      if (!reply.ok && status > 0 && exchange.request.method !== "HEAD")
        expect(reply.error.message, exchange.name).toMatch(/\w/);
    }
    expect(Object.fromEntries(kinds)).toMatchObject({
      ok: expect.any(Number),
      unreachable: 2,
      broken: expect.any(Number),
    });
  });

  test.skipIf(exchanges.length === 0)("whose message is not escaped keeps its status and its words", async () => {
    const unescaped = exchanges.find(({ name }) => name === "collection-create-name-with-quote-again");
    if (!unescaped) throw new Error("the recordings have no such answer");
    expect(await outcomeOf(unescaped)).toEqual({
      ok: false,
      error: { kind: "exists", message: '{"message": "A collection with name `we"ird` already exists."}' },
    });
  });
});

describe("a request", () => {
  let typesense: StandIn;
  beforeAll(async () => {
    typesense = await startTypesense();
  });
  afterAll(() => typesense?.close());

  const node = () => typesense.nodes[0]?.url ?? "";
  const health: TypesenseRequest = { method: "get", path: "/health", repeatable: true };

  test("carries its key, its query and its body as Typesense's API has them", async () => {
    const lines = '{"id":"a","text":"Zoë && \\"more\\""}\n{"id":"b"}';
    await send(
      node(),
      "the-key",
      {
        method: "post",
        path: "/collections/x/documents/import",
        query: { action: "upsert" },
        body: lines,
        repeatable: true,
      },
      TIMEOUT_MS,
    );
    const body = { collection_name: "elements_1" };
    await send(node(), "the-key", { method: "put", path: "/aliases/elements", body, repeatable: true }, TIMEOUT_MS);
    const [imported, aliased] = typesense.requests.slice(-2);
    expect(imported).toMatchObject({
      method: "POST",
      path: "/collections/x/documents/import?action=upsert",
      headers: { "x-typesense-api-key": "the-key", "content-type": "application/octet-stream" },
      body: lines,
    });
    expect(aliased).toMatchObject({ method: "PUT", headers: { "content-type": "application/json" } });
    expect(JSON.parse(aliased?.body ?? "")).toEqual(body);
    expect(typesense.violations).toEqual([]);
  });

  test("may have a time that is no whole number", async () => {
    expect(await send(node(), "k", health, TIMEOUT_MS + 0.5)).toEqual({ ok: true, value: { ok: true } });
  });

  test("to a node that hangs, breaks off or is gone is unreachable, within its time", async () => {
    const [only] = typesense.nodes;
    if (!only) throw new Error("a node was asked for");
    only.mode = "hanging";
    expect(await send(node(), "k", health, 100)).toMatchObject({ ok: false, error: { kind: "unreachable" } });
    only.mode = "mute";
    expect(await send(node(), "k", health, TIMEOUT_MS)).toMatchObject({ ok: false, error: { kind: "unreachable" } });
    await only.stop();
    expect(await send(node(), "k", health, TIMEOUT_MS)).toMatchObject({ ok: false, error: { kind: "unreachable" } });
    await only.start();
    only.mode = "lagging";
    expect(await send(node(), "k", health, TIMEOUT_MS)).toEqual({
      ok: false,
      error: { kind: "not-ready", message: "Not Ready or Lagging", retryAfterSeconds: undefined },
    });
    only.mode = "well";
    expect(await send(node(), "k", health, TIMEOUT_MS)).toEqual({ ok: true, value: { ok: true } });
  });
});
