/**
 * Whether the time of a response says who has an account: what anyone may send with a name or an address, for names that are known
 * and for others, in turns and in random order.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Fountain } from "../support/harness.ts";
import { verifyAddress } from "../support/kms/links.ts";
import { logIn } from "../support/session.ts";
import { startWorkerd } from "../support/workerd.ts";
import { percentile, timed } from "./measure.ts";
import { milliseconds, type Table } from "./table.ts";

const TRIES = 200;
const WARM_UP = 10;
/** Of each kind; each is tried less often than slows a caller down. */
const ACCOUNTS = 70;
/** What goes on after a response ends before the next try. */
const PAUSE_MS = 40;

interface Subject {
  name: string;
  email: string;
}

const KINDS = ["unknown", "verified", "unverified", "locked"] as const;
type Kind = (typeof KINDS)[number];

const created = z.object({ id: z.string() });

/** People of one kind, as the administrator makes them. */
const createSubjects = async (fountain: Fountain, kind: Kind, headers: Record<string, string>): Promise<Subject[]> => {
  const subjects = Array.from({ length: ACCOUNTS }, () => {
    const name = `a${crypto.randomUUID().replaceAll("-", "")}`;
    return { name, email: `${name}@example.org` };
  });
  if (kind === "unknown") return subjects;
  const post = (path: string, body: object = {}): Promise<Response> =>
    fountain.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  for (const { name, email } of subjects) {
    const response = await post("/kms/users", { username: name, email, password: "a long enough password" });
    const { id } = created.parse(await response.json());
    if (kind !== "unverified") await verifyAddress(fountain, id);
    if (kind === "locked") await post(`/kms/users/${id}/lock`);
  }
  return subjects;
};

/** What is sent, and with which kinds of names; the first is what the others are compared with. */
const OPERATIONS: Record<string, { path: string; body: (subject: Subject) => object; status: number; kinds: Kind[] }> =
  {
    "login, wrong password": {
      path: "/kms/login",
      body: ({ name }) => ({ username: name, password: "not the password" }),
      status: 401,
      kinds: ["unknown", "verified", "locked"],
    },
    "forgotten password": {
      path: "/kms/password/forgot",
      body: ({ name }) => ({ login: name }),
      status: 202,
      kinds: ["unknown", "verified", "unverified", "locked"],
    },
    "new password, wrong code": {
      path: "/kms/password/reset",
      body: ({ name }) => ({ login: name, code: "00000000", newPassword: "another long enough password" }),
      status: 403,
      kinds: ["unknown", "verified", "locked"],
    },
    "sign-up by mail": {
      path: "/kms/sign-up",
      body: ({ email }) => ({ email }),
      status: 202,
      kinds: ["unknown", "verified", "unverified"],
    },
  };

/** Each try comes from an address of its own, so that none is slowed down for another. */
const addresses = (): (() => string) => {
  let count = 0;
  return () => {
    count += 1;
    return `10.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}`;
  };
};

const shuffled = <Value>(values: readonly Value[]): Value[] =>
  values
    .map((value) => ({ value, at: Math.random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ value }) => value);

/** How often a time of the first is longer than one of the second; one half: they say nothing. */
const shareLonger = (first: readonly number[], second: readonly number[]): number => {
  const sorted = second.toSorted((one, other) => one - other);
  const below = first.map((time) => {
    const index = sorted.findIndex((other) => other >= time);
    return index === -1 ? sorted.length : index;
  });
  return below.reduce((sum, count) => sum + count, 0) / (first.length * second.length);
};

interface Times {
  responses: number[];
  /** Of anyone's request that comes right after. */
  next: number[];
}

const row = (operation: string, kind: Kind, times: readonly number[], unknown: readonly number[]): string[] => [
  operation,
  kind,
  ...[0.1, 0.25, 0.5, 0.75].map((share) => milliseconds(percentile(times, share))),
  kind === "unknown" ? "" : shareLonger(times, unknown).toFixed(2),
];

const rowsOf = (operation: string, measured: ReadonlyMap<Kind, Times>): string[][] => {
  const unknown = measured.get("unknown");
  return [...measured].flatMap(([kind, { responses, next }]) => [
    row(operation, kind, responses, unknown?.responses ?? []),
    row(`${operation}; the next request of anyone`, kind, next, unknown?.next ?? []),
  ]);
};

const measure = async (fountain: Fountain): Promise<Table> => {
  const headers = await logIn(fountain);
  const subjects = new Map<Kind, Subject[]>();
  for (const kind of KINDS) subjects.set(kind, await createSubjects(fountain, kind, headers));
  const nextAddress = addresses();
  const faults = new Set<string>();
  const rows: string[][] = [];
  for (const [operation, { path, body, status, kinds }] of Object.entries(OPERATIONS)) {
    const measured = new Map<Kind, Times>(kinds.map((kind) => [kind, { responses: [], next: [] }]));
    for (let round = 0; round < WARM_UP + TRIES; round += 1) {
      for (const kind of shuffled(kinds)) {
        const subject = subjects.get(kind)?.[round % ACCOUNTS];
        const times = measured.get(kind);
        if (!subject || !times) continue;
        const init = {
          method: "POST",
          headers: { "content-type": "application/json", "x-forwarded-for": nextAddress() },
          body: JSON.stringify(body(subject)),
        };
        const response = await timed(async () => {
          const answered = await fountain.fetch(path, init);
          await answered.arrayBuffer();
          if (answered.status !== status) faults.add(`${operation}, ${kind}: ${answered.status}`);
        });
        const next = await timed(async () => (await fountain.fetch("/health")).arrayBuffer());
        if (round >= WARM_UP) {
          times.responses.push(response);
          times.next.push(next);
        }
        await sleep(PAUSE_MS);
      }
    }
    rows.push(...rowsOf(operation, measured));
  }
  return {
    title: "Known and unknown names",
    method: `Through the gateway, one at a time, ${TRIES} tries of each kind in turns, in random order within a turn; then \`GET /health\` at once. "Longer": how often a try takes longer than one with an unknown name, where 0.50 says nothing.`,
    columns: ["request", "name", "p10", "p25", "p50", "p75", "longer"],
    rows: rows.toSorted(([one = ""], [other = ""]) => Number(one.includes(";")) - Number(other.includes(";"))),
    faults: [...faults],
  };
};

export const benchEnumeration = async (): Promise<Table> => {
  const fountain = await startWorkerd({ settings: { REGISTRATION: "email", TRUSTED_PROXIES: "127.0.0.1,::1" } });
  return measure(fountain).finally(fountain.stop);
};
