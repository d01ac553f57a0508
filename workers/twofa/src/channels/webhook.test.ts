/** Messages by a service of the operator's, over a real socket. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { borrowPerson, type Person } from "../../../../tests/support/twofa.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

let received: Received[] = [];
/** The statuses of the next responses; the last one stays. */
let statuses = [204];
let receiver: Server;
let fountain: Fountain;
beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) });
    const status = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 204;
    response.writeHead(status, status === 307 ? { location: "/elsewhere" } : {}).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = z.object({ port: z.int() }).parse(receiver.address());
  fountain = await startFountain({
    settings: {
      SMTP_NETWORK: "private",
      MESSAGE_WEBHOOK_URL: `http://127.0.0.1:${port}/messages`,
      MESSAGE_WEBHOOK_SECRET: SECRET,
    },
  });
});
afterEach(() => {
  received = [];
  statuses = [204];
});
afterAll(async () => {
  await fountain?.stop();
  await new Promise((resolve) => receiver.close(resolve));
});

const messageSchema = z.object({
  type: z.literal("message.send"),
  timestamp: z.iso.datetime(),
  data: z.object({
    channel: z.string(),
    destination: z.string(),
    subject: z.string(),
    text: z.string(),
    html: z.string().optional(),
    code: z.string(),
  }),
});

/** The message, if the secret signed it. */
const verified = ({ headers, body }: Received) =>
  messageSchema.parse(
    new Webhook(SECRET).verify(body, {
      "webhook-id": String(headers["webhook-id"]),
      "webhook-timestamp": String(headers["webhook-timestamp"]),
      "webhook-signature": String(headers["webhook-signature"]),
    }),
  );

const enrolPhone = ({ call }: Person, headers = {}) =>
  call("POST", "/factors/sms", { json: { phone: "+4915112345678" }, headers });

test("a signed message has the code, which then confirms the factor", async () => {
  const person = await borrowPerson(fountain);
  const enrolled = await enrolPhone(person, { "accept-language": "de-DE,de;q=0.9" });
  expect(enrolled.status).toBe(201);
  expect(received).toHaveLength(1);
  const { data } = verified(received[0] as Received);
  expect(data).toMatchObject({ channel: "sms", destination: "+4915112345678", code: expect.stringMatching(/^\d{8}$/) });
  expect(data.text).toContain(`${data.code} ist Ihr Code von Fountain`);
  const confirmation = { json: { code: data.code } };
  expect((await person.call("POST", `/factors/${enrolled.body["factorId"]}/confirm`, confirmation)).status).toBe(200);
  expect(fountain.logs.join("\n")).not.toMatch(new RegExp(`${data.code}|4915112345678|${SECRET}`));
});

test("mail is a message, too", async () => {
  const person = await borrowPerson(fountain);
  expect((await person.call("POST", "/factors/email", { json: { address: "ann@example.org" } })).status).toBe(201);
  const { data } = verified(received[0] as Received);
  expect(data).toMatchObject({ channel: "email", destination: "ann@example.org", subject: "Your Fountain code" });
  expect(data.html).toContain(data.code);
});

test("what fails for a moment is sent again, as the same message with a signature of its own", async () => {
  const person = await borrowPerson(fountain);
  statuses = [503, 429, 204];
  expect((await enrolPhone(person)).status).toBe(201);
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  for (const each of received) verified(each);
});

test.each([
  [422, 422, 1],
  [403, 502, 1],
  [307, 502, 1],
  [503, 502, 3],
])("a service that responds %i gets the caller %i, after %i attempts", async (status, response, attempts) => {
  const person = await borrowPerson(fountain);
  statuses = [status];
  expect((await enrolPhone(person)).status).toBe(response);
  expect(received).toHaveLength(attempts);
});
