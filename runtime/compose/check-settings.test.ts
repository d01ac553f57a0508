/** The check that docker-compose.yml has done before a replica is made or replaced. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { FIRST_ROLES } from "../../workers/kms/src/accounts/roles.ts";
import { checkComposeSettings } from "../settings/check.ts";
import { readTopology } from "../workerd/topology.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const topology = readTopology(ROOT);

/** Long enough for each of them. */
const SECRET = "sesame-0123456789-abcdefghijklmnopqrstuvwxyz";
const SECRETS: Record<string, string> = {
  kms_secret_key: SECRET,
  gateway_database_token: SECRET,
  kms_database_token: SECRET,
  twofa_database_token: SECRET,
  search_database_token: SECRET,
  service_a_database_token: SECRET,
  typesense_api_key: SECRET,
  admin_password: "wren-quartz-helmet-orbit",
};

/** What docker-compose.yml gives the job besides. */
const GIVEN = { PUBLIC_URL: "https://localhost", TRUSTED_PROXIES: "10.213.1.2", DATABASE_WRITERS: "1" };

const check = (
  environment: Record<string, string>,
  secrets: Record<string, string | undefined> = {},
  roles: readonly string[] | undefined = FIRST_ROLES,
) =>
  checkComposeSettings(topology, {
    environment: { ...GIVEN, ...environment },
    secretOf: (name) => ({ ...SECRETS, ...secrets })[name],
    roles,
  });

const exampleSettings = (): Record<string, string> =>
  Object.fromEntries(
    readFileSync(path.join(ROOT, ".env.example"), "utf8")
      .split("\n")
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

test("nothing is wrong with .env.example and the secrets that are generated", async () => {
  expect(await check(exampleSettings())).toEqual({ faults: [], warnings: [] });
});

test("faults of the stack, of workers and of secret files are found at once, and no secret is shown", async () => {
  const environment = { DOMAIN: "https://x.example", REGISTRATION: "opne", STEP_UP_FOR_ROLES: "admn", LOG_LEVL: "x" };
  const secrets = {
    kms_secret_key: undefined,
    twofa_database_token: undefined,
    search_database_token: "sesame",
    secret_key_previous: "sesame",
    admin_password: "sesame",
  };
  const { faults, warnings } = await check(environment, secrets);
  expect(faults).toEqual([
    "the secret kms_secret_key is missing or cannot be read: run `npm run secrets`",
    "the secret search_database_token is weak (under 32 bytes): remove its file and run `npm run secrets`",
    "the secret twofa_database_token is missing or cannot be read: run `npm run secrets`",
    expect.stringContaining('DOMAIN is "https://x.example": set it to the host name'),
    expect.stringContaining("ADMIN_PASSWORD must have at least 12 characters"),
    expect.stringContaining('REGISTRATION is "opne": set it to closed, email or open'),
    expect.stringContaining("SECRET_KEY_PREVIOUS is not usable (its value is not shown)"),
    expect.stringContaining('STEP_UP_FOR_ROLES has "admn", which does not exist'),
  ]);
  expect(warnings).toEqual(["LOG_LEVL is not a setting and has no effect: did you mean LOG_LEVEL?"]);
  expect(faults.join()).not.toContain("sesame");
});

test("a password in a file counts like one in the environment", async () => {
  const mail = { SMTP_HOST: "mail.example", SMTP_USER: "u", MAIL_FROM: "codes@mail.example" };
  expect((await check(mail)).faults).toEqual([expect.stringContaining("SMTP_PASSWORD is missing")]);
  expect((await check(mail, { smtp_password: "p" })).faults).toEqual([]);
  expect((await check({ ALERT_EMAIL: "ops@mail.example" })).faults).toEqual([
    "ALERT_EMAIL is set without a mail server: set SMTP_HOST and MAIL_FROM too",
  ]);
});

test("roles that cannot be looked up now are left to the kms", async () => {
  expect((await check({ STEP_UP_FOR_ROLES: "ops" }, {}, ["ops"])).faults).toEqual([]);
  expect((await checkWithoutRoles("ops")).faults).toEqual([]);
});

const checkWithoutRoles = (STEP_UP_FOR_ROLES: string) =>
  checkComposeSettings(topology, {
    environment: { ...GIVEN, STEP_UP_FOR_ROLES },
    secretOf: (name) => SECRETS[name],
    roles: undefined,
  });

test("the job exits with 1 and a line for each fault", async () => {
  const job = path.join(ROOT, "runtime", "compose", "check-settings.ts");
  const env = { PATH: process.env["PATH"], JWT_ALG: "none", REGISTRATION: "yes" };
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, [job, ROOT], { env }, (error, _, said) => resolve({ code: error?.code, stderr: said }));
  });
  expect(code).toBe(1);
  expect(stderr).toContain("Fountain: the secret kms_secret_key is missing or cannot be read");
  for (const line of ['JWT_ALG is "none"', 'REGISTRATION is "yes"'])
    expect(stderr.split("\n").filter((each) => each.startsWith(`Fountain: ${line}`))).toHaveLength(1);
});
