/**
 * Every operation of the route table, called once with success: one that changes something leaves exactly one entry in the
 * audit trail, one line in the log and one count, which say the same. The rest leave none.
 */
import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WORKERS, type WorkerName } from "../../shared/contracts/workers.ts";
import { ROUTES } from "../../shared/policy/routes.ts";
import { parseExposition } from "../observability/exposition.ts";
import { type Caller, createControl, type Stack } from "../security/callers.ts";
import { OPERATIONS } from "../security/operations.ts";
import { createStack, send } from "../security/stack.ts";
import { createWorld } from "../security/world.ts";
import { createCertificate } from "../support/certificate.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { TERMS_SETTINGS } from "../support/kms/consents.ts";
import { signToken } from "../support/kms.ts";
import { MAIL_PASSWORD, MAIL_USER, type MailServer, startMailServer } from "../support/mail-server.ts";
import { ACCOUNT_SID, AUTH_TOKEN, SENDER, startTwilio, type Twilio } from "../support/twilio.ts";
import { type StandIn, startTypesense } from "../typesense/stand-in.ts";
import { prepare } from "./recording/examples.ts";
import { EXPECTED, type Expectation } from "./recording/expectations.ts";
import type { Setting } from "./recording/setting.ts";

/** The kms comes last, as it changes the keys that everything else depends on. */
const ROWS = [...WORKERS.filter((worker) => worker !== "kms"), "kms" as const].flatMap((worker) =>
  Object.keys(ROUTES[worker]).map((route) => ({ worker, route, name: `${worker} ${route}` })),
);
const EXPECTATIONS: Record<WorkerName, Record<string, Expectation>> = EXPECTED;

/** What an event says, in each of the three places. */
interface Recorded {
  action: unknown;
  outcome: unknown;
  actor: unknown;
  target: unknown;
}

let typesense: StandIn;
let mail: MailServer;
let twilio: Twilio;
let fountain: Fountain;
let setting: Setting;

beforeAll(async () => {
  const certificate = createCertificate("localhost");
  [typesense, mail, twilio] = await Promise.all([startTypesense(), startMailServer({ certificate }), startTwilio()]);
  fountain = await startFountain({
    trustedCertificates: [certificate.cert],
    settings: {
      LOG_LEVEL: "debug",
      REGISTRATION: "open",
      ...TERMS_SETTINGS,
      ...typesense.settings,
      SMTP_URL: `smtp://${MAIL_USER}:${encodeURIComponent(MAIL_PASSWORD)}@localhost:${mail.port}`,
      MAIL_FROM: "Fountain <codes@fountain.example>",
      TWILIO_URL: `${twilio.url}/`,
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_FROM: SENDER,
    },
  });
  const stack = await createStack(fountain);
  setting = { stack, world: await createWorld(stack), caller: await createControl(stack), mail };
});
afterAll(async () => {
  await fountain?.stop();
  await Promise.all([typesense?.close(), mail?.stop(), twilio?.stop()]);
});

/** Always within five minutes of a second factor, however slow the machine is. */
const refreshed = async (caller: Caller): Promise<Caller> => {
  const { sub: subject, sid } = decodeJwt(caller.credential);
  const credential = await signToken(fountain, { subject: String(subject), sessionId: String(sid) });
  return { ...caller, credential, headers: { authorization: `Bearer ${credential}` } };
};
beforeEach(async () => {
  setting.caller = await refreshed(setting.caller);
  const { stack }: { stack: Stack } = setting;
  stack.administrator = { authorization: `Bearer ${await signToken(fountain)}` };
});

const entriesOf = async (requestId: string): Promise<Recorded[]> => {
  const stored = await fountain.databases["kms"]?.execute({
    sql: "SELECT action, outcome, actor, target FROM audit_entries WHERE request_id = ? ORDER BY id",
    args: [requestId],
  });
  return (stored?.rows ?? []).map(({ action, outcome, actor, target }) => ({ action, outcome, actor, target }));
};

/** The gateway writes the line of the request last, when all is done. */
const linesOf = async (requestId: string): Promise<Recorded[]> => {
  const lines = (): Record<string, unknown>[] =>
    fountain.logs
      .filter((line) => line.startsWith("{") && line.includes(`"requestId":"${requestId}"`))
      .map((line) => JSON.parse(line));
  const isDone = () => lines().some(({ service, event }) => service === "gateway" && event === "request");
  await expect.poll(isDone, { timeout: 10_000, interval: 5 }).toBe(true);
  return lines()
    .filter(({ event }) => event === "security")
    .map(({ action, outcome, subject = null, target = null }) => ({ action, outcome, actor: subject, target }));
};

