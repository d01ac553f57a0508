import { expect, test } from "vitest";
import { variableOf } from "./environment.ts";

test.each(["path", "ld-preload", "node-options", "git-ssh-command", "openssl-conf", "npm-config-script-shell", "home"])(
  "refuses a secret whose variable would change what runs: %s",
  (name) => {
    expect(() => variableOf(`editor/${name}`, "editor/")).toThrow(/decides what code runs/);
  },
);

test.each([
  ["editor/smtp-password", "SMTP_PASSWORD"],
  ["editor/node-env", "NODE_ENV"],
  ["editor/java-home.url", "JAVA_HOME_URL"],
])("makes %s the variable %s", (path, name) => {
  expect(variableOf(path, "editor/")).toBe(name);
});
