/** Every setting there is, set to something that it cannot be: one line names it, its value and what is allowed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { rootCertificates } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTopology } from "../workerd/topology.ts";
import { checkLocalSettings } from "./check.ts";
import { COMPOSE_VARIABLES, composeFaults } from "./compose.ts";
import { LOCAL_VARIABLES } from "./local.ts";
import { type Environment, workerFaults, workerVariables } from "./workers.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const topology = readTopology(ROOT);
let home: string;

beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), "fountain-settings-"));
});
afterAll(() => rmSync(home, { recursive: true }));

const check = (environment: Environment) => checkLocalSettings(ROOT, { FOUNTAIN_HOME: home, ...environment });

/** Wrong values of each setting, and the words for what is allowed. */
const WRONG: Readonly<Record<string, readonly [allowed: string, ...values: string[]]>> = {
  PORT: ["a whole number from 1 to 65535", "80x", "0", "65536", "-1", "8787.5", " ", "0x50"],
  METRICS_PORT: ["a whole number from 1 to 65535", "no", "0"],
  LOG_FORMAT: ["json or pretty", "xml", "JSON"],
  LOG_LEVEL: ["debug, info, warn or error", "verbose", "INFO", "trace"],
  PUBLIC_URL: [
    "the http or https URL",
    "foo",
    "localhost:8787",
    "ftp://x.example",
    "https://x.example/?a=b",
    "https://x.example/#a",
    "//x",
  ],
  REVOCATION_MAX_STALENESS_SECONDS: ["a whole number from 5 to 900", "4", "901", "soon", "1e2", "-5"],
  TRUSTED_PROXIES: ["addresses or networks", "caddy", "10.0.0.0/33", "10.0.0.256", "*"],
  SECURITY_CONTACT: ["mailto:, https: or tel: URIs", "security@example.com", "http://example.com", "mailto:security"],
  CORS_ORIGINS: ["exact origins", "localhost:3000", "*", "https://x.example/", "https://x.example;https://y.example"],
  CIMD: ["open or closed", "on", "yes", "Open"],
  REGISTRATION: ["closed, email or open", "opne", "yes", "true", "OPEN", " open"],
  SIGN_IN_METHODS: ["password, passkey, or both", "magic", "password;passkey", "Password", ","],
  STEP_UP_FOR_ROLES: ["roles", "admn", "admin;auditor", "Admin", "admin,nobody-has-this"],
  JWT_ALG: ["EdDSA, ES256, RS256 or HS256", "none", "eddsa", "HS512"],
  SIGNING_KEY_ROTATION_DAYS: ["a whole number from 1 to 365", "0", "366", "30d"],
  WEBHOOK_TARGETS: ["public or any", "private", "all"],
  AUDIT_RETENTION_DAYS: ["a whole number from 1 to 3650", "0", "3651", "1.5", "forever"],
  HASHERS: ["a whole number from 0 to 4", "-1", "5", "all"],
  WORKERS: ["a whole number from 1 to 4", "0", "5", "all"],
  DATABASE_WRITERS: ["a whole number from 1 to 4", "0", "5", "two"],
  TYPESENSE_NODES: ["up to 7 different http or https URLs", "a:8108", "ftp://a", "http://a,http://a"],
  INSTALLATION_NAME: ["a name of at most 40 letters", " ", "a:b", "<b>", "a".repeat(41), "Films\u202e"],
  DEFAULT_LANGUAGE: ["en or de", "fr", "EN"],
  INSTALLATION_LOGO: [
    "data:image/svg+xml;base64",
    "https://cdn.example/logo.svg",
    "data:image/gif;base64,R0lGOD==",
    "data:text/html;base64,PGI+",
    `data:image/png;base64,${"A".repeat(32_768)}`,
    'data:image/png;base64,AAAA" onerror="x',
  ],
  TERMS_URL: ["an https or http URL", "films.example/terms", "javascript:alert(1)", "/terms"],
  TERMS_VERSION: ["a version of at most 32 letters", "2026/11", "-1", "2026-11 draft", "1".repeat(33)],
  PRIVACY_VERSION: ["a version of at most 32 letters", "<b>", " "],
  PRIVACY_URL: ["an https or http URL", "ftp://films.example"],
  OTP_EXPIRATION_MINUTES: ["a whole number from 1 to 15", "0", "16", "60", "5m"],
  SMTP_HOST: ["the mail server's name", "smtp://mail.example", "mail.example:587", "mail example"],
  SMTP_PORT: ["a whole number from 1 to 65535", "0", "smtp", "65536"],
  SMTP_NETWORK: ["public, private or catch-all", "any", "Public"],
  MAIL_FROM: ["the sender's email address", "Fountain", "codes@", "a@b.example\nBcc: c@d.example"],
  TWILIO_FROM: ["a number such as", "0049 170 1", "a name that is far too long"],
  MESSAGE_WEBHOOK_URL: ["the https URL of your service", "push.example", "ftp://push.example"],
  TWILIO_URL: ["the http or https URL of Twilio's API", "file:///etc", "api.twilio.com"],
  WEBAUTHN_RP_ID: ["a domain", "https://x.com", "Example.com", "127.0.0.1"],
  WEBAUTHN_ORIGINS: ["https origins", "www.example.com", "http://www.example.com", "https://x.example/"],
  SSL_CERT_FILE: [
    "a file that can be read and has certificates",
    "/nowhere/ca.pem",
    ROOT,
    path.join(ROOT, "README.md"),
  ],
  SSL_CERT_DIR: ["folders with colons between", "/nowhere", "/nowhere:/nowhere-else", path.join(ROOT, "README.md")],
  ADMIN_USERNAME: ["must", "a b", "-x", "\u001b[31mred"],
};

