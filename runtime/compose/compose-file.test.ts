import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { DATABASE_TOKEN, hasDatabase, readTopology } from "../workerd/topology.ts";
import { composeSecret, ensureComposeSecrets } from "./secrets.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const composeFile = read("docker-compose.yml");
const topology = readTopology(ROOT);

/** The entries of a top-level part of the file, each with its text. */
const entriesOf = (part: string): Map<string, string> => {
  const [, text = ""] = new RegExp(`^${part}:\\n((?:(?: .*)?\\n)*)`, "m").exec(composeFile) ?? [];
  const entries = text.split(/^ {2}(?=[\w-]+:)/m).slice(1);
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf(":")), entry]));
};

const services = entriesOf("services");
const secrets = entriesOf("secrets");

/** The secrets that a service is given, written in either of YAML's ways. */
const secretsOf = (service: string): string[] => {
  const text = services.get(service) ?? "";
  const [, block = ""] = /^ {4}secrets:\n((?: {6}- .*\n)+)/m.exec(text) ?? [];
  const [, line = ""] = /^ {4}secrets: \[(.*)\]$/m.exec(text) ?? [];
  return [...block.matchAll(/- (\S+)/g), ...line.matchAll(/([^,\s]+)/g)].map(([, name = ""]) => name).sort();
};

test("has the services of the stack", () => {
  expect([...services.keys()]).toEqual(
    expect.arrayContaining([
      "caddy",
      "workerd",
      "libsql",
      "settings",
      "migrate",
      "configure",
      "scheduler",
      "typesense-3",
      "grafana",
      "mail",
    ]),
  );
});

/** Settings of workers, which may come from a secret file. */
const FROM_FILES = [
  "secret_key_previous",
  "smtp_password",
  "twilio_auth_token",
  "message_webhook_secret",
  "typesense_api_key",
];

test("workerd is given every secret that a worker declares, the settings that are secret, and no other", () => {
  const declared = topology.workers.flatMap(({ worker, secrets: names }) =>
    names.map((name) => composeSecret(worker, name)),
  );
  expect(secretsOf("workerd")).toEqual([...declared, ...FROM_FILES].toSorted());
  for (const name of FROM_FILES)
    expect(
      topology.workers.some(({ vars }) => name.toUpperCase() in vars),
      name,
    ).toBe(true);
});

test("settings is given every secret that it checks: those of workerd, of the first administrator and of alerts", () => {
  expect(secretsOf("settings")).toEqual([...secretsOf("workerd"), "admin_password", "alert_webhook"].toSorted());
});

test("no replica is made before the settings were checked and the databases migrated", () => {
  const jobs = /settings: \{ condition: service_completed_successfully \}/;
  expect(services.get("workerd")).toMatch(jobs);
  expect(services.get("workerd")).toMatch(/migrate: \{ condition: service_completed_successfully \}/);
  expect(services.get("migrate")).toMatch(jobs);
  const environment = /^ {4}environment:\n {6}<<: \*worker-environment$/m;
  for (const service of ["settings", "workerd"]) expect(services.get(service)).toMatch(environment);
});

test("migrate is given what opens and creates the databases, and no other secret", () => {
  const tokens = topology.workers.filter(hasDatabase).map(({ worker }) => composeSecret(worker, DATABASE_TOKEN));
  expect(secretsOf("migrate")).toEqual(["libsql_admin_key", ...tokens].toSorted());
});

test("recover is given what opens the database of the kms and what is in it, and runs only when it is asked to", () => {
  expect(secretsOf("recover")).toEqual(["kms_database_token", "kms_secret_key", "secret_key_previous"]);
  expect(services.get("recover")).toMatch(/^ {4}profiles: \[recover\]$/m);
});

test("the configuration file is checked before a replica is made, and applied before anyone is served", () => {
  for (const job of ["settings", "configure"]) {
    expect(services.get(job)).toMatch(/^ {4}volumes: \*configuration$/m);
    expect(services.get(job)).toMatch(/^ {6}CONFIG_FILE: \$\{CONFIG_FILE:-\/dev\/null\}$/m);
  }
  expect(services.get("caddy")).toMatch(/configure: \{ condition: service_completed_successfully \}/);
  expect(secretsOf("configure")).toEqual([composeSecret("gateway", DATABASE_TOKEN)]);
});

