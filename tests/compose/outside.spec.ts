import path from "node:path";
import { describe, expect, inject, test } from "vitest";
import { type Answer, send } from "./send.ts";
import { container, containers, docker, inspect } from "./stack.ts";

const place = inject("stack");
const JOBS_IMAGE = "fountain-jobs:test";
const SCANNER = path.join(import.meta.dirname, "scan.mjs");

/** Nothing of what stands behind Caddy and the gateway is in this answer. */
const expectNothingPrivate = (answer: Answer, what: string): void => {
  expect([308, 400, 401, 403, 404, 405, 413, 415, 421, 501], `${what}: ${answer.status}`).toContain(answer.status);
  expect(answer.text, what).not.toMatch(
    /^# (HELP|TYPE)|^created$|^exists$|"namespace|"baton"|BEGIN [A-Z ]*KEY|Workerd\.Config/m,
  );
  expect(answer.headers["server"], what).toBeUndefined();
};

const PRIVATE_PATHS = `
GET /metrics | GET /metrics/ | GET //metrics | GET /./metrics | GET /METRICS | GET /%6detrics | GET /metrics%00
GET /metrics;x | GET /metrics?x=1 | GET /kms/../metrics | GET /kms/..%2fmetrics | GET /kms/%2e%2e/metrics
GET /kms/metrics | GET /twofa/metrics | GET /search/metrics | GET /service-a/metrics | GET /internal/metrics
GET /kms/ready | GET /kms/openapi.json | GET /search/ready | GET /service-a//ready | GET /twofa/openapi.json
POST /cron/kms | POST /cron/service-a | POST /kms/cron/kms | POST /administrator | POST /kms/administrator
POST /drain | POST /gateway/drain | POST /gateway/ready | POST /kms/Rpc | POST /kms/Internal | POST /internal/drain
POST /v1/namespaces/kms/create | DELETE /v1/namespaces/kms | POST /v2/pipeline | POST /kms/v2/pipeline | GET /dump
GET /config/ | POST /load | POST /stop | GET /reverse_proxy/upstreams | GET /pki/ca/local | GET /debug/pprof/
GET /.env | GET /.git/config | GET /secrets/kms_secret_key | GET /run/secrets/kms_secret_key | GET /settings.list
GET /../../run/secrets/kms_secret_key | GET /..%2f..%2frun%2fsecrets%2fkms_secret_key | GET /fountain/workerd.capnp
GET /api/v1/query?query=up | POST /-/reload | GET /api/dashboards/home | GET /loki/api/v1/labels | GET /collections
GET http://workerd:8788/metrics | GET http://localhost:2019/config/ | POST http://${place.subnet}.2.2:9090/v1/namespaces
`
  .split(/[|\n]/)
  .map((line) => line.trim())
  .filter((line) => line !== "");

test.for(PRIVATE_PATHS)("%s reaches nothing private", async (line) => {
  const [method = "", path = ""] = line.split(" ");
  const json = { headers: { "content-type": "application/json" }, body: "{}" };
  expectNothingPrivate(await send(place, { method, path, ...(method === "POST" && json) }), line);
});

/** Headers that move some proxy or worker to take a request for another one. */
const ADDRESS_TRICKS: readonly Record<string, string>[] = [
  { host: "workerd:8788" },
  { host: "libsql:8080" },
  { host: "kms.db" },
  { host: "localhost:2019" },
  { host: `localhost:${place.httpsPort}`, "x-forwarded-host": "workerd:8788" },
  { "x-original-url": "/metrics" },
  { "x-rewrite-url": "/metrics" },
  { "x-forwarded-uri": "/metrics" },
  { "x-forwarded-prefix": "/../metrics" },
  { "x-forwarded-port": "8788" },
  { "x-forwarded-proto": "http", "x-forwarded-for": "127.0.0.1" },
  { "x-http-method-override": "POST", "x-original-url": "/administrator" },
  { "x-fountain-affinity": "workerd:8788" },
  { forwarded: "for=127.0.0.1;host=workerd:8788;proto=http" },
];

test.for(ADDRESS_TRICKS)("%j opens no other door", async (headers) => {
  for (const path of ["/metrics", "/kms/ready", "/config/"]) {
    expectNothingPrivate(await send(place, { method: "GET", path, headers }), `${path} ${JSON.stringify(headers)}`);
  }
});