/** The same for secrets, whose values are never shown. */
const WRONG_SECRETS: Readonly<Record<string, readonly [allowed: string, ...values: string[]]>> = {
  ADMIN_PASSWORD: ["must have at least 12 characters", "sesame-42"],
  SECRET_KEY: ["32 random bytes or more", "sesame-42"],
  KMS_SECRET_KEY: ["32 random bytes or more", "sesame-42"],
  SECRET_KEY_PREVIOUS: ["the SECRET_KEY before the present one", "sesame-42"],
  SMTP_URL: ["smtp://user:password@host:587", "https://u:sesame-42@mail.example", "sesame-42@mail.example"],
  MESSAGE_WEBHOOK_SECRET: ["whsec_ and 24 to 64 random bytes", "sesame-42", "whsec_sesame42"],
  TWILIO_ACCOUNT_SID: ["AC and 32 hexadecimal digits", "sesame-42"],
  GATEWAY_DATABASE_URL: ["URL of the worker's database", "sesame-42"],
  KMS_DATABASE_URL: ["URL of the worker's database", "sesame-42"],
  TWOFA_DATABASE_URL: ["URL of the worker's database", "ftp://x?authToken=sesame-42"],
  SEARCH_DATABASE_URL: ["URL of the worker's database", "sesame-42"],
  SERVICE_A_DATABASE_URL: ["URL of the worker's database", "sesame-42"],
};

/** Any text that is not empty. Whether they are right shows elsewhere: a folder when it is opened, a token when it is used. */
const ANYTHING = [
  "FOUNTAIN_HOME",
  "SMTP_USER",
  "SMTP_PASSWORD",
  "TWILIO_AUTH_TOKEN",
  "TYPESENSE_API_KEY",
  "GATEWAY_DATABASE_TOKEN",
  "KMS_DATABASE_TOKEN",
  "TWOFA_DATABASE_TOKEN",
  "SEARCH_DATABASE_TOKEN",
  "SERVICE_A_DATABASE_TOKEN",
];

const cases = (table: typeof WRONG) =>
  Object.entries(table).flatMap(([name, [allowed, ...values]]) => values.map((value) => ({ name, value, allowed })));

test("every variable that is read has its wrong values here", () => {
  const tried = [...Object.keys(WRONG), ...Object.keys(WRONG_SECRETS), ...ANYTHING];
  const read = [...LOCAL_VARIABLES, ...workerVariables(topology)];
  expect(new Set(tried)).toEqual(new Set(read));
});

test.for(cases(WRONG))("$name=$value is refused", async ({ name, value, allowed }) => {
  const { faults } = await check({ [name]: value });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(new RegExp(`^${name} (is|has) "`));
  expect(faults[0]).toContain(allowed);
  const [plain = ""] = /[\w.:/-]{2,}/.exec(value) ?? [];
  expect(faults[0]).toContain(plain);
  expect(faults[0]).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
});

test.for(cases(WRONG_SECRETS))("$name is refused without its value", async ({ name, value, allowed }) => {
  const { faults } = await check({ [name]: value });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(new RegExp(`^${name} `));
  expect(faults[0]).toContain(allowed);
  expect(faults[0]).not.toMatch(/sesame/);
});

