/** The profile `mail`, with the settings of docs/mail.md: Fountain's mails are seen there, and on this machine only. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { linkIn } from "../support/mail-server.ts";
import { answers, baseUrl, compose, container, docker, eventually, inspect, logs, secret } from "./stack.ts";

const place = inject("stack");
const url = baseUrl(place);
const page = `http://127.0.0.1:${place.mailPort}`;
const environmentFile = path.join(place.directory, ".env");
const ROOT = path.join(import.meta.dirname, "..", "..");

/** What docs/mail.md says to put into `.env`. */
const settings = (): string => {
  const [, text = ""] =
    /### Docker Compose\n[\s\S]*?```text\n([\s\S]*?)```/.exec(
      readFileSync(path.join(ROOT, "docs", "mail.md"), "utf8"),
    ) ?? [];
  return text;
};

const send = (method: string, pathname: string, body: object, token?: string): Promise<Response> =>
  fetch(`${url}${pathname}`, {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });

interface Listed {
  ID: string;
  Subject: string;
  To: { Address: string }[];
}

const mailTo = async (address: string): Promise<string | undefined> => {
  const response = await fetch(`${page}/api/v1/messages`);
  const { messages } = (await response.json()) as { messages: Listed[] };
  const found = messages.find(({ To }) => To.some(({ Address }) => Address === address));
  return found && (await fetch(`${page}/api/v1/message/${found.ID}/raw`)).text();
};

describe.skipIf(!inject("hasMail"))("with the profile mail", () => {
  let before: string;

  beforeAll(async () => {
    before = readFileSync(environmentFile, "utf8");
    appendFileSync(environmentFile, `\n${settings()}REGISTRATION=open\n`);
    await compose(place, "up", "-d");
    await eventually(() => answers(`${url}/ready`));
    await eventually(() => answers(`${page}/readyz`));
  }, 300_000);
  afterAll(async () => {
    await compose(place, "rm", "--stop", "--force", "mail");
    writeFileSync(environmentFile, before);
    await compose(place, "up", "-d");
    await eventually(() => answers(`${url}/ready`));
  }, 300_000);

  test("a mail to a user is there at once, and its link works", async () => {
    const username = `mara-${crypto.randomUUID().slice(0, 8)}`;
    const email = `${username}@example.org`;
    const password = "lantern harbour otter violin";
    expect((await send("POST", "/kms/register", { username, email, password })).status).toBe(201);
    await eventually(async () => (await mailTo(email)) !== undefined);
    const link = new URL(linkIn((await mailTo(email)) ?? ""));
    const login = await send("POST", "/kms/login", { username, password });
    const { access_token: token } = (await login.json()) as { access_token: string };
    const proof = { token: link.searchParams.get("token") };
    expect((await send("POST", "/kms/me/email/verify", proof, token)).status).toBe(200);
  });

  test("its page is on the loopback address alone, and it reaches nothing outside", async () => {
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    for (const { address, internal, family } of own)
      if (!internal && family === "IPv4")
        await expect(fetch(`http://${address}:${place.mailPort}`), address).rejects.toThrow();
    const networks = await inspect(await container(place, "mail"), "{{json .NetworkSettings.Networks}}");
    expect(Object.keys(JSON.parse(networks)).toSorted()).toEqual([
      `${place.project}_mail`,
      `${place.project}_mail-page`,
    ]);
    const masquerade = '{{index .Options "com.docker.network.bridge.enable_ip_masquerade"}}';
    expect((await docker("network", "inspect", "-f", masquerade, `${place.project}_mail-page`)).trim()).toBe("false");
  });

  test("the settings say that mails reach no one", async () => {
    expect(await logs(await container(place, "settings"))).toContain(
      "Fountain: SMTP_NETWORK is catch-all: mails reach no one",
    );
    expect(secret(place, "smtp_password")).toBe("");
  });
});
