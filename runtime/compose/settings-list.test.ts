import { expect, test } from "vitest";
import { settingsList } from "./settings-list.ts";

const base = { name: "", main: "", compatibilityDate: "", compatibilityFlags: [], services: [], crons: [] };

test("names every variable once, with the kind of its source and its default", () => {
  const workers = [
    { ...base, worker: "gateway", vars: { PUBLIC_URL: "http://localhost:8787", EMPTY: "" }, secrets: [] },
    {
      ...base,
      worker: "service-a",
      vars: { PUBLIC_URL: "http://localhost:8787", DATABASE_URL: "http://service-a.db" },
      secrets: ["DATABASE_TOKEN"],
    },
  ];
  expect(settingsList({ workers }).split("\n")).toEqual([
    "setting PUBLIC_URL http://localhost:8787",
    "setting EMPTY ",
    "secret SERVICE_A_DATABASE_TOKEN",
    "setting SERVICE_A_DATABASE_URL http://service-a.db",
    "",
  ]);
});
