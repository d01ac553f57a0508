import { execFileSync } from "node:child_process";
import { connect } from "node:tls";
import { describe, expect, inject, test } from "vitest";
import { send } from "./send.ts";
import { command, container, containers, logs, secret } from "./stack.ts";

const place = inject("stack");
/** Sends these bytes on a connection of its own, and leaves a moment later, whatever comes back. */
const sendRaw = (bytes: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: "localhost", servername: "localhost", port: place.httpsPort }, () => {
      socket.write(bytes);
      setTimeout(() => socket.destroy(), 300);
    });
    socket.on("error", reject).on("close", () => resolve());
  });

const MARK = "a-marked-secret-that-nobody-may-log";

describe("TLS", () => {
  const hasSslscan = (): boolean => {
    try {
      execFileSync("sslscan", ["--version"], { stdio: "ignore" });
      return true;
    } catch {
      console.log("sslscan is not installed here: apt-get install sslscan");
      return false;
    }
  };

  test.skipIf(!hasSslscan())("sslscan finds no weak protocol, cipher or renegotiation", async () => {
    const report = await command("sslscan", "--no-colour", `localhost:${place.httpsPort}`);
    for (const protocol of ["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"]) {
      expect(report).toMatch(new RegExp(`^${protocol}\\s+disabled$`, "m"));
    }
    for (const protocol of ["TLSv1.2", "TLSv1.3"]) expect(report).toMatch(new RegExp(`^${protocol}\\s+enabled$`, "m"));
    const accepted = report.match(/^(Preferred|Accepted) .*$/gm) ?? [];
    expect(accepted.length).toBeGreaterThan(2);
    for (const cipher of accepted) {
      expect(cipher).toMatch(/ (128|256) bits /);
      expect(cipher).not.toMatch(/RC4|3?DES|NULL|MD5|EXP|anon|CBC|-SHA\b/i);
    }
    expect(report).not.toMatch(/^TLSv1\.\d vulnerable/m);
  });

  test("a page is sent to HTTPS, under our own name whatever was asked for", async () => {
    for (const host of ["localhost", "evil.example"])
      for (const path of ["/docs?x=1", "/account", "/oauth/device?user_code=BDWP-HQPK"]) {
        const { status, headers } = await send(place, { method: "GET", path, headers: { host } }, "http");
        expect([status, headers["location"]]).toEqual([308, `https://localhost${path}`]);
      }
  });

  test("a call in the clear is refused, not sent on, so that its sender notices", async () => {
    for (const sent of [
      { method: "POST", path: "/kms/login", headers: {} },
      { method: "GET", path: "/kms/me", headers: { authorization: "Bearer x" } },
      { method: "GET", path: "/search/collections/elements/documents/search?x-typesense-api-key=x", headers: {} },
      { method: "GET", path: "/docs", headers: { authorization: "Bearer x" } },
      { method: "GET", path: "/kms/secrets", headers: { "x-api-key": "x" } },
      { method: "GET", path: "/search/health", headers: { "x-typesense-api-key": "x" } },
    ]) {
      const { status, headers } = await send(place, sent, "http");
      expect([status, headers["location"]]).toEqual([403, undefined]);
      expect(headers["content-type"]).toBe("application/problem+json");
    }
  });
});

describe("answers", () => {
  const SECURITY_HEADERS = {
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": expect.stringMatching(/no-referrer/),
    "permissions-policy": expect.stringContaining("camera=()"),
    "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
  };
  const json = { "content-type": "application/json" };
  const headersFor = (body: string): Record<string, string> =>
    body === big ? { ...json, "content-length": String(big.length), expect: "100-continue" } : body === "" ? {} : json;
  const big = "x".repeat(9_500_000);

  test.for([
    ["GET", "/", 200, ""],
    ["GET", "/docs", 200, ""],
    ["GET", "/health", 200, ""],
    ["GET", "/nowhere", 404, ""],
    ["GET", "/metrics", 404, ""],
    ["GET", "/gateway/authorize", 404, ""],
    ["GET", "/kms/me", 401, ""],
    ["POST", "/kms/login", 422, "{}"],
    ["POST", "/kms/login", 413, big],
  ] as const)("%s %s, answered %i, carries every security header once", async ([method, path, status, body]) => {
    const answer = await send(place, { method, path, body, headers: headersFor(body) });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(SECURITY_HEADERS);
    expect(answer.headers["server"] ?? answer.headers["via"]).toBeUndefined();
    if (status >= 400) expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.headers["alt-svc"]).toContain("h3=");
  });

  test("pages keep their own policy, and everything else may load nothing", async () => {
    expect((await send(place, { method: "GET", path: "/docs" })).headers["content-security-policy"]).toContain(
      "script-src 'sha256-",
    );
    // What the gateway says and what Caddy says by itself.
    for (const path of ["/health", "/metrics"])
      expect((await send(place, { method: "GET", path })).headers["content-security-policy"]).toBe(
        "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
      );
  });

  test("a body over every limit is refused, announced or not", async () => {
    const headers = { "content-type": "text/plain", "transfer-encoding": "chunked" };
    const answer = await send(place, { method: "POST", path: "/service-a/scripts", headers, body: big });
    // Caddy before 2.7 cannot tell why a body of no announced length broke off.
    expect([401, 413, 503]).toContain(answer.status);
  });
});

test("requests that break off or are no HTTP keep no one else out", async () => {
  const head = "POST /kms/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  for (const broken of ["Transfer-Encoding: chunked\r\n\r\nzz\r\n", 'Content-Length: 50\r\n\r\n{"username":'])
    for (let times = 0; times < 5; times += 1) {
      await sendRaw(`${head}${broken}`);
      const answer = await send(place, {
        method: "POST",
        path: "/kms/login",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      expect(answer.status).toBe(422);
    }
});

test("no credential that was sent stands in any log", async () => {
  const headers = {
    authorization: `Bearer ${MARK}`,
    "x-otp": MARK,
    cookie: `session=${MARK}`,
    "proxy-authorization": `Basic ${MARK}`,
    "x-typesense-api-key": MARK,
  };
  await send(place, { method: "GET", path: `/kms/me?access_token=${MARK}`, headers });
  await send(place, { method: "GET", path: `/metrics?key=${MARK}`, headers });
  const key = `ftn_abcdefgh_${"k".repeat(43)}_abcdef`;
  await send(place, { method: "GET", path: `/kms/keys/${key}`, headers });
  await send(place, { method: "GET", path: "/service-a/scripts", headers: { "x-api-key": MARK } });
  const body = JSON.stringify({ username: "admin", password: MARK });
  await send(place, { method: "POST", path: "/kms/login", headers: { "content-type": "application/json" }, body });
  expect(await logs(await container(place, "caddy"))).toContain('"uri":"/kms/me"');
  const all = (await Promise.all((await containers(place)).map(logs))).join("\n");
  for (const text of [MARK, key, secret(place, "admin_password"), secret(place, "kms_secret_key")]) {
    expect(all).not.toContain(text);
  }
});
