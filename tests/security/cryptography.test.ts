/** docs/security/cryptography.md names every key that there is. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { KEY_NAMES } from "../../workers/kms/src/crypto/root-key.ts";
import { SIGNING_ALGORITHMS } from "../../workers/kms/src/tokens/signing-key.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const inventory = read("docs/security/cryptography.md");

const missing = (names: readonly string[]): string[] => names.filter((name) => !inventory.includes(`\`${name}\``));

test("every internal key of the kms and every algorithm of tokens", () => {
  expect(missing([...KEY_NAMES, ...SIGNING_ALGORITHMS])).toEqual([]);
});

test("every secret of the Compose stack", () => {
  const [, part = ""] = /^secrets:\n([\s\S]*)/m.exec(read("docker-compose.yml")) ?? [];
  const files = [...part.matchAll(/\/([\w.]+)" \}$/gm)].map(([, file = ""]) => file);
  expect(files.length).toBeGreaterThan(10);
  const named = files.map((file) => (file.endsWith("_database_token") ? "*_database_token" : file));
  expect(missing(named.map((file) => (file === "kms_secret_key" ? "SECRET_KEY" : file)))).toEqual([]);
});

/** The algorithms that code asks the runtime for, by the names it has for them; HMAC and HKDF of Node go by their hash. */
const ASKED_FOR =
  /"(AES-\w+|HMAC|HKDF|PBKDF2|RSA-\w+|RSASSA-[\w-]+|ECDSA|ECDH|X25519|SHA-\d+|sha\d+|md5|scrypt|aes-[\w-]+)"|\b(scrypt|pbkdf2|argon2\w*)(?:Sync)?\(/g;
const IN_THE_INVENTORY = ["AES-GCM", "SHA-256", "argon2id", "scrypt", "sha256"];

test("every algorithm that the workers ask the runtime for", () => {
  const files = globSync(["shared/**/*.ts", "workers/*/src/**/*.ts"], { cwd: ROOT }).filter(
    // What is compiled for browsers has its sources here, and libraries with more than is asked of them.
    (file) => !/\.(?:test|generated)\.ts$|\/testing\b/.test(file),
  );
  const asked = files.flatMap((file) =>
    [...read(file).matchAll(ASKED_FOR)].map(([, name, called]) => `${name ?? called}`),
  );
  expect([...new Set(asked)].sort()).toEqual(IN_THE_INVENTORY);
});
