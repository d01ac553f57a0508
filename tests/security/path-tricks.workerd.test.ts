/** Paths as they are sent byte for byte, through a real gateway in front of a real service. */
import { createServer } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "../../runtime/local/ports.ts";
import { send } from "../support/call.ts";
import type { Fountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { startWorkerd } from "../support/workerd.ts";

const reached: string[] = [];
const service = createServer(({ url = "" }, response) => {
  reached.push(url);
  response.end("reached");
});

let fountain: Fountain;
let headers: Record<string, string>;
beforeAll(async () => {
  const [port] = await freePorts();
  await new Promise<void>((resolve) => service.listen(port, "127.0.0.1", resolve));
  fountain = await startWorkerd();
  headers = await logInAndStepUp(fountain);
  const json = {
    targets: [`http://127.0.0.1:${port}`],
    routes: [
      { match: "GET /open/**", anyone: true },
      { match: "GET /**", scope: "users:admin" },
    ],
  };
  expect(await send(fountain, "PUT", "/gateway/upstreams/strict", { headers, json })).toMatchObject({ status: 201 });
  const limit = { match: "GET /lenient/open/x", per: "all", limit: 1_000_000, window: "1d" };
  await send(fountain, "PUT", "/gateway/limits/open", { headers, json: limit });
  const lenient = { ...json, lenientPaths: true };
  expect(await send(fountain, "PUT", "/gateway/upstreams/lenient", { headers, json: lenient })).toMatchObject({
    status: 201,
  });
}, 60_000);
afterAll(async () => {
  service.close();
  await fountain?.stop();
});

/** The head of the response to a request whose line has these very bytes. */
const headOf = (target: string, method = "GET"): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(fountain.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.setEncoding("latin1").once("data", (chunk) => {
      socket.destroy();
      resolve(String(chunk));
    });
    socket.on("error", reject);
    socket.on("end", () => reject(new Error("there was no response")));
    socket.write(`${method} ${target} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: 0\r\n\r\n`);
  });

const statusOf = async (target: string): Promise<number> => Number((await headOf(target)).split(" ")[1]);

const SECRET = "secret";
/** The runtime resolves these, so that they are decided on and sent as what they mean. */
const RESOLVED = [`/open/../${SECRET}`, `/open/./../${SECRET}`];
const REFUSED = [
  `/open/%2e%2e/${SECRET}`,
  `/open/..\\${SECRET}`,
  `/open\\..\\${SECRET}`,
  `/open/%252e%252e/${SECRET}`,
  `/open/..;/${SECRET}`,
  `/open/..%2f${SECRET}`,
  `/open/..%252f${SECRET}`,
  `/open/..%5c${SECRET}`,
  `/open/%c0%ae%c0%ae/${SECRET}`,
  `/open/.../${SECRET}`,
  `/open/x%00/${SECRET}`,
  `/open/%2e%2e%2f${SECRET}`,
];

const all = (paths: readonly string[], status: number) => Object.fromEntries(paths.map((path) => [path, status]));

const statusesOf = async (upstream: string, paths: readonly string[]) => {
  const statuses: Record<string, number> = {};
  for (const path of paths) statuses[path] = await statusOf(`/${upstream}${path}`);
  return statuses;
};

test.each(["strict", "lenient"])("no path leads around the routes of an upstream that is %s", async (upstream) => {
  expect(await statusesOf(upstream, ["/open/x", `/${SECRET}`, ...RESOLVED, ...REFUSED])).toEqual({
    "/open/x": 200,
    ...all([`/${SECRET}`, ...RESOLVED], 401),
    ...all(REFUSED, 400),
  });
  expect(reached.splice(0)).toEqual(["/open/x"]);
});

test("what services are known to need is let through to one that is lenient, byte for byte", async () => {
  const needed = ["/open//x", "/open/x;v=1", "/open/a%2Fb"];
  expect(await statusesOf("strict", needed)).toEqual(all(needed, 400));
  expect(await statusesOf("lenient", needed)).toEqual(all(needed, 200));
  expect(reached.splice(0)).toEqual(needed);
});

/** Where else the runtime resolves dots, or leaves them alone. */
const DOTTED = [
  ...[
    "/open/..",
    "/open/.",
    "/open/a/..",
    "/open/./",
    "/open/../",
    "/open/x/../../../strict/open/x",
    "/open/..?a=/../x",
  ],
  ...["/secret/../open/x", "/secret/../open/%2e%2e/x", "/open/x..", "/open//../../secret", "/open/a?/../../secret"],
];

test.each(["strict", "lenient"])(
  "the explanation knows what becomes of each at an upstream that is %s",
  async (name) => {
    const paths = ["/open/x", `/${SECRET}`, ...RESOLVED, ...REFUSED, ...DOTTED];
    const explained: Record<string, number> = {};
    for (const path of paths) {
      const json = { method: "GET", path: `/${name}${path}` };
      const { body } = await send(fountain, "POST", "/gateway/policies/explain", { headers, json });
      const denials: Record<string, number> = { credential: 401, path: 400, routes: 404 };
      explained[path] = body["decision"] === "allow" ? 200 : (denials[String(body["rule"] ?? body["by"])] ?? 0);
    }
    expect(explained).toEqual(await statusesOf(name, paths));
  },
);

/** What it is spelled like, and how else services may read the same. */
const spellings = (first: string, last: string): string[] => {
  const encoded = `%${last.charCodeAt(0).toString(16)}${last.slice(1)}`;
  const parts = [
    last,
    encoded,
    encoded.toUpperCase(),
    `${last};v=1`,
    `${last}%3bv=1`,
    `./${last}`,
    `x/../${last}`,
    `;v/${last}`,
    `%2f${last}`,
    `${last}%2f`,
  ];
  const paths = parts.flatMap((part) => [`${first}/${part}`, `${first}/${part}/`, `${first}//${part}`]);
  return [
    ...paths,
    `${first}%2f${last}`,
    `${first};v/${last}`,
    `${first}\\${last}`,
    `/${first}/${last}`,
    `${first}/${last}?a`,
  ];
};

test.each([
  ["POST", "/kms/login", "default-login", spellings("/kms", "login")],
  ["GET", "/lenient/open/x", "open", spellings("/lenient/open", "x")],
])("no spelling of %s %s leads around a limit to what it limits", async (method, path, name, paths) => {
  const isCounted = (head: string): boolean => new RegExp(`^ratelimit-policy: .*"${name}"`, "im").test(head);
  await expect.poll(async () => isCounted(await headOf(path, method)), { timeout: 10_000 }).toBe(true);
  const outcomes = await Promise.all(
    paths.map(async (sent) => {
      const head = await headOf(sent, method);
      return { sent, status: Number(head.split(" ")[1]), isCounted: isCounted(head) };
    }),
  );
  expect(outcomes.filter((one) => !one.isCounted && ![400, 404, 405].includes(one.status))).toEqual([]);
  expect(outcomes.filter((one) => one.isCounted).length).toBeGreaterThan(3);
});
