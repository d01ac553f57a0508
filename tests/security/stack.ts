/** A Fountain with everything that operations are tried with, and how one of them is sent. */
import type { Answer, Headers } from "../support/call.ts";
import { caller } from "../support/call.ts";
import type { Fountain } from "../support/harness.ts";
import { bearer, type Stack, successOf, unique } from "./callers.ts";
import type { Sent } from "./variants.ts";
import { createAdministrator } from "./world.ts";

const formOf =
  (fountain: Fountain): Stack["form"] =>
  async (path, fields, headers = {}) => {
    const response = await fountain.fetch(path, { method: "POST", headers, body: new URLSearchParams(fields) });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text.startsWith("{") ? JSON.parse(text) : {},
    };
  };

export const createStack = async (fountain: Fountain): Promise<Stack> => {
  const call = caller(() => fountain);
  const first = { username: fountain.adminUsername, password: fountain.adminPassword };
  const administrator = bearer(await createAdministrator(call, first));
  const account = { username: `victim-${unique()}`, password: "a password for tests: anchor" };
  await successOf(call("POST", "/kms/users", administrator, { ...account, roles: ["admin"] }));
  const victim = { account, token: await createAdministrator(call, account) };
  return { fountain, call, form: formOf(fountain), administrator, victim };
};

export const send = (
  { call, form }: Pick<Stack, "call" | "form">,
  method: string,
  headers: Headers,
  [path, json, more = {}]: Sent,
): Promise<Answer> => {
  if (more.form) return form(path, more.form, headers);
  if (more.text === undefined) return call(method, path, headers, json);
  return call(method, path, { ...headers, "content-type": "text/plain" }, more.text);
};