test("`npm run secrets` makes every secret that is named", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "fountain-compose-file-"));
  try {
    await ensureComposeSecrets(topology, directory);
    expect(secrets.size).toBeGreaterThan(8);
    for (const [name, text] of secrets) {
      const [, file = ""] = /file: "\$\{SECRETS_DIR:-\.\/secrets\}\/([\w.]+)"/.exec(text) ?? [];
      expect(existsSync(path.join(directory, file)) && file !== "", name).toBe(true);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  const used = [...services.keys()].flatMap(secretsOf);
  expect(used.filter((name) => !secrets.has(name))).toEqual([]);
  expect(composeFile).not.toContain("database_signing_key");
});

test("only Caddy is published, and the page of the profile `mail` on the loopback address", () => {
  expect([...services].filter(([, text]) => /^ {4}(ports|network_mode):/m.test(text)).map(([name]) => name)).toEqual([
    "caddy",
    "mail",
  ]);
  expect(services.get("mail")).toMatch(/^ {4}ports: \["127\.0\.0\.1:\$\{MAIL_PORT:-8025\}:8025"\]$/m);
});

test("where its page is published, the catch-all is alone; no one but who sends mail reaches it", () => {
  const on = (network: string) =>
    [...services].filter(([, text]) =>
      new RegExp(`^ {4}networks:.*[\\[ ]${network}[,\\]]|^ {6}${network}:`, "m").test(text),
    );
  expect(on("mail-page").map(([name]) => name)).toEqual(["mail"]);
  expect(on("mail").map(([name]) => name)).toEqual(["workerd", "alertmanager", "mail"]);
});

test("every service is locked down, and limited in memory", () => {
  for (const [name, text] of services) {
    expect(text, name).toMatch(/^ {4}<<: (\*hardened|\[\*hardened, \*jobs\]|\*typesense)$/m);
    if (!text.includes("*typesense\n")) expect(text, name).toMatch(/^ {4}mem_limit: \d+[mg]$/m);
    expect(text, name).not.toMatch(/^ {4}privileged:|docker\.sock/m);
  }
});

test("every image has a version, and none is `latest`", () => {
  const images = [...composeFile.matchAll(/(?:image|IMAGE): "?([^"\s]+)/g)].map(([, image = ""]) => image);
  expect(images.length).toBeGreaterThan(12);
  for (const image of images) expect(image).toMatch(/:(v?\d+\.\d+[\w.-]*|\$\{FOUNTAIN_VERSION:-\d+\.\d+\.\d+\})$/);
});

test("every setting is explained in .env.example, with the same default, but for where the files are", () => {
  const example = read(".env.example");
  const used = [...composeFile.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name = "", fallback = ""]) => ({
    name,
    fallback,
  }));
  for (const { name, fallback } of used.filter(({ name }) => !["SECRETS_DIR", "ENV_FILE"].includes(name))) {
    expect(example.split("\n")).toContain(`${name}=${fallback}`);
  }
  expect(example).toMatch(/^(#.*\n|\n|[A-Z_]+=.*\n)+$/);
});

test("secrets stay out of the repository and out of the images", () => {
  expect(read(".gitignore").split("\n")).toEqual(expect.arrayContaining(["/secrets/", ".env"]));
  const ignored = read(".dockerignore").split("\n");
  expect(ignored).toContain("*");
  expect(ignored.filter((line) => line.startsWith("!") && /secret|env/.test(line))).toEqual([]);
});

test("migrate alone writes to a file of the operator's, the list of databases that have been in use", () => {
  const bound = [...services].flatMap(([name, text]) =>
    [...text.matchAll(/type: bind, source: "\$\{SECRETS_DIR:-\.\/secrets\}\/(\w+)"/g)].map(([, file]) => [name, file]),
  );
  expect(bound).toEqual([["migrate", "used_databases"]]);
});
