import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";

/** Ends at once, because no secret is mounted here. */
const outputOf = (settings: Readonly<Record<string, string>>): string =>
  spawnSync(
    process.execPath,
    [path.join(import.meta.dirname, "scheduler.ts"), path.join(import.meta.dirname, "../..")],
    {
      env: { PATH: process.env["PATH"], ...settings },
      encoding: "utf8",
    },
  ).stdout;

test("says first of all that alerts reach no one", () => {
  expect(outputOf({})).toMatch(/^\{.*"level":"warn".*NO ONE RECEIVES ALERTS.*ALERT_EMAIL or ALERT_WEBHOOK/);
});

test.each(["ALERT_EMAIL", "ALERT_WEBHOOK"])("does not, once %s names someone", (setting) => {
  const output = outputOf({ [setting]: "https://ops@example.org" });
  expect(output).toContain("admin_password");
  expect(output).not.toContain("ALERTS");
});