/** The counts of all workers so far, by action and outcome. */
const counts = async (): Promise<Map<string, number>> => {
  const counted = new Map<string, number>();
  for (const { name, labels, value } of parseExposition(await fountain.metrics()).samples) {
    if (name !== "fountain_security_events_total") continue;
    const kind = `${labels["action"]} ${labels["outcome"]}`;
    counted.set(kind, (counted.get(kind) ?? 0) + value);
  }
  return counted;
};

const byText = (a: Recorded, b: Recorded): number => JSON.stringify(a).localeCompare(JSON.stringify(b));
const kindOf = ({ action, outcome }: Pick<Recorded, "action" | "outcome">): string => `${action} ${outcome}`;
const increments = (before: Map<string, number>, after: Map<string, number>): string[] =>
  [...after].flatMap(([kind, count]) => Array.from({ length: count - (before.get(kind) ?? 0) }, () => kind));

/** The entries of all requests and of what workers do on their own, after the one with this id. */
const entriesAfter = async (id: number): Promise<Recorded[]> => {
  const sql = "SELECT action, outcome, actor, target FROM audit_entries WHERE id > ? ORDER BY id";
  const stored = await fountain.databases["kms"]?.execute({ sql, args: [id] });
  return (stored?.rows ?? []).map(({ action, outcome, actor, target }) => ({ action, outcome, actor, target }));
};

const lastEntryId = async (): Promise<number> => {
  const stored = await fountain.databases["kms"]?.execute("SELECT COALESCE(MAX(id), 0) AS id FROM audit_entries");
  return Number(stored?.rows[0]?.["id"]);
};

/** What is stored and counted so far, read while nothing was stored. */
const stateNow = async (): Promise<{ lastId: number; counted: Map<string, number> }> => {
  for (;;) {
    const lastId = await lastEntryId();
    const counted = await counts();
    if ((await lastEntryId()) === lastId) return { lastId, counted };
  }
};

/** Far beyond what a quiet machine needs. */
const COUNTED_WITHIN = { timeout: 15_000, interval: 200 };

/** What a worker does on its own, such as reading a secret that it keeps, has events of its own. */
const isOfCaller = ({ actor }: Recorded): boolean => !String(actor).startsWith("worker:");

const actionsOf = (expectation: Expectation): readonly string[] => {
  if (typeof expectation !== "string") return expectation;
  return expectation === "content" || expectation === "nothing" ? [] : [expectation];
};

test("classifies every operation", () => {
  for (const worker of WORKERS)
    expect(Object.keys(EXPECTATIONS[worker]).toSorted(), worker).toEqual(Object.keys(ROUTES[worker]).toSorted());
});

describe("an operation that succeeds is recorded once in the audit trail, the log and the metrics alike", () => {
  test.each(ROWS)("$name", async ({ worker, route }) => {
    const method = route.slice(0, route.indexOf(" "));
    const { headers, sent } = await prepare(setting, worker, route);
    const requestId = `recorded-${crypto.randomUUID()}`;
    const before = await stateNow();
    const answer = await send(setting.stack, method, { ...headers, "x-request-id": requestId }, sent);
    const isReadOfNothing = method === "GET" && OPERATIONS[worker][route]?.[0]?.answers?.includes(answer.status);
    if (!isReadOfNothing) expect(answer.status, `${answer.status} ${answer.text}`).toBeLessThan(300);

    const lines = await linesOf(requestId);
    const entries = await entriesOf(requestId);
    const actions = actionsOf(EXPECTATIONS[worker][route] ?? "nothing");
    expect(entries.filter(isOfCaller).map(kindOf)).toEqual(actions.map((action) => `${action} success`));
    // Workers write independently of each other.
    expect(lines.toSorted(byText)).toEqual(entries.toSorted(byText));
    // A worker may do something on its own meanwhile, which is stored a moment before it is counted.
    const countedAndStored = async () => [
      increments(before.counted, await counts()).toSorted(),
      (await entriesAfter(before.lastId)).map(kindOf).toSorted(),
    ];
    await expect
      .poll(async () => {
        const [counted, stored] = await countedAndStored();
        return JSON.stringify(counted) === JSON.stringify(stored) ? "alike" : { counted, stored };
      }, COUNTED_WITHIN)
      .toBe("alike");
  });
});
