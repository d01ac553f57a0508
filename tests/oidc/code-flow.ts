/** The code flow by hand, step by step, so that a test can do each of them wrongly. */
import { expect } from "vitest";
import { z } from "zod";
import {
  type Application,
  type Browser,
  newVerifier,
  openBrowser,
  type Provider,
  redeem,
  requestTo,
} from "./provider.ts";

const tokensSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  id_token: z.string().optional(),
  scope: z.string(),
});
export type Tokens = z.infer<typeof tokensSchema>;

export interface FlowOptions {
  browser?: Browser;
  /** Of the authorization request. */
  more?: Record<string, string | undefined>;
}

export interface Asked {
  browser: Browser;
  verifier: string;
  steps: readonly string[];
  callback: URL;
  code: string;
  error: string | null;
}

/** As far as the application is called back, with a code or an error. */
export const ask = async (provider: Provider, application: Application, options: FlowOptions = {}): Promise<Asked> => {
  const { browser = openBrowser(provider), more } = options;
  const verifier = newVerifier();
  const { callback, steps, page } = await browser.follow(requestTo(provider, application, verifier, more));
  if (!callback) throw new Error(`the application is not called back: ${page?.text}`);
  const { searchParams: sent } = callback;
  return { browser, verifier, steps, callback, code: sent.get("code") ?? "", error: sent.get("error") };
};

/** Reads what the token endpoint has issued. */
export const tokensIn = async (response: Response): Promise<Tokens> => {
  expect(response.status, await response.clone().text()).toBe(200);
  return tokensSchema.parse(await response.json());
};

/** The error that an endpoint of OAuth responds with. */
export const errorIn = async (response: Response): Promise<unknown> => Object(await response.json())["error"];

/** As far as the tokens. */
export const logIn = async (
  provider: Provider,
  application: Application,
  options: FlowOptions = {},
): Promise<Asked & { tokens: Tokens }> => {
  const asked = await ask(provider, application, options);
  expect(asked.error).toBeNull();
  const { code, verifier } = asked;
  return { ...asked, tokens: await tokensIn(await redeem(provider, application, { code, code_verifier: verifier })) };
};

/** Presents a refresh token at the token endpoint. */
export const refresh = (
  { issuer }: Provider,
  { clientId, clientSecret }: Application,
  refreshToken: string,
): Promise<Response> => {
  const fields = { grant_type: "refresh_token", refresh_token: refreshToken, client_id: clientId };
  const secret = clientSecret === "" ? {} : { client_secret: clientSecret };
  return fetch(`${issuer}/kms/token`, { method: "POST", body: new URLSearchParams({ ...fields, ...secret }) });
};

/** What the userinfo endpoint says to this token. */
export const userInfo = ({ issuer }: Provider, token: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${issuer}/kms/userinfo`, { headers: { authorization: `Bearer ${token}` }, ...init });

/** As if every session of the person had begun this much earlier. */
export const ageSessions = async ({ fountain, person }: Provider, seconds: number): Promise<void> => {
  await fountain.databases["kms"]?.execute({
    sql: "UPDATE sessions SET authenticated_at = authenticated_at - ? WHERE user_id = ?",
    args: [seconds * 1000, person.id],
  });
};
