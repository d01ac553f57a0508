/**
 * No response says who has an account: for names that are known and for others it is the same in status, headers and body, and so is
 * what is done before it, in hashes and in trips to the databases. How long that takes, `npm run bench -- enumeration` measures.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { RECORDED_PER_CALLER } from "../../workers/kms/src/audit/refusal-limit.ts";
import { createCountingHasher } from "../support/fountain/hasher.ts";
import { createTripCounter, seenOf as seenBefore, seenWithFewestTrips } from "../support/fountain/trips.ts";
import { openVisitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { storeLink, verifyAddress } from "../support/kms/links.ts";
import { send } from "../support/kms.ts";

const PASSWORD = "a long enough password";
/** By then keys are read again, and entries linked, as after any pause. */
const KEPT_MS = 1_100;

const trips = createTripCounter();
const hasher = createCountingHasher();
let fountain: Fountain;
let token: string;

interface Subject {
  name: string;
  email: string;
  /** Where the stranger is who tries the name; not said: behind a proxy, like others. */
  address?: string;
}

const newAddress = (): string => ["10", ...crypto.getRandomValues(new Uint8Array(3))].join(".");

const unknown = (): Subject => {
  const name = `a${crypto.randomUUID().replaceAll("-", "")}`;
  return { name, email: `${name}@example.org`, address: newAddress() };
};

/** A user, whose address is verified unless told. */
const user = async ({ isVerified = true, isLocked = false, hasLink = false } = {}): Promise<Subject> => {
  const subject = unknown();
  const { name, email } = subject;
  const body = { username: name, email, password: PASSWORD };
  const { id } = await (await send(fountain, "POST", "/kms/users", { token, body })).json<{ id: string }>();
  if (isVerified) await verifyAddress(fountain, id);
  if (isLocked) await send(fountain, "POST", `/kms/users/${id}/lock`, { token });
  if (hasLink) await storeLink(fountain, { purpose: "password-reset", userId: id });
  return subject;
};

const json = ({ address }: Subject, path: string, body: object) =>
  fountain.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(address !== undefined && { "x-forwarded-for": address }) },
    body: JSON.stringify(body),
  });

const wrongLogin = (subject: Subject) =>
  json(subject, "/kms/login", { username: subject.name, password: "not the password" });

beforeAll(async () => {
  fountain = await startFountain({
    trips,
    hasher,
    settings: {
      ...{ REGISTRATION: "email", HASHERS: "1", TRUSTED_PROXIES: "127.0.0.1,::1" },
      ...{ MESSAGE_WEBHOOK_URL: "https://push.invalid" },
      MESSAGE_WEBHOOK_SECRET: `whsec_${"A".repeat(32)}`,
    },
  });
  const { adminUsername: username, adminPassword: password } = fountain;
  const response = await json(unknown(), "/kms/login", { username, password });
  token = (await response.json<{ access_token: string }>()).access_token;
  // The first failure of all makes the key that the addresses of unknown callers are sealed under.
  await wrongLogin(unknown());
});
afterAll(async () => {
  await fountain?.stop();
  await trips.stop();
});

/** All that a stranger sees of a response, and all that is done before it. */
const seenOf = async (call: () => Promise<Response>) => {
  await new Promise((resolve) => setTimeout(resolve, KEPT_MS));
  hasher.taken();
  const seen = await seenBefore(trips, ["kms", "twofa"], call);
  return { ...seen, hashing: hasher.taken() };
};

type Arrange = () => Subject | Promise<Subject>;

const SUBJECTS = {
  unknown,
  known: () => user(),
  unverified: () => user({ isVerified: false }),
  locked: () => user({ isLocked: true }),
  "known, with a link": () => user({ hasLink: true }),
} satisfies Record<string, Arrange>;

