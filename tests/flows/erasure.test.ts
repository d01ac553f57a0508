/** What erasure must reach in the audit trail: entries by the user, and those about them whose actor is not known. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { send } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { openMint } from "../support/mint.ts";
import { logIn as logInByPasskey, register } from "../support/passkeys.ts";
import { type Account, codeOf, enrol, forgetTimeSteps, newPerson } from "../support/twofa.ts";

const STRANGER = "198.51.100.7";

let fountain: Fountain;
let auditor: string;

beforeAll(async () => {
  fountain = await startFountain({ settings: { TRUSTED_PROXIES: "127.0.0.1, ::1" } });
  await fountain.fetch("/.well-known/jwks.json");
  auditor = await (await openMint(fountain)).sign({ scope: SCOPES.join(" ") });
});
afterAll(() => fountain?.stop());

const at = (address: string) => ({ "x-forwarded-for": address });

const trail = async (): Promise<string> => {
  const pages: string[] = [];
  let after = "";
  do {
    const { body } = await send(fountain, "GET", `/kms/audit?limit=200${after}`, { token: auditor });
    pages.push(JSON.stringify(body["items"]));
    after = typeof body["next"] === "string" ? `&after=${body["next"]}` : "";
  } while (after !== "");
  return pages.join("\n");
};

const logIn = (username: string, password: string, address: string) =>
  send(fountain, "POST", "/kms/login", { json: { username, password }, headers: at(address) });

const refresh = (token: unknown, address: string, scope?: string) =>
  fountain.fetch("/kms/token", {
    method: "POST",
    headers: at(address),
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: String(token), ...(scope && { scope }) }),
  });

interface Subject extends Account {
  refreshToken: string;
  secret: string;
}

/** What leaves the caller's address in the trail, by the entry that has it. */
const TRACES: Record<string, (person: Subject, address: string) => Promise<unknown>> = {
  "a wrong password": ({ username }, address) => logIn(username, "not the password", address),
  "a right password": ({ username, password }, address) => logIn(username, password, address),
  "a refused passkey": async (person, address) => {
    await forgetTimeSteps(fountain, person);
    const raised = await person.call("POST", "/auth/verify", { json: { code: codeOf(person.secret) } });
    const { authenticator } = await register(person, undefined, { token: String(raised.body["access_token"]) });
    const answer = await logInByPasskey(
      fountain,
      person,
      authenticator,
      { isVerified: false },
      { headers: at(address) },
    );
    expect(answer.status).toBe(401);
  },
  "a refused refresh": ({ refreshToken }, address) => refresh(refreshToken, address, "users:admin"),
  "a wrong code": (person, address) =>
    person.call("POST", "/auth/verify", { json: { code: "000000" }, headers: at(address) }),
  "a call beyond their rights": ({ token }, address) =>
    send(fountain, "GET", "/kms/users", { token, headers: at(address) }),
  "a refresh token used twice": async ({ refreshToken }, address) => {
    const { refresh_token: successor } = Object(await (await refresh(refreshToken, address)).json());
    await refresh(successor, address);
    expect((await refresh(refreshToken, address)).status).toBe(400);
  },
  "a refresh of a session that has ended": ({ refreshToken }, address) => refresh(refreshToken, address),
};

test("erasure reaches the addresses of what was tried on a user, as well as of what they did", async () => {
  const person = await newPerson(fountain);
  const { secret } = await enrol(person);
  const opened = await logIn(person.username, person.password, "203.0.113.200");
  const subject = { ...person, secret, refreshToken: String(opened.body["refresh_token"]) };

  const traces = Object.entries(TRACES).map(([name, leave], index) => ({
    name,
    leave,
    address: `203.0.113.${index + 1}`,
  }));
  for (const { leave, address } of traces) await leave(subject, address);
  for (let attempt = 0; attempt < 6; attempt += 1) await logIn(person.username, "not the password", STRANGER);
  await logIn(`nobody-${person.username}`, "not the password", "192.0.2.55");

  const before = await trail();
  for (const { name, address } of traces) expect(before, name).toContain(`"${address}"`);
  expect(before).toContain(STRANGER);

  await forgetTimeSteps(fountain, person);
  // The session's second factor for this one request is told too.
  const erased = await send(fountain, "DELETE", "/kms/me", {
    token: person.token,
    headers: { ...at("203.0.113.201"), "x-otp": codeOf(secret) },
  });
  expect(erased.status).toBe(204);

  const after = await trail();
  expect(after).toContain(person.id);
  expect(after).not.toContain(person.username);
  expect(after).not.toContain("203.0.113.");
  expect(after).not.toContain(STRANGER);
  // Whose it was is not known: it tells of no user.
  expect(after).toContain("192.0.2.55");
});
