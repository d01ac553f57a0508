/** What the tests of this worker share: one caller with every right, and calls in their name. */
import { generate } from "otplib";
import { expect } from "vitest";
import { type Answer, type Call, send } from "./call.ts";
import type { Fountain } from "./harness.ts";

/** Calls service-a through the gateway. */
export type Caller = (method: string, path: string, call?: Call) => Promise<Answer>;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** The administrator, having passed a second factor. */
export const steppedUp = async (fountain: Fountain): Promise<Caller> => {
  const { adminUsername: username, adminPassword: password } = fountain;
  const login = await send(fountain, "POST", "/kms/login", { json: { username, password } });
  const plain = { authorization: `Bearer ${login.body["access_token"]}` };
  const begun = await send(fountain, "POST", "/twofa/factors/totp", { headers: plain });
  const { factorId, secret } = begun.body;
  const codeAt = (epoch: number): Promise<string> => generate({ secret: String(secret), epoch });
  const nowSeconds = Math.floor(Date.now() / 1000);
  const json = { factorId, code: await codeAt(nowSeconds) };
  await send(fountain, "POST", "/twofa/factors/totp/confirm", { headers: plain, json });
  const code = await codeAt(nowSeconds + 30);
  const raised = await send(fountain, "POST", "/twofa/auth/verify", { headers: plain, json: { code } });
  expect(raised.status).toBe(200);
  const authorization = `Bearer ${raised.body["access_token"]}`;
  return (method, path, call = {}) =>
    send(fountain, method, `/service-a${path}`, { ...call, headers: { authorization, ...call.headers } });
};

/** The items of a list, or another array in an answer. */
export const itemsOf = ({ body }: Answer, name = "items"): Record<string, unknown>[] => {
  const items = body[name];
  return Array.isArray(items) ? items.filter(isRecord) : [];
};

/** The items of every page of a list. */
export const allItems = async (call: Caller, path: string, limit = 200): Promise<Record<string, unknown>[]> => {
  const items: Record<string, unknown>[] = [];
  let after = "";
  do {
    const page = await call("GET", `${path}${path.includes("?") ? "&" : "?"}limit=${limit}${after}`);
    expect(page.status).toBe(200);
    items.push(...itemsOf(page));
    after = page.body["next"] === null ? "" : `&after=${page.body["next"]}`;
  } while (after !== "");
  return items;
};

/** The pointers to what was wrong with the input. */
export const pointersOf = (answer: Answer): unknown[] => itemsOf(answer, "errors").map((error) => error["pointer"]);

/** The rows of a query on this worker's database. */
export const rowsOf = async (fountain: Fountain, sql: string): Promise<Record<string, unknown>[]> => {
  const found = await fountain.databases["service-a"]?.execute(sql);
  return (found?.rows ?? []).map((row) => ({ ...row }));
};

/** So many calls at once. */
export const atOnce = <Value>(count: number, call: (index: number) => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)));
