/** What the tests of the OpenID provider share: a Fountain, applications that are registered with it, and people's browsers. */
import { createHash, randomBytes } from "node:crypto";
import { expect } from "vitest";
import { z } from "zod";
import { freePorts } from "../../runtime/local/ports.ts";
import { send } from "../support/call.ts";
import type { RunOptions } from "../support/fountain/workers.ts";
import { openVisitor, type PageAnswer, type Visitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { type Account, newPerson } from "../support/twofa.ts";

/** Of applications that nothing has to be sent to: browsers here do not follow. */
export const REDIRECT_URI = "https://app.example/callback";

const registered = z.object({ clientId: z.string(), clientSecret: z.string().default("") });
export type Application = z.infer<typeof registered>;

export interface Provider {
  fountain: Fountain;
  issuer: string;
  person: Account;
  /** Someone else. */
  other: Account;
  /** The headers of an administrator who has stepped up. */
  administrator: Record<string, string>;
  /** Registers an application; by default with {@link REDIRECT_URI} and a secret. */
  register(more?: Record<string, unknown>): Promise<Application>;
}

/** Starts it where it says that it is, as relying parties demand. */
export const startProvider = async (
  settings: Record<string, string> = {},
  options: Pick<RunOptions, "internet"> = {},
): Promise<Provider> => {
  const [port = 0] = await freePorts();
  const issuer = `http://localhost:${port}`;
  const fountain = await startFountain({ ...options, port, settings: { PUBLIC_URL: issuer, ...settings } });
  const person = await newPerson(fountain, "mara@people.example");
  const other = await newPerson(fountain);
  const administrator = await logInAndStepUp(fountain);
  return {
    fountain,
    issuer,
    person,
    other,
    administrator,
    register: async (more = {}) => {
      const json = { name: "Storyboards", redirectUris: [REDIRECT_URI], scopes: ["search:read"], ...more };
      const { status, body, text } = await send(fountain, "POST", "/kms/clients", { json, headers: administrator });
      expect(status, text).toBe(201);
      return registered.parse(body);
    },
  };
};

/** What a person met on the way, and where it ended. */
export interface Journey {
  steps: ("log-in" | "consent")[];
  /** Where the application is called back; `undefined`: nowhere. */
  callback: URL | undefined;
  /** The last one that they saw. */
  page: PageAnswer | undefined;
}

export interface Browser extends Visitor {
  /** Opens an address, logs in, and decides where asked. */
  follow(address: URL | string, choice?: "allow" | "deny"): Promise<Journey>;
}

/** Where the page leads by itself. */
const onward = ({ location, html }: PageAnswer): string | null =>
  location ?? /http-equiv="refresh" content="0;url=([^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? null;

/** What the page asks. */
const questionOf = ({ html }: PageAnswer): Journey["steps"][number] | undefined => {
  if (html.includes('name="decision"')) return "consent";
  return html.includes('name="password"') ? "log-in" : undefined;
};

const MOST_PAGES = 12;

/** A browser of that person, without a script. */
export const openBrowser = ({ fountain, issuer, person }: Provider, account: Account = person): Browser => {
  const visitor = openVisitor(fountain);
  const answer = (step: Journey["steps"][number], choice: string): Promise<PageAnswer> =>
    step === "consent"
      ? visitor.submit("/oauth/authorize", { decision: choice }, 'name="decision"')
      : visitor.submit("/account/login", { username: account.username, password: account.password }, 'name="password"');

  const follow: Browser["follow"] = async (address, choice = "allow") => {
    const steps: Journey["steps"] = [];
    let page: PageAnswer | undefined;
    let next: string | null = String(address);
    for (let count = 0; count < MOST_PAGES; count += 1) {
      if (next === null) throw new Error("there is no page");
      const to: URL = new URL(next, issuer);
      if (to.origin !== issuer) return { steps, callback: to, page };
      page = await visitor.get(to.pathname + to.search);
      next = onward(page);
      if (next !== null) continue;
      const step = questionOf(page);
      if (step === undefined) return { steps, callback: undefined, page };
      steps.push(step);
      page = await answer(step, choice);
      next = onward(page);
      if (next === null) return { steps, callback: undefined, page };
    }
    throw new Error(`it never ends: ${steps.join(", ")}`);
  };
  return { ...visitor, follow };
};

/** What PKCE keeps and sends (RFC 7636 §4). */
export const newVerifier = (): string => randomBytes(32).toString("base64url");
export const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");

/** The address of an authorization request; `undefined` takes a parameter out. */
export const requestTo = (
  { issuer }: Pick<Provider, "issuer">,
  { clientId }: Application,
  verifier: string,
  more: Record<string, string | undefined> = {},
): string => {
  const parameters = Object.entries({
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    scope: "openid",
    state: "of the application",
    nonce: "once",
    code_challenge: challengeOf(verifier),
    code_challenge_method: "S256",
    ...more,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return `${issuer}/oauth/authorize?${new URLSearchParams(parameters)}`;
};

/** Presents a code at the token endpoint, as the application would. */
export const redeem = (
  { issuer }: Pick<Provider, "issuer">,
  { clientId, clientSecret }: Application,
  form: Record<string, string | undefined>,
): Promise<Response> => {
  const fields = Object.entries({
    grant_type: "authorization_code",
    client_id: clientId,
    ...(clientSecret !== "" && { client_secret: clientSecret }),
    redirect_uri: REDIRECT_URI,
    ...form,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return fetch(`${issuer}/kms/token`, { method: "POST", body: new URLSearchParams(fields) });
};
