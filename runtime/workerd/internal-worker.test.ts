import { afterEach, beforeEach, expect, test, vi } from "vitest";
import internal, { Processes } from "./internal-worker.ts";

const exposition = (worker: string): string =>
  `# HELP requests_total R.\n# TYPE requests_total counter\nrequests_total{worker="${worker}"} 1\n`;

const target = (metrics: () => Promise<string>) => ({
  metrics,
  runScheduled: () => Promise.resolve(),
  writeLogAtOnce: () => Promise.resolve(),
});
const good = (worker: string) => target(() => Promise.resolve(exposition(worker)));

const scrape = async (env: Record<string, ReturnType<typeof target>>): Promise<Response> =>
  internal.fetch(new Request("http://internal/metrics"), env);

let logged: string[];
beforeEach(() => {
  logged = [];
  vi.spyOn(console, "log").mockImplementation((line) => logged.push(String(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("one scrape reads every worker, in Prometheus's own media type", async () => {
  const response = await scrape({ twofa: good("twofa"), search: good("search") });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await response.text()).toBe(
    "# HELP fountain_worker_up Whether the worker responded to this scrape.\n# TYPE fountain_worker_up gauge\n" +
      'fountain_worker_up{worker="twofa"} 1\nfountain_worker_up{worker="search"} 1\n\n' +
      "# HELP fountain_watchdog_restarts_total Restarts of a hung workerd.\n" +
      "# TYPE fountain_watchdog_restarts_total counter\nfountain_watchdog_restarts_total 0\n\n" +
      "# HELP requests_total R.\n# TYPE requests_total counter\n" +
      'requests_total{worker="twofa"} 1\nrequests_total{worker="search"} 1\n',
  );
});

test("a worker that fails or stays silent is down, and the others are there", async () => {
  vi.useFakeTimers();
  const answer = scrape({
    twofa: target(() => Promise.reject(new Error("broken"))),
    search: target(() => new Promise(() => {})),
    "service-a": good("service-a"),
  });
  await vi.advanceTimersByTimeAsync(2_000);
  const text = await (await answer).text();
  for (const line of ['up{worker="twofa"} 0', 'up{worker="search"} 0', 'up{worker="service-a"} 1'])
    expect(text).toContain(`fountain_worker_${line}\n`);
  expect(text).toContain('requests_total{worker="service-a"} 1');
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ event: "no-metrics", worker: "twofa" }]);
});

test("how often the watchdog has ended this process is counted, and is no worker", async () => {
  const response = await internal.fetch(new Request("http://internal/metrics"), {
    twofa: good("twofa"),
    WATCHDOG_RESTARTS: "2",
  });
  const text = await response.text();
  expect(text).toContain("# TYPE fountain_watchdog_restarts_total counter\nfountain_watchdog_restarts_total 2\n");
  expect(text).not.toContain('worker="WATCHDOG');
});

test("it says that it is alive, and asks no worker for it", async () => {
  expect((await internal.fetch(new Request("http://internal/alive"), {})).status).toBe(204);
});

test("it asks a hasher whether it is alive, and takes it for no worker", async () => {
  const alive = { fetch: async () => new Response(null, { status: 204 }) };
  const dead = { fetch: () => Promise.reject(new Error("connection refused")) };
  const env = { twofa: good("twofa"), "hasher-1": alive, "hasher-2": dead };
  const probe = (name: string) => internal.fetch(new Request(`http://internal/hashers/${name}`), env);
  expect((await probe("hasher-1")).status).toBe(204);
  expect((await probe("hasher-2")).status).toBe(503);
  for (const name of ["hasher-3", "twofa"]) expect((await probe(name)).status).toBe(404);
  expect(await (await internal.fetch(new Request("http://internal/metrics"), env)).text()).not.toContain("hasher");
  const run = new Request("http://internal/cron/hasher-1", { method: "POST" });
  expect((await internal.fetch(run, env)).status).toBe(404);
});

/** Another process, with what it was asked. */
const sibling = (respond: (path: string) => Promise<Response>) => {
  const asked: string[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const { method, url } = new Request(input, init);
    const { pathname } = new URL(url);
    asked.push(`${method} ${pathname}`);
    return respond(pathname);
  };
  return { process: { fetch }, asked };
};
const responding = () =>
  sibling(async (path) =>
    path === "/metrics" ? new Response(exposition("twofa")) : new Response(null, { status: 204 }),
  );
const dead = () => sibling(() => Promise.reject(new Error("connection refused")));

const post = (path: string, env: Parameters<typeof internal.fetch>[1]): Promise<Response> =>
  internal.fetch(new Request(`http://internal${path}`, { method: "POST" }), env);

test("the series of several processes stand together, each with its process; of one that is gone, all workers are down", async () => {
  const env = { twofa: good("twofa"), SIBLINGS: "2", "workerd-2": responding().process, "workerd-3": dead().process };
  const text = await (await internal.fetch(new Request("http://internal/metrics"), env)).text();
  expect(text.match(/# TYPE requests_total/g)).toHaveLength(1);
  for (const line of [
    'requests_total{process="1",worker="twofa"} 1',
    'requests_total{process="2",worker="twofa"} 1',
    'fountain_worker_up{process="1",worker="twofa"} 1',
    'fountain_worker_up{process="3",worker="twofa"} 0',
    'fountain_watchdog_restarts_total{process="1"} 0',
  ])
    expect(text).toContain(`${line}\n`);
  expect(text).not.toMatch(/worker="workerd-/);
});

test("all processes drain, and are notified of the stop, whether each responds or not; those that do not run are not asked", async () => {
  const [two, three, four] = [responding(), dead(), responding()];
  const releaseAllowances = vi.fn(() => Promise.reject(new Error("no database")));
  const gateway = {
    ...good("gateway"),
    drain: () => Promise.resolve(),
    releaseAllowances,
    applyConfiguration: async () => [],
    report: async () => "",
  };
  const siblings = { "workerd-2": two.process, "workerd-3": three.process, "workerd-4": four.process };
  const env = { gateway, ...siblings, SIBLINGS: "2" };
  expect((await post("/drain", env)).status).toBe(204);
  expect((await post("/stopping", env)).status).toBe(204);
  expect(releaseAllowances).toHaveBeenCalledTimes(1);
  expect([two.asked, three.asked, four.asked]).toEqual([
    ["POST /drain", "POST /stopping"],
    ["POST /drain", "POST /stopping"],
    [],
  ]);
});

test("a gateway asks those of the other processes, and not its own; one that is gone is left out", async () => {
  const telling = (answer: string) => sibling(async () => new Response(answer));
  const [one, two, three] = [telling('{"seen":1}'), telling('{"seen":2}'), dead()];
  const env = {
    "workerd-1": one.process,
    "workerd-2": two.process,
    "workerd-3": three.process,
    "workerd-4": telling('{"seen":4}').process,
    PROCESS: "2",
    PROCESSES: "3",
  };
  const asked = new Request("http://processes/report", { method: "POST", body: '{"about":"activity"}' });
  expect(await (await Processes.fetch(asked, env)).json()).toEqual({ answers: [{ seen: 1 }], others: 2 });
  expect([one.asked, two.asked, three.asked]).toEqual([["POST /report"], [], ["POST /report"]]);
  const alone = new Request("http://processes/report", { method: "POST", body: "{}" });
  expect(await (await Processes.fetch(alone, {})).json()).toEqual({ answers: [], others: 0 });
});

test("maintenance goes round the processes, and past one that is gone", async () => {
  const [two, three] = [responding(), dead()];
  const own = vi.fn(() => Promise.resolve());
  const round = { ...good("search"), runScheduled: own };
  const env = { search: round, SIBLINGS: "2", "workerd-2": two.process, "workerd-3": three.process };
  for (let call = 0; call < 6; call += 1) expect((await post("/cron/search", env)).status).toBe(204);
  expect(own).toHaveBeenCalledTimes(4);
  expect(two.asked).toEqual(["POST /cron/search", "POST /cron/search"]);
  expect(three.asked).toHaveLength(2);
});

test.each([
  ["POST", "/cron/workerd-2", 404],
  ["POST", "/hashers/hasher-1", 405],
  ["POST", "/alive", 405],
  ["POST", "/cron/WATCHDOG_RESTARTS", 404],
  ["POST", "/metrics", 405],
  ["GET", "/cron/twofa", 405],
  ["GET", "/", 405],
  ["POST", "/cron/nobody", 404],
  ["POST", "/cron", 404],
  ["GET", "/drain", 405],
  ["POST", "/drain", 404],
  ["GET", "/report", 405],
  ["POST", "/report", 404],
  ["POST", "/anything", 404],
])("%s %s is refused with %i", async (method, path, status) => {
  const env = { twofa: good("twofa"), WATCHDOG_RESTARTS: "1" };
  expect((await internal.fetch(new Request(`http://internal${path}`, { method }), env)).status).toBe(status);
});
