/** `fountain api`: every operation of the route table within reach. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WORKERS } from "../../shared/contracts/workers.ts";
import { bodyOf, type Route, routesOf } from "../flows/credentials.ts";
import { type Result, runInProcess } from "../support/cli/in-process.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn } from "../support/session.ts";

let fountain: Fountain;
let home: string;
let token: string;
beforeAll(async () => {
  fountain = await startFountain();
  home = mkdtempSync(path.join(tmpdir(), "fountain-cli-api-"));
  token = (await logIn(fountain))["authorization"]?.replace("Bearer ", "") ?? "";
});
afterAll(async () => {
  if (home) rmSync(home, { recursive: true });
  await fountain?.stop();
});

const api = (args: readonly string[], env: Record<string, string> = {}): Promise<Result> =>
  runInProcess(["api", ...args], { XDG_CONFIG_HOME: home, FOUNTAIN_URL: fountain.url, ...env });

const statusOf = ({ stdout }: Result): number => Number(/^HTTP (\d+)/.exec(stdout)?.[1]);

const routes: Route[] = WORKERS.flatMap((worker) => routesOf(worker, worker === "gateway" ? "" : `/${worker}`));

/** Where the path of an example has nothing, and a route's own 404 looks as if there were no route. */
const EXISTING: Readonly<Record<string, string>> = {
  "/.well-known/oauth-protected-resource/7": "/.well-known/oauth-protected-resource/kms",
};

describe("reaches", () => {
  test.each(routes.map((route): [string, Route] => [route.name, route]))("%s", async (_, route) => {
    const { body } = bodyOf(route);
    const data = body === undefined ? [] : ["-d", body];
    // Without a credential: what matters is that there is a route, and nothing must happen.
    const result = await api([route.method, EXISTING[route.path] ?? route.path, "-i", ...data]);
    expect([404, 405], result.stderr).not.toContain(statusOf(result));
    expect(result.code).not.toBe(2);
  });
});

test("sends a body as JSON or as text, a form to OAuth, and the header fields that are given", async () => {
  const env = { FOUNTAIN_TOKEN: token };
  const created = await api(["POST", "/kms/services", "-d", '{"name": "films", "scopes": ["sequence:write"]}'], env);
  expect([created.code, JSON.parse(created.stdout)]).toEqual([0, expect.objectContaining({ name: "films" })]);
  const script = await api(["POST", "/service-a/scripts", "-d", "Title: A Film\n\nINT. ROOM - DAY\n\nSilence.\n"], env);
  expect(JSON.parse(script.stdout)).toMatchObject({ title: "A Film" });
  const active = await api(["post", "/kms/introspect", "-d", `token=${token}`], env);
  expect(JSON.parse(active.stdout)).toMatchObject({ active: true });
  const condition = await api(["GET", "/kms/me", "-H", "Accept: text/html"], env);
  expect(condition.code).toBe(0);
});

test("prints what is refused, and ends with the code for it", async () => {
  const refused = await api(["GET", "/kms/users/none"], { FOUNTAIN_TOKEN: token });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("request ") });
  expect(JSON.parse(refused.stdout)).toMatchObject({ status: 404 });
  expect((await api(["GET", "/kms/me"])).code).toBe(3);
  expect((await api(["GET", "kms/me"])).code).toBe(2);
  expect((await api(["GET", "//elsewhere.example/"], { FOUNTAIN_TOKEN: token })).code).toBe(1);
});
