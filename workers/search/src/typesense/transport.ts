/**
 * Sends one request to one node by way of Typesense's own client, which knows the headers and the encoding. Its retries
 * are off and its time-outs are ours: it would repeat every method, creating keys included, and wait for an import for
 * ever.
 */

import { Client } from "typesense";
import type { ConfigurationOptions } from "typesense/lib/Typesense/Configuration.js";
import { success } from "#shared/lang/result.ts";
import { failureOf, type Reply, type TypesenseRequest, unreachable } from "./reply.ts";

type Adapter = Extract<ConfigurationOptions["axiosAdapter"], (...args: never[]) => unknown>;
type AdapterConfig = Parameters<Adapter>[0];

/** Sends a request with a key to the node at a URL, and waits this long for the whole response. */
export type Transport = (node: string, key: string, request: TypesenseRequest, timeoutMs: number) => Promise<Reply>;

/** The service that leads to the nodes, or nothing where the network does. */
export type Network = Pick<Fetcher, "fetch"> | undefined;

interface RawResponse {
  status: number;
  text: string;
  isText: boolean;
  retryAfter: string | null;
}

const urlOf = ({ url = "", params }: AdapterConfig): string => {
  const query = new URLSearchParams(Object.entries(params ?? {}).map(([name, value]) => [name, String(value)]));
  return query.size === 0 ? url : `${url}?${query}`;
};

const send = async (config: AdapterConfig, network: Network, timeoutMs: number): Promise<RawResponse> => {
  const init = {
    method: (config.method ?? "get").toUpperCase(),
    headers: Object.entries(config.headers.toJSON()).map(([name, value]): [string, string] => [name, String(value)]),
    body: typeof config.data === "string" ? config.data : null,
    // A redirect would take the key along to wherever it leads.
    redirect: "manual",
    // A share of the time left may be a fraction, which throws.
    signal: AbortSignal.timeout(Math.floor(timeoutMs)),
  } satisfies RequestInit;
  const response = await (network ? network.fetch(urlOf(config), init) : fetch(urlOf(config), init));
  return {
    status: response.status,
    text: await response.text(),
    isText: (response.headers.get("content-type") ?? "").startsWith("text/plain"),
    retryAfter: response.headers.get("retry-after"),
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What Typesense says of an error; it does not always escape it, and then the body is no JSON. */
const messageIn = (text: string): string => {
  const body = parseJson(text);
  const isObject = typeof body === "object" && body !== null && "message" in body;
  return isObject ? String(body.message) : text;
};

const replyOf = ({ status, text, isText, retryAfter }: RawResponse): Reply => {
  if (status < 200 || status > 299) return { ok: false, error: failureOf(status, messageIn(text), retryAfter) };
  if (isText) return success(text);
  const body = parseJson(text);
  return body === undefined ? unreachable("a response that is not JSON") : success(body);
};

const JSON_LINES = { "Content-Type": "application/octet-stream" };

const callApi = ({ apiCall }: Client, { method, path, query = {}, body = {} }: TypesenseRequest): Promise<unknown> => {
  if (method === "get" || method === "delete") return apiCall[method](path, query);
  if (method === "post") return apiCall.post(path, body, query, typeof body === "string" ? JSON_LINES : {});
  return apiCall[method](path, body, query);
};

/** A transport over this network. A node that does not respond is a failure, never an exception. */
export const createTransport =
  (network: Network): Transport =>
  async (node, key, request, timeoutMs) => {
    let response: RawResponse | undefined;
    const client = new Client({
      nodes: [{ url: node }],
      apiKey: key,
      numRetries: 0,
      logLevel: "silent",
      axiosAdapter: async (config) => {
        response = await send(config, network, timeoutMs);
        // The client sees a success without a body: the response is interpreted here, from its text.
        return { data: "", status: 200, statusText: "", headers: {}, config };
      },
    });
    try {
      await callApi(client, request);
    } catch (error) {
      return unreachable(error instanceof Error ? error.message : String(error));
    }
    return response ? replyOf(response) : unreachable("no response");
  };
