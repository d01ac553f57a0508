/** What the tests of passkeys share: the ceremonies, played by authenticators in software. */
import { expect } from "vitest";
import { type Authenticator, type Ceremony, createAuthenticator } from "./authenticator.ts";
import { type Answer, type Call, send } from "./call.ts";
import type { Fountain } from "./harness.ts";
import { type Person, textsOf } from "./twofa.ts";

/** As in wrangler.toml's PUBLIC_URL. */
const PAGE = { origin: "http://localhost:8787", rpId: "localhost" };

/** The ceremony that the options ask for, on our own page. */
export const asked = ({ body }: Answer): Ceremony => ({ ...PAGE, challenge: String(body["challenge"]) });
/** What authenticators identify the user by. */
export const handleOf = ({ id }: Person): string => Buffer.from(id).toString("base64url");
/** The claims of the token in a response. */
export const claimsOf = ({ body }: Answer): Record<string, unknown> =>
  Object(JSON.parse(Buffer.from(String(body["access_token"]).split(".")[1] ?? "", "base64url").toString()));

export interface Registered {
  authenticator: Authenticator;
  factorId: string;
  recoveryCodes: string[];
}

/** Gives the user this passkey. */
export const register = async (
  person: Person,
  authenticator = createAuthenticator(),
  { token = person.token, ...ceremony }: Partial<Ceremony> & { token?: string } = {},
): Promise<Registered> => {
  const options = await person.call("POST", "/factors/webauthn/options", { token });
  expect(options.status).toBe(200);
  const response = authenticator.create({ ...asked(options), ...ceremony });
  const created = await person.call("POST", "/factors/webauthn", { token, json: { response } });
  expect(created).toMatchObject({ status: 201 });
  const { factorId, recoveryCodes } = created.body;
  return { authenticator, factorId: String(factorId), recoveryCodes: textsOf(recoveryCodes) };
};

/** Asks for the options of a step-up. */
export const challenge = async (person: Person): Promise<Answer> => {
  const options = await person.call("POST", "/auth/generate", { json: { channel: "webauthn" } });
  expect(options.status).toBe(200);
  return options;
};

/** Steps up with the passkey. */
export const pass = async (
  person: Person,
  authenticator: Authenticator,
  ceremony: Partial<Ceremony> = {},
): Promise<Answer> => {
  const options = await challenge(person);
  const response = authenticator.get({ ...asked(options), ...ceremony });
  return person.call("POST", "/auth/verify", { json: { challengeId: options.body["challengeId"], response } });
};

/** A call from this address, as a proxy reports it. */
export const from = (address: string) => ({ headers: { "x-forwarded-for": address } });

/** Logs in with the passkey alone. */
export const logIn = async (
  fountain: Fountain,
  person: Person,
  authenticator: Authenticator,
  ceremony: Partial<Ceremony> = {},
  { headers }: Pick<Call, "headers"> = {},
): Promise<Answer> => {
  const options = await send(fountain, "POST", "/kms/login/passkey/options");
  const response = authenticator.get({ ...asked(options), userHandle: handleOf(person), ...ceremony });
  const json = { challengeId: options.body["challengeId"], response };
  return send(fountain, "POST", "/kms/login/passkey", { json, ...(headers && { headers }) });
};
