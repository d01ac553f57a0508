/** What the journeys start from: a logged-in administrator, and a service with a key. */
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
