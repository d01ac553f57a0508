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

/** Makes calls to the target, and reads JSON answers. */
export const caller =
  (target: () => Target) =>
  async (method: string, path: string, headers: Headers = {}, json?: unknown): Promise<Answer> => {
    const response = await fetch(target().url + path, {
      method,
      headers: { ...(json !== undefined && { "content-type": "application/json" }), ...headers },
      body: json === undefined ? null : typeof json === "string" ? json : JSON.stringify(json),
    });
    const text = await response.text();
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : {}, text };
  };

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
