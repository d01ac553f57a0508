/** A call of each operation that succeeds, from the examples that other tests have, and where they have none, from here. */
import { decodeJwt } from "jose";
import type { WorkerName } from "../../../shared/contracts/workers.ts";
import { bearer, createBeginner, type Stack, successOf } from "../../security/callers.ts";
import { OPERATIONS } from "../../security/operations.ts";
import type { Sent } from "../../security/variants.ts";
import { createAuthenticator } from "../../support/authenticator.ts";
import type { Headers } from "../../support/call.ts";
import type { Call as KmsCall } from "../../support/kms/arrangements.ts";
import { examplesOf } from "../../support/kms/changes.ts";
import { signToken } from "../../support/kms.ts";
import { codeIn } from "../../support/mail-server.ts";
import { asked, handleOf, register } from "../../support/passkeys.ts";
import { codeOf, enrol, forgetTimeSteps, type Person, personWith } from "../../support/twofa.ts";
import { PAGE_EXAMPLES } from "./examples-of-pages.ts";
import type { Prepared, Setting } from "./setting.ts";

type Example = (setting: Setting) => Promise<Prepared>;

const json = async (headers: Headers, path: string, body?: unknown): Promise<Prepared> => ({
  headers,
  sent: [path, body],
});

/** Begins a factor by email, and gives the body that confirms it. */
const beginEmail = async ({ stack, caller, mail }: Setting) => {
  const address = `${crypto.randomUUID()}@example.org`;
  const begun = await successOf(stack.call("POST", "/twofa/factors/email", caller.headers, { address }));
  const code = codeIn(mail.mails.findLast(({ to }) => to.includes(address))?.raw ?? "");
  return { path: `/twofa/factors/${begun["factorId"]}/confirm`, body: { code } };
};

/** Somebody without a factor and without an address, just logged in. */
const newPerson = async (stack: Stack): Promise<Person> =>
  personWith(stack.fountain, (await createBeginner(stack)).credential);

/** As often as it takes for search to have its collection, and no reindex under way. */
const settleSearch = ({ stack }: Setting) => stack.fountain.runScheduled("search");

const CURATION = { rule: { query: "harbour", match: "exact" } };

const readRule = async ({ stack, caller }: Setting, rule: string, body: object): Promise<Prepared> => {
  const path = `/search/collections/elements/${rule}`;
  await successOf(stack.call("PUT", path, caller.headers, body));
  return json(caller.headers, path);
};

/** With a token that an application was issued for the caller. */
const asApplication = async ({ stack, caller }: Setting, path: string): Promise<Prepared> => {
  const subject = String(decodeJwt(caller.credential).sub);
  const grant = { subject, clientId: "client_1", scopes: [], identityScopes: ["openid"] } as const;
  return json(bearer(await signToken(stack.fountain, grant)), path);
};

const OWN: Partial<Record<WorkerName, Record<string, Example>>> = {
  gateway: PAGE_EXAMPLES,
  kms: {
    "GET /userinfo": (setting) => asApplication(setting, "/kms/userinfo"),
    "POST /userinfo": (setting) => asApplication(setting, "/kms/userinfo"),
    "POST /login/passkey": async ({ stack }) => {
      const person = await newPerson(stack);
      const { authenticator } = await register(person);
      const options = await stack.call("POST", "/kms/login/passkey/options");
      const response = authenticator.get({ ...asked(options), userHandle: handleOf(person) });
      return json({}, "/kms/login/passkey", { challengeId: options.body["challengeId"], response });
    },
    "GET /audit": async ({ caller }) => json({ ...caller.headers, accept: "application/x-ndjson" }, "/kms/audit"),
  },
  twofa: {
    "POST /factors/{id}/confirm": async (setting) => {
      const { path, body } = await beginEmail(setting);
      return json(setting.caller.headers, path, body);
    },
    "POST /auth/generate": async (setting) => {
      const { path, body } = await beginEmail(setting);
      await successOf(setting.stack.call("POST", path, setting.caller.headers, body));
      return json(setting.caller.headers, "/twofa/auth/generate", { channel: "email" });
    },
    "POST /auth/verify": async ({ stack }) => {
      const person = await newPerson(stack);
      const { secret } = await enrol(person);
      await forgetTimeSteps(stack.fountain, person);
      return json(bearer(person.token), "/twofa/auth/verify", { code: codeOf(secret) });
    },
    "DELETE /users/{id}/factors": async ({ stack, caller }) => {
      const person = await newPerson(stack);
      await enrol(person);
      return json(caller.headers, `/twofa/users/${person.id}/factors`);
    },
    "DELETE /factors/{id}": async ({ stack, caller }) => {
      const person = personWith(stack.fountain, caller.credential);
      const { factorId } = await register(person, createAuthenticator());
      return json(caller.headers, `/twofa/factors/${factorId}`);
    },
  },
  search: {
    "GET /collections/{name}/synonyms/{id}": (setting) => readRule(setting, "synonyms/gate", { synonyms: ["a", "b"] }),
    "GET /collections/{name}/curations/{id}": (setting) => readRule(setting, "curations/one", CURATION),
    "POST /collections/{name}/reindex": async (setting) => {
      await settleSearch(setting);
      return json(setting.caller.headers, "/search/collections/elements/reindex");
    },
  },
  "service-a": {
    "POST /outbox/dead-letters/redrive": async ({ stack, caller }) => {
      await stack.fountain.databases["service-a"]?.execute(
        `INSERT INTO outbox (element_type, element_id, attempts, refusal, next_attempt_at, created_at)
          VALUES ('action', 404, 20, 'too odd', 0, 1000)`,
      );
      return json(caller.headers, "/service-a/outbox/dead-letters/redrive");
    },
  },
};

/** The examples of the kms's own tests, which call it past the gateway, at the gateway. */
const kmsExamplesOf = ({ stack, caller }: Setting) => {
  const { fountain } = stack;
  const kms = { ...fountain, fetch: (path: string, init?: RequestInit) => fountain.fetch(`/kms${path}`, init) };
  return examplesOf(
    () => kms,
    () => caller.credential,
  );
};

const sentOf = ({ path, body, form }: KmsCall): Sent => [`/kms${path}`, body, form === undefined ? {} : { form }];

/** Arranges what the operation needs, and gives a call of it that is ready to be made. */
export const prepare = async (setting: Setting, worker: WorkerName, route: string): Promise<Prepared> => {
  const own = OWN[worker]?.[route];
  if (own) return own(setting);
  const change = worker === "kms" ? kmsExamplesOf(setting)[route] : undefined;
  if (change) {
    const call = await change.arrange();
    const headers = call.form ? {} : bearer(call.token ?? setting.caller.credential);
    return { headers, sent: sentOf(call) };
  }
  const [variant] = OPERATIONS[worker][route] ?? [];
  if (!variant) throw new Error(`there is no example of ${worker} ${route}`);
  const { world, caller, stack } = setting;
  return { headers: caller.headers, sent: await variant.request(world, caller, stack) };
};