/** Headers that somebody behind some proxy believes. */
const IDENTITY_TRICKS: readonly Record<string, string>[] = [
  { "x-forwarded-user": "admin" },
  { "x-remote-user": "admin", "remote-user": "admin" },
  { "x-user": "admin", "x-user-id": "1", "x-user-roles": "admin" },
  { "x-auth-request-user": "admin", "x-auth-request-groups": "admin" },
  { "x-principal": '{"kind":"user","roles":["admin"]}' },
  { "x-scopes": "users:admin", "x-roles": "admin", "x-subject": "admin" },
  { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", "cf-connecting-ip": "127.0.0.1" },
  { "x-request-id": "internal:scheduler", "x-forwarded-prefix": "/internal" },
  { connection: "close, authorization, x-request-id" },
  { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABkAAQCAAAAAAIAAAAA" },
  { authorization: "Bearer null" },
  { authorization: "Basic YWRtaW46YWRtaW4=" },
  { cookie: "access_token=admin; session=admin" },
  { "x-forwarded-client-cert": "Subject=admin", "ssl-client-verify": "SUCCESS" },
];

test.for(IDENTITY_TRICKS)("%j makes nobody of a stranger", async (headers) => {
  for (const path of ["/kms/users", "/kms/me", "/service-a/scripts"]) {
    expect((await send(place, { method: "GET", path, headers })).status, path).toBe(401);
  }
});

test.for(["TRACE", "PROPFIND", "PURGE"])("the method %s is refused", async (method) => {
  expect([400, 405, 501]).toContain((await send(place, { method, path: "/" })).status);
});

describe("ports", () => {
  const OPEN_TO_THE_WORLD = ["443/tcp", "443/udp", "80/tcp"];

  test("only Caddy is published, with 80 and 443", async () => {
    const published: Record<string, string[]> = {};
    for (const id of await containers(place)) {
      const ports: Record<string, unknown> = JSON.parse(await inspect(id, "{{json .NetworkSettings.Ports}}"));
      const service = await inspect(id, '{{index .Config.Labels "com.docker.compose.service"}}');
      const open = Object.keys(ports).filter((port) => ports[port] !== null);
      if (open.length > 0) published[service] = open.toSorted();
    }
    expect(published).toEqual({ caddy: OPEN_TO_THE_WORLD });
  });

  /** Which of these addresses (`host:port` or `host:from-to`) accept a connection, seen from a container on this network. */
  const scan = async (network: string, addresses: readonly string[]): Promise<string[]> => {
    const args = ["run", "--rm", "-i", "--network", network, "-v", `${SCANNER}:/scan.mjs:ro`, JOBS_IMAGE];
    return JSON.parse(await docker(...args, "node", "/scan.mjs", ...addresses));
  };

  test("from beside Caddy, every port but 80 and 443 is closed", async () => {
    const caddy = await container(place, "caddy");
    const network = `${place.project}_edge`;
    const address = await inspect(caddy, `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`);
    expect(await scan(network, [`${address}:1-65535`])).toEqual([`${address}:80`, `${address}:443`]);
  });

  test("from outside the internal networks, nothing in them answers", async () => {
    const addresses: string[] = [];
    for (const id of await containers(place)) {
      const networks: Record<string, { IPAddress: string }> = JSON.parse(
        await inspect(id, "{{json .NetworkSettings.Networks}}"),
      );
      const inside = Object.entries(networks).filter(([name]) => !name.endsWith("_edge"));
      addresses.push(...inside.map(([, { IPAddress }]) => IPAddress).filter((address) => address !== ""));
    }
    const ports = ["80", "443", "2019", "2020", "5001", "8080", "8787", "8788", "9090"];
    expect(addresses.length).toBeGreaterThan(6);
    expect(
      await scan(
        "bridge",
        addresses.flatMap((address) => ports.map((port) => `${address}:${port}`)),
      ),
    ).toEqual([]);
  });

  const canConnect = async (service: string, host: string, port: number): Promise<boolean> => {
    const script = `timeout 3 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo open || echo closed`;
    return (await docker("exec", await container(place, service), "bash", "-c", script)).trim() === "open";
  };

  test("inside, each container reaches what it needs and no more", async () => {
    const workerd = await container(place, "workerd");
    const addressOn = (network: string) =>
      inspect(workerd, `{{(index .NetworkSettings.Networks "${place.project}_${network}").IPAddress}}`);
    const [app, ops, libsql] = [await addressOn("app"), await addressOn("ops"), `${place.subnet}.2.2`];
    const reached = {
      "caddy to workerd": await canConnect("caddy", app, 8787),
      "caddy to the internal socket": (await canConnect("caddy", app, 8788)) || (await canConnect("caddy", ops, 8788)),
      "caddy to libsql": await canConnect("caddy", libsql, 8080),
      "scheduler to the internal socket": await canConnect("scheduler", ops, 8788),
      "scheduler to libsql": await canConnect("scheduler", libsql, 8080),
      "libsql to the internal socket": await canConnect("libsql", ops, 8788),
      "scheduler to the world": await canConnect("scheduler", "1.1.1.1", 443),
      "libsql to the world": await canConnect("libsql", "1.1.1.1", 443),
    };
    expect(
      Object.keys(reached).filter((way) => Object.entries(reached).some(([name, open]) => name === way && open)),
    ).toEqual(["caddy to workerd", "scheduler to the internal socket"]);
  });
});
