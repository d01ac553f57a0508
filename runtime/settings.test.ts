import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("defaults hold for what is unset or set to nothing", () => {
  const expected = { port: 8787, home: "/repo/.fountain", adminUsername: "admin", adminPassword: undefined };
  expect(readSettings({}, "/repo")).toMatchObject(expected);
  expect(readSettings({ PORT: "", FOUNTAIN_HOME: "", ADMIN_PASSWORD: "" }, "/repo")).toMatchObject(expected);
});

test.for(["0", "65536", "80x", "-1", "8787.5", " "])("PORT=%j is refused with what to set instead", (port) => {
  expect(() => readSettings({ PORT: port }, "/repo")).toThrow(`PORT is "${port}": set it to a number from 1 to 65535`);
});
