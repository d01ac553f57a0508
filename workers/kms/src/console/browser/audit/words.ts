/** Says of an audit entry in words what was done. */
import type { Schemas } from "#console";

export type Entry = Schemas["kms.AuditEntry"];

type Phrase = readonly [infinitive: string, past: string];

/** Actions that the rule below would put oddly. */
const PHRASES: Readonly<Record<string, Phrase>> = {
  login: ["log in", "logged in"],
  "login.passkey": ["log in with a passkey", "logged in with a passkey"],
  "access.refuse": ["call", "called"],
  "user.log-out": ["log out", "logged out"],
  "user.roles": ["change the roles of user", "changed the roles of user"],
  "user.password": ["change the password of user", "changed the password of user"],
  "user.reset-factors": ["reset the second factors of user", "reset the second factors of user"],
  "token.client-credentials": ["get a token by client credentials", "got a token by client credentials"],
  "token.authorization-code": ["get a token by an authorization code", "got a token by an authorization code"],
  "token.device-code": ["get a token by a device code", "got a token by a device code"],
  "key.leaked": ["report a leaked key", "reported a leaked key"],
  "service.webhook": ["change the webhook of service", "changed the webhook of service"],
  "password.forgot": ["ask for a new password", "asked for a new password"],
  "sign-up.request": ["sign up", "signed up"],
};

/** What does not just end with -ed. */
const PAST: Readonly<Record<string, string>> = {
  put: "put",
  read: "read",
  write: "wrote",
  give: "gave",
  withdraw: "withdrew",
  send: "sent",
  enrol: "enrolled",
  wrap: "wrapped",
  unwrap: "unwrapped",
  rewrap: "rewrapped",
};

const pastOf = (verb: string): string => PAST[verb] ?? `${verb.replace(/e$/, "").replace(/y$/, "i")}ed`;

/** `user.lock`: `lock user`, `locked user`. */
const phraseOf = (action: string): Phrase => {
  const [noun = "", verb] = action.replaceAll("-", " ").split(".");
  return PHRASES[action] ?? (verb === undefined ? [noun, noun] : [`${verb} ${noun}`, `${pastOf(verb)} ${noun}`]);
};

const OUTCOMES: Readonly<Record<Entry["outcome"], (phrase: Phrase) => string>> = {
  success: ([, past]) => past,
  failure: ([infinitive]) => `failed to ${infinitive}`,
  refused: ([infinitive]) => `was not allowed to ${infinitive}`,
};

/** What stands between who did it and what it was done to: `locked user`. */
export const deedOf = ({ action, outcome }: Pick<Entry, "action" | "outcome">): string =>
  OUTCOMES[outcome](phraseOf(action));
