/** Services that know nothing of Fountain, in Express and in FastAPI, put behind three processes of it by one call each. */
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { missingPackages } from "../observability/caddy.ts";
import { expectProblem, send } from "../support/call.ts";
import { type StartedService, startService } from "../support/gateway/service.ts";
import { putUpstream } from "../support/gateway/upstreams.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, logInAndStepUp, registerService } from "../support/session.ts";

const EXAMPLES = path.join(import.meta.dirname, "..", "..", "examples");
const LIVE_WITHIN = { timeout: 5_000, interval: 100 };

interface Example {
  name: string;
  /** Programs that it needs of Debian. */
  needs: readonly string[];
  command: (port: number) => readonly [string, ...string[]];
  items: string;
  item: object;
}

const SERVICES: Example[] = [
  {
    name: "express",
    needs: [],
    command: () => [process.execPath, "server.js"],
    items: "/items",
    item: { text: "Buy a lamp." },
  },
  {
    name: "fastapi",
    needs: ["uvicorn"],
    command: (port) => ["uvicorn", "main:app", "--port", String(port)],
    items: "/tasks",
    item: { title: "Trim the wick", done: false },
  },
];

let fountains: Fountain[] = [];
let administrator: Record<string, string>;
beforeAll(async () => {
  const first = await startFountain();
  fountains = [first, ...(await Promise.all([1, 2].map(() => startFountain({ beside: first }))))];
  administrator = await logInAndStepUp(first);
});
afterAll(async () => {
  for (const fountain of fountains.toReversed()) await fountain.stop();
});

describe.each(SERVICES)("$name", ({ name, needs, command, items, item }) => {
  const missing = missingPackages(needs);
  let service: StartedService;
  beforeAll(async () => {
    if (missing.length === 0) service = await startService({ command, cwd: path.join(EXAMPLES, name) });
  });
  afterAll(() => service?.stop());

  test.skipIf(missing.length > 0)("is live on each within five seconds, for whom it is meant", async () => {
    const [first] = fountains;
    if (first === undefined) throw new Error("there is no Fountain");
    const [read, write] = [`${name}:read`, `${name}:write`];
    await putUpstream(first, administrator, name, {
      targets: [service.url],
      scopes: { [read]: "Read", [write]: "Write" },
      routes: [
        { match: `GET ${items}/**`, scope: read },
        { match: `POST ${items}`, scope: write },
      ],
    });
    const reader = await registerService(first, administrator, `reader-of-${name}`, [read]);
    const url = `/${name}${items}`;
    for (const [at, fountain] of fountains.entries()) {
      await vi.waitFor(async () => {
        expect((await send(fountain, "GET", url, { headers: reader })).status).toBe(200);
      }, LIVE_WITHIN);
      const user = await logIn(fountain);
      const created = await send(fountain, "POST", url, { headers: user, json: item });
      expect([created.status, created.body]).toEqual([201, expect.objectContaining(item)]);
      const shown = await send(fountain, "GET", `${url}/${at + 1}`, { headers: reader });
      expect([shown.status, shown.body]).toEqual([200, expect.objectContaining(item)]);
      expectProblem(await send(fountain, "GET", url), 401);
      expectProblem(await send(fountain, "POST", url, { headers: reader, json: item }), 403);
      expectProblem(await send(fountain, "DELETE", `${url}/1`, { headers: user }), 404);
    }
  });
});
