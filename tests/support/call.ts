/** How a journey calls Fountain, wherever it runs. */
import { expect } from "vitest";

export interface Target {
  url: string;
  adminUsername: string;
  adminPassword: string;
}

export type Headers = Record<string, string>;

export interface Answer {
  status: number;
  headers: globalThis.Headers;
  body: Record<string, unknown>;
  text: string;
}

/** What a call brings along. */
export interface Call {
  token?: string;
  json?: unknown;
  text?: string | Uint8Array<ArrayBuffer>;
  headers?: Headers;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Makes a call, and reads the JSON of its response. */
export const send = async (
  { url }: Pick<Target, "url">,
  method: string,
  path: string,
  { token, json, text: sent, headers = {} }: Call = {},
): Promise<Answer> => {
  const type = json !== undefined ? "application/json" : sent !== undefined ? "text/plain" : undefined;
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(type !== undefined && { "content-type": type }),
      ...headers,
    },
    body: json === undefined ? (sent ?? null) : JSON.stringify(json),
  });
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
  const parsed: unknown = isJson && text !== "" ? JSON.parse(text) : {};
  return { status: response.status, headers: response.headers, body: isRecord(parsed) ? parsed : {}, text };
};

/** Makes calls to the target; a text in the place of JSON is sent as it is. */
export const caller =
  (target: () => Target) =>
  (method: string, path: string, headers: Headers = {}, json?: unknown): Promise<Answer> =>
    typeof json === "string"
      ? send(target(), method, path, { text: json, headers: { "content-type": "application/json", ...headers } })
      : send(target(), method, path, { json, headers });

/** Asserts a problem document with this status. */
export const expectProblem = (answer: Answer, status: number): void => {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.body).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status,
    detail: expect.any(String),
    code: expect.any(String),
    instance: expect.any(String),
    requestId: answer.headers.get("x-request-id"),
  });
};