test("all faults are found at once, those of several settings too, each once", async () => {
  const wrong = Object.fromEntries([...cases(WRONG), ...cases(WRONG_SECRETS)].map(({ name, value }) => [name, value]));
  const { faults } = await check({ ...wrong, TWILIO_AUTH_TOKEN: "t" });
  const names = faults.map((fault) => fault.split(" ", 1)[0]);
  expect(names.toSorted()).toEqual(Object.keys(wrong).toSorted());
});

test.for<[Environment, string]>([
  [{ SMTP_HOST: "mail.example" }, "MAIL_FROM is missing: "],
  [{ SMTP_URL: "smtp://mail.example" }, "MAIL_FROM is missing: "],
  [{ MAIL_FROM: "a@b.example" }, "MAIL_FROM is set without a mail server: "],
  [{ TWILIO_AUTH_TOKEN: "t" }, "TWILIO_ACCOUNT_SID is missing: "],
  [{ TYPESENSE_NODES: "http://a" }, "TYPESENSE_API_KEY is missing: "],
  [{ SECRET_KEY: "s".repeat(32), KMS_SECRET_KEY: "k".repeat(32) }, "SECRET_KEY is not KMS_SECRET_KEY, and both name"],
  [{ CIMD: "open", WEBHOOK_TARGETS: "any" }, "CIMD is open, and WEBHOOK_TARGETS is any"],
  [{ REGISTRATION: "open", SIGN_IN_METHODS: "passkey" }, "REGISTRATION is open, but no one could log in after it"],
  [{ REGISTRATION: "email", SIGN_IN_METHODS: "passkey" }, "REGISTRATION is email, but no one could log in after it"],
  [{ METRICS_PORT: "8787" }, "METRICS_PORT is the same as PORT"],
  [{ WORKERS: "3", DATABASE_WRITERS: "2" }, "WORKERS is 3, with 2 DATABASE_WRITERS in each: libSQL supports 4 in all"],
  [{ PORT: "90", METRICS_PORT: "90" }, "METRICS_PORT is the same as PORT"],
  [{ WEBAUTHN_RP_ID: "example.com" }, "WEBAUTHN_RP_ID is example.com, and PUBLIC_URL is not in that domain"],
  [{ WEBAUTHN_ORIGINS: "https://example.com" }, "WEBAUTHN_ORIGINS has https://example.com, which is not in the domain"],
])("%j conflicts", async ([environment, line]) => {
  const { faults } = await check(environment);
  expect(faults).toEqual([expect.stringContaining(line)]);
});

test("nothing is wrong with nothing, with what is set to nothing, and with the defaults of the wrangler files", async () => {
  const empty = Object.fromEntries([...Object.keys(WRONG), ...Object.keys(WRONG_SECRETS)].map((name) => [name, ""]));
  const defaults = Object.assign({}, ...topology.workers.map(({ vars }) => vars));
  for (const environment of [{}, empty, defaults]) expect((await check(environment)).faults).toEqual([]);
});

test("certificates in PEM are accepted, with every kind of line ending, and folders of which one is missing", async () => {
  const file = path.join(home, "ca.pem");
  for (const text of [rootCertificates[0] ?? "", `# ours\r\n${rootCertificates[1]?.replaceAll("\n", "\r\n")}`]) {
    writeFileSync(file, text);
    const { faults } = await check({ SSL_CERT_FILE: file, SSL_CERT_DIR: `/nowhere:${home}` });
    expect(faults).toEqual([]);
  }
});

test("an URL is shown without the credentials in it", async () => {
  const { faults } = await check({
    TYPESENSE_NODES: "http://u:sesame@a",
    PUBLIC_URL: "https://u:sesame@a?sesame",
  });
  expect(faults).toHaveLength(2);
  expect(faults.join()).not.toContain("sesame");
});

test("a credential that was put into another setting is not shown", async () => {
  const { faults } = await check({ JWT_ALG: `ftn_abcdefgh_${"k".repeat(43)}_abcdef` });
  expect(faults).toEqual(["JWT_ALG is a credential: set it to EdDSA, ES256, RS256 or HS256"]);
});