interface Operation {
  call: (subject: Subject) => Promise<Response>;
  status: number;
  hashed: number;
  subjects: (keyof typeof SUBJECTS)[];
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  "a login": { call: wrongLogin, status: 401, hashed: 1, subjects: ["unknown", "known", "locked"] },
  "a forgotten password, by name": {
    call: (subject) => json(subject, "/kms/password/forgot", { login: subject.name }),
    ...{ status: 202, hashed: 0, subjects: ["unknown", "known", "unverified", "locked"] },
  },
  "a forgotten password, by address": {
    call: (subject) => json(subject, "/kms/password/forgot", { login: subject.email }),
    ...{ status: 202, hashed: 0, subjects: ["unknown", "known", "unverified"] },
  },
  "a new password, by a wrong code": {
    call: (subject) =>
      json(subject, "/kms/password/reset", { login: subject.name, code: "none", newPassword: PASSWORD }),
    ...{ status: 403, hashed: 0, subjects: ["unknown", "known", "known, with a link", "locked"] },
  },
  "signing up": {
    call: (subject) => json(subject, "/kms/sign-up", { email: subject.email }),
    ...{ status: 202, hashed: 0, subjects: ["unknown", "known", "unverified", "locked"] },
  },
};

test.each(Object.entries(OPERATIONS))(
  "%s gets the same response, after the same hashes and trips, with every kind of name",
  async (_, { call, status, hashed, subjects }) => {
    const seen = await seenWithFewestTrips(
      subjects.map((kind) => async () => {
        const subject = await SUBJECTS[kind]();
        return seenOf(() => call(subject));
      }),
    );
    expect(seen[0]).toMatchObject({ status, hashing: { hashed } });
    expect(seen[0]?.trips.length).toBeGreaterThan(1);
    for (const other of seen) expect(other).toEqual(seen[0]);
  },
);

test("a login that is delayed gets the same response, without a hash, after the same trips", async () => {
  const delayed = async (arrange: Arrange) => {
    const subject = await arrange();
    for (let attempt = 0; attempt < 5; attempt += 1) await wrongLogin(subject);
    const { headers, ...rest } = await seenOf(() => wrongLogin(subject));
    return { ...rest, names: headers.map(([name]) => name) };
  };
  const { unknown: stranger, known, locked } = SUBJECTS;
  const seen = await seenWithFewestTrips([stranger, known, locked].map((arrange) => () => delayed(arrange)));
  expect(seen[0]).toMatchObject({ status: 429, hashing: { hashed: 0 } });
  for (const other of seen) expect(other).toEqual(seen[0]);
});

const minute = (): number => Math.floor(Date.now() / 60_000);

test("a login makes the same trips where so many have failed that they are recorded together", async () => {
  const failBehindProxy = ({ name, email }: Subject) => wrongLogin({ name, email });
  const afterMany = async (arrange: Arrange) => {
    const subject = await arrange();
    // All in one minute, after which entries are written again.
    for (;;) {
      const began = minute();
      for (let failure = 0; failure <= RECORDED_PER_CALLER; failure += 1) await failBehindProxy(unknown());
      const { status, hashing, trips: taken } = await seenOf(() => failBehindProxy(subject));
      if (minute() === began) return { status, hashing, trips: taken };
    }
  };
  const seen = await seenWithFewestTrips([unknown, () => user()].map((arrange) => () => afterMany(arrange)));
  expect(seen[0]).toMatchObject({ status: 401, hashing: { hashed: 1 } });
  expect(JSON.stringify(seen[0]?.trips)).not.toContain("audit_entries");
  expect(seen[1]).toEqual(seen[0]);
});

test.each([
  ["/account/login", ({ name }: Subject) => ({ username: name, password: "not the password" })],
  ["/account/forgot", ({ name }: Subject) => ({ login: name })],
  ["/account/forgot", ({ email }: Subject) => ({ login: email })],
  ["/account/sign-up", ({ email }: Subject) => ({ email })],
  ["/account/reset", ({ name }: Subject) => ({ login: name, code: "none", newPassword: PASSWORD })],
])("the page %s reads the same with every kind of name, before and after its form", async (path, fieldsOf) => {
  const seen = [];
  for (const subject of [unknown(), await user(), await user({ isVerified: false }), await user({ isLocked: true })]) {
    const visitor = openVisitor(fountain);
    const hint = new URLSearchParams({ login_hint: subject.name });
    const pages = [await visitor.get(`${path}?${hint}`), await visitor.submit(path, fieldsOf(subject), "type=")];
    seen.push(
      pages.map(({ status, headers, html }) => ({
        status,
        headers: [...headers.keys()],
        html: html
          .replace(/name="form" value="[^"]*"/g, "")
          .replaceAll(subject.email, "EMAIL")
          .replaceAll(subject.name, "NAME"),
      })),
    );
  }
  for (const other of seen) expect(other).toEqual(seen[0]);
});
