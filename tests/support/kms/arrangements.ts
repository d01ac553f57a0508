/** What calls that change something in the kms need to find there: users, services, keys, secrets. */
import { expect } from "vitest";
import { logIn, send, signToken, type Target } from "../kms.ts";

/** A call, ready to be made. */
export interface Call {
  path: string;
  body?: unknown;
  /** Instead of a JSON body. */
  form?: Record<string, string>;
  token?: string;
}

export interface Example {
  /** What the audit trail calls it. */
  action: string;
  arrange: () => Promise<Call>;
}

export const PASSWORD = "a long enough password";

export const unique = (): string => `a${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;

/** They are made as an administrator with this token. */
export const arrangements = (kms: () => Target, token: () => string) => {
  const post = async (path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await send(kms(), "POST", path, { token: token(), body });
    expect(response.status, `${path}: ${await response.clone().text()}`).toBeLessThan(300);
    return response.json();
  };

  const newUser = async () => {
    const username = unique();
    const { id } = await post("/users", { username, password: PASSWORD });
    const { accessToken, refreshToken } = await logIn(kms(), username, PASSWORD);
    const stepped = await signToken(kms(), { subject: String(id) });
    return { id: String(id), accessToken, refreshToken, stepped };
  };

  const newClient = async (): Promise<string> =>
    String((await post("/clients", { name: "Notes", redirectUris: ["https://notes.example/"] }))["clientId"]);

  const newService = async (): Promise<string> =>
    String((await post("/services", { name: unique(), scopes: ["search:read"] }))["name"]);

  const newKey = async () => {
    const service = await newService();
    const { id, key } = await post("/keys", { service });
    return { service, id: String(id), key: String(key) };
  };

  const newSecret = async (): Promise<string> => {
    const path = `audited/${unique()}`;
    const response = await send(kms(), "PUT", `/secrets/${path}`, { token: token(), body: { value: "a value" } });
    expect(response.status).toBe(201);
    return `/secrets/${path}`;
  };

  const deletedSecret = async (): Promise<string> => {
    const path = await newSecret();
    expect((await send(kms(), "DELETE", path, { token: token() })).status).toBeLessThan(300);
    return path;
  };

  const newTransitKey = async (): Promise<string> => {
    const name = unique();
    await post("/transit", { name });
    return `/transit/${name}`;
  };

  const ciphertextOf = async (key: string): Promise<string> =>
    String((await post(`${key}/encrypt`, { plaintext: Buffer.from("text").toString("base64") }))["ciphertext"]);

  return { post, newUser, newClient, newService, newKey, newSecret, deletedSecret, newTransitKey, ciphertextOf };
};