test("a variable that is almost a setting is named, and no other", async () => {
  const { warnings } = await check({
    REGISTRATON: "open",
    CORS_ORIGN: "x",
    JWT_ALGORITHM: "x",
    SMTP_PASS: "x",
    smtp_host: "x",
    PATH: "x",
    HOME: "x",
    NODE_ENV: "x",
    DATABASE_URL: "x",
    npm_config_user_agent: "x",
  });
  expect(warnings).toEqual(
    [
      ["REGISTRATON", "REGISTRATION"],
      ["CORS_ORIGN", "CORS_ORIGINS"],
      ["JWT_ALGORITHM", "JWT_ALG"],
      ["SMTP_PASS", "SMTP_PASSWORD"],
      ["smtp_host", "SMTP_HOST"],
    ].map(([name, meant]) => `${name} is not a setting and has no effect: did you mean ${meant}?`),
  );
});

const WRONG_IN_COMPOSE: typeof WRONG = {
  DOMAIN: ["the host name", "https://x.example", "x.example:443", "Example.com", "x y"],
  HTTP_PORT: ["a port from 1 to 65535", "0", "http", "127.0.0.1"],
  HTTPS_PORT: ["a port from 1 to 65535", "65536", "localhost:443"],
  MAIL_PORT: ["a whole number from 1 to 65535", "0", "127.0.0.1:8025"],
  SUBNET: ["the first two numbers", "10", "10.213.1", "10.256", "10.213.0.0/16"],
  WORKERD_REPLICAS: ["a whole number from 1 to 4", "0", "5", "many"],
  WORKERS: ["a whole number from 1 to 4", "0", "5", "all"],
  COMPOSE_PROJECT_NAME: ["lower-case letters", "Fountain", "-x"],
  COMPOSE_PROFILES: ["typesense, observability, mail", "typesens", "mail;typesense"],
  ALERT_EMAIL: ["an email address", "ops", "ops @example.com", 'ops"@example.com'],
  ALERT_WEBHOOK: ["a URL that begins with", "chat.example.com", "ftp://chat.example.com"],
  FOUNTAIN_VERSION: ["the tag of an image", "a b", ":1"],
  DRAIN_SECONDS: ["a whole number from 0 to 60", "long"],
};

test("every variable of the Compose stack has its wrong values here", () => {
  expect([...Object.keys(WRONG_IN_COMPOSE), "SECRETS_DIR", "ENV_FILE", "CONFIG_FILE", "SMTP_HOST"].toSorted()).toEqual(
    COMPOSE_VARIABLES.toSorted(),
  );
});

test.for(cases(WRONG_IN_COMPOSE))("$name=$value is refused by the stack", ({ name, value, allowed }) => {
  expect(composeFaults({ [name]: value })).toEqual([
    expect.stringMatching(new RegExp(`^${name} is "`)) && expect.stringContaining(allowed),
  ]);
});

test("all replicas together have four processes at most", () => {
  expect(composeFaults({ WORKERS: "2", WORKERD_REPLICAS: "2" })).toEqual([]);
  expect(composeFaults({ WORKERS: "4" })).toEqual([]);
  const fault = "WORKERS is 2, in each of 3 replicas: libSQL supports 4 in all";
  expect(composeFaults({ WORKERS: "2", WORKERD_REPLICAS: "3" })).toEqual([fault]);
});

test.for<[Environment, string[]]>([
  [{}, ["REGISTRATION is email, but nothing sends mail: set SMTP_HOST and MAIL_FROM, or MESSAGE_WEBHOOK_URL"]],
  [{ SMTP_HOST: "mail.example", MAIL_FROM: "a@b.example" }, []],
  [{ SMTP_URL: "smtp://mail.example", MAIL_FROM: "a@b.example" }, []],
  [{ MESSAGE_WEBHOOK_URL: "https://x.example", MESSAGE_WEBHOOK_SECRET: `whsec_${"A".repeat(32)}` }, []],
])("signing up by mail, with %j, is refused where nothing sends mail", ([channel, faults]) => {
  expect(workerFaults(topology, { REGISTRATION: "email", ...channel })).toEqual(faults);
});

test("signing up by mail needs no mail server under `npm start`, which keeps mails", async () => {
  expect((await check({ REGISTRATION: "email" })).faults).toEqual([]);
});

test("a worker that is declared has a schema, so that its settings are checked", () => {
  for (const worker of topology.workers) {
    const faults = workerFaults({ workers: [worker] }, { PUBLIC_URL: "foo" });
    expect(faults, worker.worker).toEqual([expect.stringContaining('PUBLIC_URL is "foo"')]);
  }
});
