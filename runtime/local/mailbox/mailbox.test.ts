/** Mails under `npm start` without a mail server: kept, shown to their operator, and to no one else. */
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTemporaryHome, eventually, type StartedProcess, spawnStart } from "../../../tests/support/workerd.ts";
import { stopProcess } from "../process.ts";
import { createKeptMails } from "./kept-mails.ts";
import { mailPage } from "./page.ts";

const PASSWORD = "four unrelated plain words";

let started: StartedProcess;
let page: string;
beforeAll(async () => {
  started = await spawnStart({ ADMIN_PASSWORD: PASSWORD, REGISTRATION: "open" });
  await started.readyOrEnded();
  await eventually(() => started.lines.some((line) => line.includes("mails are kept in")));
  await eventually(() => started.lines.some((line) => /^ {2}http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}$/.test(line)));
  page = started.lines.find((line) => line.startsWith("  http://127.0.0.1"))?.trim() ?? "";
});
afterAll(async () => {
  await stopProcess(started.child);
  rmSync(started.home, { recursive: true, force: true });
});

const call = async (method: string, pathname: string, body: object, token?: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${started.port}${pathname}`, {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });

const folder = () => path.join(started.home, "mail");

test("a mail is a file that only its owner can read, and stands on the page", async () => {
  const ann = { username: "ann", password: PASSWORD };
  expect((await call("POST", "/kms/register", { ...ann, email: "ann@example.org" })).status).toBe(201);
  const { access_token: token } = Object(await (await call("POST", "/kms/login", ann)).json());
  const change = { currentPassword: PASSWORD, newPassword: "five unrelated words, plain ones" };
  expect((await call("PUT", "/kms/me/password", change, token)).status).toBe(204);

  const contents = () => readdirSync(folder()).map((name) => readFileSync(path.join(folder(), name), "utf8"));
  await eventually(() => contents().length === 2 && contents().some((text) => text.includes("password was changed")));
  const at = contents().findIndex((text) => text.includes("password was changed"));
  const file = path.join(folder(), readdirSync(folder())[at] ?? "");
  expect(statSync(folder()).mode & 0o777).toBe(0o700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toMatch(
    /^To: ann@example\.org\nSubject: Your Fountain password was changed\n\nOn /,
  );

  const shown = await fetch(page);
  expect(shown.status).toBe(200);
  expect(await shown.text()).toContain("Your Fountain password was changed");
  expect(shown.headers.get("referrer-policy")).toBe("no-referrer");
  expect(shown.headers.get("cache-control")).toBe("no-store");
});

/** The status of the page at an address, by the name that a browser would send. */
const statusBy = (address: string, host: string): Promise<number | string> =>
  new Promise((resolve) => {
    const { port, pathname } = new URL(page);
    request({ host: address, port, path: pathname, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", (error) => resolve("code" in error ? String(error.code) : "error"))
      .end();
  });

test("the page needs its secret, the name of this machine, and this machine", async () => {
  const { origin, port } = new URL(page);
  for (const other of ["/", "/mail", `${new URL(page).pathname}x`, new URL(page).pathname.slice(0, -1)])
    expect((await fetch(origin + other)).status, other).toBe(404);
  expect((await fetch(page, { method: "POST" })).status).toBe(404);
  expect(await statusBy("127.0.0.1", `localhost:${port}`)).toBe(200);
  expect(await statusBy("127.0.0.1", `evil.example:${port}`)).toBe(404);
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4");
  if (outside) expect(await statusBy(outside.address, `127.0.0.1:${port}`)).toBe("ECONNREFUSED");
});

test("the gateway leads neither to the page nor to the mailbox", async () => {
  const { port } = new URL(page);
  const config = readFileSync(path.join(started.home, "build", "workerd.capnp"), "utf8");
  expect(/name = "INTERNAL_PORTS", text = "([\d,]*)"/.exec(config)?.[1]?.split(",")).toContain(port);
  expect(config.match(/name = "MAILBOX"/g)).toHaveLength(1);
});

test("with a mail server there is none", async () => {
  const other = await spawnStart({ SMTP_HOST: "mail.example", MAIL_FROM: "codes@fountain.example" });
  await other.readyOrEnded();
  try {
    const config = readFileSync(path.join(other.home, "build", "workerd.capnp"), "utf8");
    expect(config).not.toMatch(/mailbox/i);
    expect(other.lines.join()).not.toContain("mails are kept");
  } finally {
    await stopProcess(other.child);
    rmSync(other.home, { recursive: true, force: true });
  }
});

test("markup in a mail stays text, and its addresses can be followed", () => {
  const html = mailPage([
    { name: "2026-11-29T10-11-12.000Z-000001.txt", mail: "<img src=x>\nhttps://a.example/?a=1&b=2\n" },
  ]);
  expect(html).toContain("&lt;img src=x&gt;");
  expect(html).toContain('<a href="https://a.example/?a=1&amp;b=2">https://a.example/?a=1&amp;b=2</a>');
  expect(html).toContain("2026-11-29 10:11:12 UTC");
});

test("the newest hundred are kept", () => {
  const home = createTemporaryHome();
  const mails = createKeptMails(path.join(home, "mail"), () => 0);
  for (let count = 1; count <= 103; count += 1) mails.keep(`mail ${count}`);
  const kept = mails.list();
  expect(kept).toHaveLength(100);
  expect([kept[0]?.mail, kept.at(-1)?.mail]).toEqual(["mail 103", "mail 4"]);
  rmSync(home, { recursive: true });
});
