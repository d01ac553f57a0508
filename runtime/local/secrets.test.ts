import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Home, openHome } from "./home.ts";
import { generatePassword, loadSecrets } from "./secrets.ts";

let home: Home;
beforeEach(() => {
  home = openHome(mkdtempSync(path.join(tmpdir(), "fountain-secrets-")));
});
afterEach(() => {
  home.release();
  rmSync(home.directory, { recursive: true });
});

const secretKeyFile = () => path.join(home.secrets, "kms-secret-key");

test("secrets are made once, of full strength, for their owner only, and kept", () => {
  const first = loadSecrets(home, {});
  expect(Buffer.from(first.secretKey, "base64url")).toHaveLength(32);
  expect(statSync(secretKeyFile()).mode & 0o777).toBe(0o600);
  const second = loadSecrets(home, {});
  expect(second.secretKey).toBe(first.secretKey);
  expect(second.signingKey.equals(first.signingKey)).toBe(true);
});

test("a secret that others could read is closed to them", () => {
  loadSecrets(home, {});
  chmodSync(secretKeyFile(), 0o644);
  loadSecrets(home, {});
  expect(statSync(secretKeyFile()).mode & 0o777).toBe(0o600);
});

test.for([
  ["empty", ""],
  ["cut short", "c2hvcnQ"],
  ["not base64url", "!".repeat(43)],
] as const)("a secret key that is %s is refused and left as it is", ([, content]) => {
  writeFileSync(secretKeyFile(), content);
  expect(() => loadSecrets(home, {})).toThrow(/kms-secret-key is damaged .*: restore it from your backup$/);
  expect(readFileSync(secretKeyFile(), "utf8")).toBe(content);
});

test("a missing secret key is not replaced once there is data", () => {
  loadSecrets(home, {});
  rmSync(secretKeyFile());
  expect(() => loadSecrets(home, {})).toThrow("the data was encrypted with it");
});

test("a missing secret key is not replaced where there are databases, though nothing says whose", () => {
  mkdirSync(path.join(home.data, "libsql"));
  expect(() => loadSecrets(home, {})).toThrow("the data was encrypted with it");
  expect(existsSync(secretKeyFile())).toBe(false);
});

test("a missing secret key is not replaced where databases have been in use, though the data is lost too", () => {
  writeFileSync(home.usedDatabases, "kms\n");
  expect(() => loadSecrets(home, {})).toThrow("the data was encrypted with it");
  expect(existsSync(secretKeyFile())).toBe(false);
});

test("another secret key than the data's is refused", () => {
  loadSecrets(home, {});
  writeFileSync(secretKeyFile(), Buffer.alloc(32, 7).toString("base64url"));
  expect(() => loadSecrets(home, {})).toThrow("not the one this data was encrypted with");
});

test("the key of the data may be put aside for a new one, until there is only the new one left", () => {
  const first = loadSecrets(home, {});
  renameSync(secretKeyFile(), `${secretKeyFile()}.previous`);
  const changing = loadSecrets(home, {});
  expect(changing.previousSecretKey).toBe(first.secretKey);
  expect(changing.secretKey).not.toBe(first.secretKey);
  expect(Buffer.from(changing.secretKey, "base64url")).toHaveLength(32);
  expect(loadSecrets(home, {})).toMatchObject({ ...changing, signingKey: expect.anything() });
  rmSync(`${secretKeyFile()}.previous`);
  expect(loadSecrets(home, {}).secretKey).toBe(changing.secretKey);
  writeFileSync(secretKeyFile(), first.secretKey);
  expect(() => loadSecrets(home, {})).toThrow("not the one this data was encrypted with");
});

test("a change of the key can be taken back while both are there", () => {
  const first = loadSecrets(home, {}).secretKey;
  const second = "the second secret key, of more than thirty-two bytes";
  loadSecrets(home, { SECRET_KEY: second, SECRET_KEY_PREVIOUS: first });
  expect(loadSecrets(home, { SECRET_KEY: first, SECRET_KEY_PREVIOUS: second })).toMatchObject({ secretKey: first });
  expect(loadSecrets(home, {}).secretKey).toBe(first);
});

test("neither of two keys that are not the data's is taken", () => {
  loadSecrets(home, {});
  const wrong = { SECRET_KEY: "x".repeat(32), SECRET_KEY_PREVIOUS: "y".repeat(32) };
  expect(() => loadSecrets(home, wrong)).toThrow("not the one this data was encrypted with");
});

test("a damaged signing key is refused without a word of its content", () => {
  loadSecrets(home, {});
  writeFileSync(path.join(home.secrets, "database-signing-key.pem"), "content of the file");
  expect(() => loadSecrets(home, {})).toThrow(/^(?!.*content of the file).*is damaged \(not an Ed25519 key\)/);
});

test.for(["SECRET_KEY", "KMS_SECRET_KEY", "SECRET_KEY_PREVIOUS"])(
  "a weak %s is refused by its name, its value unsaid",
  (name) => {
    expect(() => loadSecrets(home, { [name]: "weak-value" })).toThrow(
      new RegExp(`^(?!.*weak-value)${name} is weak \\(under 32 bytes\\): set it to`),
    );
  },
);

test("a strong key of the operator's is taken, and none is generated", () => {
  const given = "a sentence of well over thirty-two bytes";
  expect(loadSecrets(home, { SECRET_KEY: given, KMS_SECRET_KEY: "" }).secretKey).toBe(given);
  expect(statSync(secretKeyFile(), { throwIfNoEntry: false })).toBeUndefined();
});

test("generated passwords are long, readable and never the same", () => {
  const passwords = new Set(Array.from({ length: 100 }, generatePassword));
  expect(passwords.size).toBe(100);
  for (const password of passwords) expect(password).toMatch(/^([a-hj-km-np-z2-9]{4}-){4}[a-hj-km-np-z2-9]{4}$/);
});
