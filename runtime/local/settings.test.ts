import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("defaults hold for what is unset or set to nothing", () => {
  const expected = {
    port: 8787,
    metricsPort: undefined,
    home: "/repo/.fountain",
    adminUsername: "admin",
    adminPassword: undefined,
    logFormat: undefined,
  };
  expect(readSettings({}, "/repo")).toMatchObject(expected);
  const empty = {
    PORT: "",
    METRICS_PORT: "",
    FOUNTAIN_HOME: "",
    ADMIN_USERNAME: "",
    ADMIN_PASSWORD: "",
    LOG_FORMAT: "",
  };
  expect(readSettings(empty, "/repo")).toMatchObject(expected);
});

test("what is set is read", () => {
  const set = { PORT: "80", METRICS_PORT: "9464", FOUNTAIN_HOME: "../home", LOG_FORMAT: "json" };
  const expected = { port: 80, metricsPort: 9464, home: "/home", logFormat: "json" };
  expect(readSettings(set, "/repo")).toMatchObject(expected);
});
