/** What the journeys start from: a logged-in administrator, and a service with a key. */
import { generate } from "otplib";
import type { Target } from "./call.ts";

const post = async (url: string, headers: Record<string, string>, json: unknown): Promise<Record<string, unknown>> => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(json),
  });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return response.json().then((body: unknown) => (typeof body === "object" && body !== null ? { ...body } : {}));
};

/** The headers of a fresh login as the administrator. */
export const logIn = async ({ url, adminUsername, adminPassword }: Target): Promise<Record<string, string>> => {
  const tokens = await post(`${url}/kms/login`, {}, { username: adminUsername, password: adminPassword });
  return { authorization: `Bearer ${tokens["access_token"]}` };
};

/** The headers of a new service with these scopes. */
export const registerService = async (
  { url }: Target,
  administrator: Record<string, string>,
  name: string,
  scopes: readonly string[],
): Promise<Record<string, string>> => {
  await post(`${url}/kms/services`, administrator, { name, scopes });
  const { key } = await post(`${url}/kms/keys`, administrator, { service: name });
  return { "x-api-key": String(key) };
};

/**
 * Enrols the administrator's first factor. Each call of what it gives logs in and passes a recovery code, of which there
 * are ten: the headers are good for five minutes of step-up.
 */
export const createStepUp = async (target: Target): Promise<() => Promise<Record<string, string>>> => {
  const plain = await logIn(target);
  const { factorId, secret } = await post(`${target.url}/twofa/factors/totp`, plain, {});
  const code = await generate({ secret: String(secret) });
  const confirmed = await post(`${target.url}/twofa/factors/totp/confirm`, plain, { factorId, code });
  const codes: unknown[] = Array.isArray(confirmed["recoveryCodes"]) ? confirmed["recoveryCodes"] : [];
  return async () => {
    const raised = await post(`${target.url}/twofa/auth/verify`, await logIn(target), { recoveryCode: codes.pop() });
    return { authorization: `Bearer ${raised["access_token"]}` };
  };
};

/** The headers of the administrator, having enrolled a first factor and passed it: good for five minutes of step-up. */
export const logInAndStepUp = async (target: Target): Promise<Record<string, string>> => (await createStepUp(target))();
