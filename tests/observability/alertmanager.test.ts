/** Whom alerts reach: the start of Alertmanager as deployed, and its own program with real receivers. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGuard, type Guard } from "../../runtime/local/guard.ts";
import { freePorts } from "../../runtime/local/ports.ts";
import { stopProcess } from "../../runtime/local/process.ts";
import { MAIL_PASSWORD, MAIL_USER, type MailServer, startMailServer } from "../support/mail-server.ts";
import { eventually } from "../support/workerd.ts";
import { missingPackages } from "./caddy.ts";

const DEPLOYED = path.join(import.meta.dirname, "..", "..", "deploy", "alertmanager");
const START = path.join(DEPLOYED, "start.sh");
const ALERTMANAGER = "prometheus-alertmanager";
const missing = missingPackages([ALERTMANAGER, "amtool"]);
const why = missing.length === 0 ? "" : ` (skipped: install Debian's ${ALERTMANAGER})`;

type Settings = Readonly<Record<string, string>>;

const MAIL: Settings = {
  ALERT_EMAIL: "ops@example.org",
  SMTP_HOST: "smtp.example.org",
  MAIL_FROM: "fountain@example.org",
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "fountain-alertmanager-"));
  mkdirSync(path.join(directory, "secrets"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const environmentOf = (settings: Settings, program: string) => ({
  PATH: process.env["PATH"],
  TMPDIR: directory,
  SECRETS: path.join(directory, "secrets"),
  ALERTMANAGER_CONFIG: path.join(DEPLOYED, "alertmanager.yml"),
  ALERTMANAGER: program,
  ...settings,
});

/** Runs the start with a program in Alertmanager's place that does nothing. */
const start = (settings: Settings) => {
  const { status, stderr } = spawnSync("sh", [START], { env: environmentOf(settings, "true"), encoding: "utf8" });
  return { status, stderr, configuration: path.join(directory, "alertmanager.yml") };
};

const check = (configuration: string): string =>
  execFileSync("amtool", ["check-config", configuration], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

describe("the start of Alertmanager", () => {
  test("says loudly that alerts reach no one, and how to mend that", () => {
    const { status, stderr } = start({});
    expect(status).toBe(0);
    expect(stderr).toMatch(/NO ONE RECEIVES ALERTS.*ALERT_EMAIL or ALERT_WEBHOOK/);
  });

  test.each<[string, Settings]>([
    ["by email", MAIL],
    ["by webhook", { ALERT_WEBHOOK: "https://chat.example.org/hooks/1" }],
  ])("is quiet when they are sent %s", (_, settings) => {
    expect(start(settings)).toMatchObject({ status: 0, stderr: "" });
  });

  test("reads the webhook from its secret file, which may hold what must not stand in .env", () => {
    writeFileSync(path.join(directory, "secrets", "alert_webhook"), "https://chat.example.org/hooks/secret\n");
    const { stderr, configuration } = start({});
    expect(stderr).toBe("");
    expect(readFileSync(configuration, "utf8")).toContain('url: "https://chat.example.org/hooks/secret"');
  });

  test.each<[string, Settings, string]>([
    ["an address that is none", { ...MAIL, ALERT_EMAIL: "ops" }, "ALERT_EMAIL"],
    ["email without a server", { ALERT_EMAIL: "ops@example.org" }, "SMTP_HOST"],
    ["email without a sender", { ALERT_EMAIL: "ops@example.org", SMTP_HOST: "smtp.example.org" }, "MAIL_FROM"],
    ["a webhook that is no URL", { ALERT_WEBHOOK: "chat.example.org" }, "ALERT_WEBHOOK"],
    ["a value that would break out of its quotes", { ...MAIL, MAIL_FROM: 'a@b.c"\nreceivers: []' }, "MAIL_FROM"],
  ])("refuses %s, and names the setting", (_, settings, name) => {
    const { status, stderr } = start(settings);
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^Fountain: .*${name}`));
  });
});

describe.skipIf(missing.length > 0)(`Alertmanager itself${why}`, () => {
  test.each<[string, Settings]>([
    ["no receiver", {}],
    ["email", { ...MAIL, SMTP_USER: "fountain" }],
    ["email over implicit TLS", { ...MAIL, SMTP_PORT: "465" }],
    ["both", { ...MAIL, ALERT_WEBHOOK: "https://chat.example.org/hooks/1" }],
  ])("accepts the configuration with %s", (_, settings) => {
    const { configuration } = start(settings);
    expect(check(configuration)).toContain("SUCCESS");
  });

  let mailServer: MailServer;
  let webhook: Server;
  let guard: Guard;
  let alertmanager: ChildProcess | undefined;
  const received: string[] = [];

  beforeEach(async () => {
    mailServer = await startMailServer();
    guard = createGuard();
    webhook = createServer((request, response) => {
      request.setEncoding("utf8").on("data", (chunk) => received.push(String(chunk)));
      request.on("end", () => response.end());
    });
    await new Promise<void>((resolve) => webhook.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    if (alertmanager) await stopProcess(alertmanager);
    guard.release();
    webhook.close();
    await mailServer.stop();
  });

  test("sends a critical alert to the mailbox and to the webhook", async () => {
    const address = webhook.address();
    if (address === null || typeof address === "string") throw new Error("no port was assigned");
    const secrets = path.join(directory, "secrets");
    writeFileSync(path.join(secrets, "smtp_password"), MAIL_PASSWORD);
    const authority = path.join(directory, "ca.pem");
    writeFileSync(authority, mailServer.certificate.cert);
    const [port] = await freePorts();
    const settings = {
      SSL_CERT_FILE: authority,
      ALERT_EMAIL: "ops@example.org",
      ALERT_WEBHOOK: `http://127.0.0.1:${address.port}/alerts`,
      SMTP_HOST: "localhost",
      SMTP_PORT: String(mailServer.port),
      SMTP_USER: MAIL_USER,
      MAIL_FROM: "Fountain <fountain@example.org>",
    };
    alertmanager = spawn(
      "sh",
      [
        START,
        `--storage.path=${directory}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--cluster.listen-address=",
      ],
      { env: environmentOf(settings, ALERTMANAGER), stdio: "ignore" },
    );
    guard.watch(ALERTMANAGER, alertmanager.pid);
    const url = `http://127.0.0.1:${port}`;
    await eventually(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true);
    const labels = { alertname: "FountainDown", severity: "critical", instance: "a:8788" };
    const annotations = { summary: "Replica a:8788 does not respond" };
    const body = JSON.stringify([{ labels, annotations }]);
    const posted = await fetch(`${url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(posted.status).toBe(200);
    await expect.poll(() => received.join(""), { timeout: 30_000 }).toContain("Replica a:8788 does not respond");
    await expect.poll(() => mailServer.mails.length, { timeout: 30_000 }).toBe(1);
    expect(mailServer.mails[0]).toMatchObject({ to: ["ops@example.org"], secure: true, user: MAIL_USER });
    expect(mailServer.mails[0]?.raw).toContain("[FIRING] Replica a:8788 does not respond");
  }, 60_000);
});
