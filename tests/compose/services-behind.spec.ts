/** Services in containers of their own on the network `upstreams`, as the guide has it, called through Caddy. */
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { expectProblem, send } from "../support/call.ts";
import { logIn, registerService } from "../support/session.ts";
import { type ConfigurationFile, createConfigurationFile } from "./configured.ts";
import { baseUrl, docker, eventually, inspect, logs, secret } from "./stack.ts";

const place = inject("stack");
const target = { url: baseUrl(place), adminUsername: "admin", adminPassword: secret(place, "admin_password") };
const IMAGE = "node:24-bookworm-slim";
const PORT = 9_000;
/** Says what it was asked for, and logs each connection. */
const SERVICE = `require("node:http").createServer(({ url, headers }, response) => {
  response.setHeader("content-type", "application/json").setHeader("connection", "close");
  response.end(JSON.stringify({ url, authorization: headers.authorization, host: headers["x-forwarded-host"] }));
}).on("connection", () => console.log("connected")).listen(${PORT}, () => console.log("listens"))`;

let file: ConfigurationFile;
let administrator: Record<string, string>;
let reader: Record<string, string>;
const started: string[] = [];

/** A container with the service, under this name on a network of the stack. */
const startService = async (name: string, network: string, container = `${place.project}-${name}`): Promise<string> => {
  const networks = ["--network", `${place.project}_${network}`, "--network-alias", name];
  await docker("run", "--detach", "--name", container, ...networks, IMAGE, "node", "-e", SERVICE);
  started.push(container);
  await eventually(async () => (await logs(container)).includes("listens"));
  return container;
};

const upstream = (name: string) => ({
  targets: [`http://${name}:${PORT}`],
  scopes: { [`${name}:read`]: "Read" },
  routes: [{ match: "GET /items/**", scope: `${name}:read` }],
});

const call = (name: string, headers: Record<string, string>, method = "GET") =>
  send(target, method, `/${name}/items/7?q=1`, { headers });

beforeAll(async () => {
  administrator = await logIn(target);
  await startService("notes", "upstreams");
  const upstreams = { notes: upstream("notes"), rebound: upstream("rebound") };
  file = createConfigurationFile(place, JSON.stringify({ upstreams }));
  expect(await file.run("configure")).toContain("The gateway is configured as the file says.");
  reader = await registerService(target, administrator, "notes-reader", ["notes:read"]);
  await eventually(async () => (await call("notes", reader)).status === 200);
});
afterAll(async () => {
  await file?.remove();
  if (started.length > 0) await docker("rm", "--force", ...started);
});

test("a service is called with a token or a key, and gets a token of its own", async () => {
  for (const headers of [administrator, reader]) {
    const { status, body } = await call("notes", headers);
    const authorization = expect.stringMatching(/^Bearer ey/);
    expect([status, body]).toEqual([200, { url: "/items/7?q=1", authorization, host: new URL(target.url).host }]);
    expect(body["authorization"]).not.toBe(headers["authorization"]);
  }
});

test("a service is not reached without a credential, without the scope, or where no route fits", async () => {
  const stranger = await registerService(target, administrator, "notes-stranger", ["search:read"]);
  const [notes = ""] = started;
  const before = await logs(notes);
  expectProblem(await call("notes", {}), 401);
  expectProblem(await call("notes", { authorization: "Bearer nonsense" }), 401);
  expectProblem(await call("notes", stranger), 403);
  expectProblem(await call("notes", reader, "DELETE"), 404);
  expect(await logs(notes)).toBe(before);
  expect(await inspect(notes, "{{json .NetworkSettings.Ports}}")).toBe("{}");
});

test("a name that leads to the databases' network, after it led to a service, reaches nothing there", async () => {
  const first = await startService("rebound", "upstreams");
  await eventually(async () => (await call("rebound", administrator)).status === 200);
  await docker("rm", "--force", first);
  const trap = await startService("rebound", "data", `${place.project}-trap`);
  for (let count = 0; count < 5; count += 1) expectProblem(await call("rebound", administrator), 503);
  expect(await logs(trap)).toBe("listens\n");
  // It would have been reached from there.
  const ask = `fetch("http://rebound:${PORT}")`;
  await docker("run", "--rm", "--network", `${place.project}_data`, IMAGE, "node", "-e", ask);
  expect(await logs(trap)).toBe("listens\nconnected\n");
});
