/** What tests of Typesense's own client share: a running Fountain with elements to find, and clients of it. */
import { Client } from "typesense";
import { afterAll, beforeAll, expect } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Mint, openMint } from "../support/mint.ts";
import { logIn, registerService } from "../support/session.ts";
import { ELEMENTS, store } from "./documents.ts";

type Element = (typeof ELEMENTS)[number];
type Headers = Record<string, string>;

interface Site {
  fountain: Fountain;
  mint: Mint;
  administrator: Headers;
  /** A service that may search. */
  reader: Headers;
  apiKey: string;
}

export const idsOf = (hits: readonly { document: Element }[] = []): string[] => hits.map(({ document }) => document.id);

/** For the tests of one file. Call it at its top. */
export const useSite = () => {
  let opened: Site | undefined;
  const site = (): Site => {
    if (!opened) throw new Error("there is no Fountain before the tests");
    return opened;
  };

  beforeAll(async () => {
    const fountain = await startFountain();
    const administrator = await logIn(fountain);
    const reader = await registerService(fountain, administrator, "site", ["search:read"]);
    const apiKey = reader["x-api-key"] ?? "";
    opened = { fountain, mint: await openMint(fountain), administrator, reader, apiKey };
    await store(fountain, administrator, ELEMENTS);
  });
  afterAll(() => opened?.fountain.stop());

  const optionsFor = (key: string, more: object = {}) => {
    const { hostname, port } = new URL(site().fountain.url);
    const nodes = [{ protocol: "http", host: hostname, port: Number(port), path: "/search" }];
    return { nodes, apiKey: key, numRetries: 0, logLevel: "silent" as const, ...more };
  };
  const documentsOf = (key: string, more: object = {}) =>
    new Client(optionsFor(key, more)).collections<Element>("elements").documents();

  const post = async (path: string, body: unknown, headers: Headers) => {
    const response = await site().fountain.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
  };
  const scopedKey = async (filter_by: string, headers: Headers, more: object = {}): Promise<string> => {
    const { status, body } = await post("/search/scoped-keys", { filter_by, ...more }, headers);
    expect(status, JSON.stringify(body)).toBe(201);
    return body.key;
  };

  return { site, optionsFor, documentsOf, post, scopedKey };
};
