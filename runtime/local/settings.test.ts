import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

test("defaults hold for what is unset or set to nothing", () => {
  const expected = { port: 8787, home: "/repo/.fountain", adminUsername: "admin", adminPassword: undefined };
  expect(readSettings({}, "/repo")).toMatchObject(expected);
  expect(readSettings({ PORT: "", FOUNTAIN_HOME: "", ADMIN_PASSWORD: "" }, "/repo")).toMatchObject(expected);
});

test("the metrics have a port only when one is set", () => {
  expect(readSettings({ METRICS_PORT: "" }, "/repo").metricsPort).toBeUndefined();
  expect(readSettings({ METRICS_PORT: "9464" }, "/repo").metricsPort).toBe(9464);
  expect(() => readSettings({ METRICS_PORT: "no" }, "/repo")).toThrow('METRICS_PORT is "no"');
});

test.for(["0", "65536", "80x", "-1", "8787.5", " "])("PORT=%j is refused with what to set instead", (port) => {
  expect(() => readSettings({ PORT: port }, "/repo")).toThrow(`PORT is "${port}": set it to a number from 1 to 65535`);
});

test("a Typesense cluster has URLs and a key; none means libSQL full-text", () => {
  expect(readSettings({}, "/repo").typesenseNodes).toEqual([]);
  expect(readSettings({ TYPESENSE_NODES: "", TYPESENSE_API_KEY: "k" }, "/repo").typesenseNodes).toEqual([]);
  const set = { TYPESENSE_NODES: "http://a:8108, https://b/", TYPESENSE_API_KEY: "k" };
  expect(readSettings(set, "/repo").typesenseNodes).toEqual(["http://a:8108", "https://b"]);
});

test.for([
  [
    { TYPESENSE_NODES: "a:8108", TYPESENSE_API_KEY: "k" },
    'TYPESENSE_NODES: "a:8108" is not an http or https URL: set it to',
  ],
  [{ TYPESENSE_NODES: "http://a:8108" }, "TYPESENSE_NODES is set without TYPESENSE_API_KEY: set that to"],
  [{ TYPESENSE_NODES: "http://a:8108", TYPESENSE_API_KEY: "" }, "TYPESENSE_NODES is set without TYPESENSE_API_KEY"],
] as const)("%j is refused with what to set instead", ([environment, message]) => {
  expect(() => readSettings(environment, "/repo")).toThrow(message);
});
