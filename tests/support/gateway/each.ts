/** A new gateway for each test of a file, and the calls that its tests share. */
import { afterEach, beforeEach, vi } from "vitest";
import { createTestGateway, type TestGateway } from "../gateway.ts";

export const JSON_TYPE = { "content-type": "application/json" };

export const ALL_SCOPES = "users:admin keys:read keys:write sequence:read sequence:write";

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export const codeOf = async (response: Response): Promise<unknown> => Object(await response.json()).code;

/** Call it at the top of a test file. */
export const useTestGateway = () => {
  let gateway: TestGateway;
  let lines: string[] = [];
  beforeEach(async () => {
    lines = [];
    vi.spyOn(console, "log").mockImplementation((line) => lines.push(String(line)));
    gateway = await createTestGateway();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  return {
    gateway: () => gateway,
    /** What it logged. */
    lines: () => lines,
    get: (path: string, headers: Record<string, string> = {}) => gateway.fetch(path, { headers }),
    /** A call that demands a second factor. */
    reorder: (headers: Record<string, string>, body = "{}") =>
      gateway.fetch("/service-a/sequence/reorder", { method: "POST", headers: { ...JSON_TYPE, ...headers }, body }),
    /** A user's token with scopes to change things, with some claims replaced. */
    editorToken: (replaced: Record<string, unknown> = {}) => gateway.userToken({ scope: ALL_SCOPES, ...replaced }),
  };
};
