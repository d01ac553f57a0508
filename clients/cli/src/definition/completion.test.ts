import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { COMMANDS } from "../commands/commands.ts";
import { completionOf, SHELLS } from "./completion.ts";

const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

test.each(Object.keys(SHELLS).filter(has))("is a script that %s accepts", (shell) => {
  execFileSync(shell, ["-n"], { input: completionOf(COMMANDS, shell) ?? "" });
});

test("completes commands, and the options of the command before", () => {
  const complete = (...words: string[]): string[] => {
    const list = words.map((word) => `'${word}'`).join(" ");
    const script = `${completionOf(COMMANDS, "bash")}
      COMP_WORDS=(${list}) COMP_CWORD=${words.length - 1}; _fountain; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim().split("\n");
  };
  expect(complete("fountain", "sec")).toEqual(["secrets"]);
  expect(complete("fountain", "secrets", "")).toEqual(expect.arrayContaining(["get", "set", "import"]));
  expect(complete("fountain", "--json", "secrets", "get", "--v")).toEqual(["--version"]);
  expect(complete("fountain", "secrets", "get", "secrets", "--u")).toEqual(["--url"]);
});

test("is there for no other shell", () => {
  expect(completionOf(COMMANDS, "toString")).toBeUndefined();
});
