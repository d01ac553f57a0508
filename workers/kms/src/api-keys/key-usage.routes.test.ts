import { expect, test } from "vitest";
import { useServices } from "../../../../tests/support/kms/services.ts";

const { fountain, service, call } = useServices(["search:read"]);

const HOUR_MS = 60 * 60 * 1000;
const NOW = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const at = (hoursAgo: number): string => new Date(NOW - hoursAgo * HOUR_MS).toISOString();

const insert = (hoursAgo: number, calls: number) =>
  fountain().databases["kms"]?.execute({
    sql: "INSERT INTO key_usage (service, hour, calls, refused, limited) VALUES (?, ?, ?, 1, 2)",
    args: [service(), NOW - hoursAgo * HOUR_MS, calls],
  });

const read = async (query = "") => {
  const response = await call("GET", `/keys/${service()}/usage${query}`);
  expect(response.status).toBe(200);
  return response.json<{ items: { hour: string; calls: number }[]; next: string | null }>();
};

test("shows the hours in which there were calls, oldest first, within what is asked for", async () => {
  for (const hoursAgo of [0, 1, 5]) await insert(hoursAgo, 10 + hoursAgo);
  expect((await read()).items).toEqual([
    { hour: at(5), calls: 15, refused: 1, limited: 2 },
    { hour: at(1), calls: 11, refused: 1, limited: 2 },
    { hour: at(0), calls: 10, refused: 1, limited: 2 },
  ]);
  expect((await read(`?from=${at(1)}&to=${at(0)}`)).items.map(({ hour }) => hour)).toEqual([at(1)]);
  const first = await read("?limit=2");
  expect((await read(`?limit=2&after=${first.next}`)).items.map(({ hour }) => hour)).toEqual([at(0)]);
  expect((await call("GET", `/keys/${service()}/usage?from=yesterday`)).status).toBe(422);
  expect((await call("GET", "/keys/nothing/usage")).status).toBe(404);
});

test("is forgotten after 90 days, and with the service", async () => {
  for (const hoursAgo of [0, 91 * 24]) await insert(hoursAgo, 1);
  await fountain().runScheduled("kms");
  expect((await read()).items.map(({ hour }) => hour)).toEqual([at(0)]);
  expect((await call("DELETE", `/services/${service()}`)).status).toBe(204);
  const left = await fountain().databases["kms"]?.execute({
    sql: "SELECT 1 FROM key_usage WHERE service = ?",
    args: [service()],
  });
  expect(left?.rows).toEqual([]);
});
