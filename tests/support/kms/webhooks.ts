/** What tests of webhooks share: a running kms, the service whose keys it replaces, and who receives its messages. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../harness.ts";
import { send, sendForm, signToken } from "../kms.ts";

export const DAY_MS = 24 * 60 * 60 * 1000;

/** A message as it arrived. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export const rotatedSchema = z.object({
  type: z.literal("key.rotated"),
  timestamp: z.iso.datetime(),
  data: z.object({
    keyId: z.string(),
    service: z.string(),
    replaces: z.string(),
    expiresAt: z.iso.datetime().nullable(),
    graceSeconds: z.int(),
    unwrap: z.object({ url: z.string(), token: z.string(), expiresAt: z.iso.datetime() }),
  }),
});

interface State {
  received: Received[];
  /** How the receiver responds. */
  answer: { status: number; headers?: Record<string, string> };
  /** An administrator's. */
  token: string;
  /** A new one in every test. */
  service: string;
  url: string;
  secret: string;
}

/** For the tests of one file. Call it at its top. */
export const useWebhooks = () => {
  const state: State = { received: [], answer: { status: 204 }, token: "", service: "", url: "", secret: "" };
  let fountain: Fountain;
  let receiver: Server;
  let services = 0;

  const database = () => {
    const client = fountain.databases["kms"];
    if (!client) throw new Error("the kms has no database");
    return client;
  };

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      state.received.push({ path: request.url ?? "", headers: request.headers, body: await text(request) });
      response.writeHead(state.answer.status, state.answer.headers).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    fountain = await startFountain({ front: "kms", settings: { WEBHOOK_TARGETS: "any" } });
    state.token = await signToken(fountain);
  });
  afterAll(async () => {
    await fountain?.stop();
    await new Promise((resolve) => receiver.close(resolve));
  });

  beforeEach(async () => {
    await database().execute("DELETE FROM webhook_deliveries");
    state.received = [];
    state.answer = { status: 204 };
    services += 1;
    state.service = `films-${services}`;
    const { port } = z.object({ port: z.int() }).parse(receiver.address());
    state.url = `http://127.0.0.1:${port}/${state.service}`;
    const body = { name: state.service, scopes: ["search:read"], rotateAfterDays: 30, webhookUrl: state.url };
    const created = await send(fountain, "POST", "/services", { token: state.token, body });
    expect(created.status).toBe(201);
    state.secret = z.object({ webhookSecret: z.string() }).parse(await created.json()).webhookSecret;
  });

  /** Calls the kms as an administrator, unless another token is given. */
  const call = (method: string, pathname: string, options: { token?: string; body?: unknown } = {}) =>
    send(fountain, method, pathname, { token: state.token, ...options });

  const create = async (body: Record<string, unknown> = {}): Promise<{ id: string; key: string }> =>
    (await call("POST", "/keys", { body: { service: state.service, ...body } })).json();

  return {
    state,
    get fountain() {
      return fountain;
    },
    database,
    call,
    create,
    /** A key of 31 days. */
    createOld: async (body: Record<string, unknown> = {}): Promise<{ id: string; key: string }> => {
      const created = await create(body);
      const args = [Date.now() - 31 * DAY_MS, created.id];
      await database().execute({ sql: "UPDATE api_keys SET created_at = ? WHERE id = ?", args });
      return created;
    },
    codeOf: async (key: string): Promise<string> => {
      const response = await call("POST", "/keys/verify", { body: { key } });
      return z.object({ code: z.string() }).parse(await response.json()).code;
    },
    statesOf: async (): Promise<Record<string, string>> => {
      const response = await call("GET", `/keys/${state.service}`);
      const { items } = z
        .object({ items: z.array(z.object({ id: z.string(), state: z.string() })) })
        .parse(await response.json());
      return Object.fromEntries(items.map(({ id, state: found }) => [id, found]));
    },
    /** The message as one who has the secret reads it; fails for one that is not signed with it. */
    read: ({ headers, body }: Received, signedWith = state.secret): unknown =>
      new Webhook(signedWith).verify(body, {
        "webhook-id": String(headers["webhook-id"]),
        "webhook-timestamp": String(headers["webhook-timestamp"]),
        "webhook-signature": String(headers["webhook-signature"]),
      }),
    only: (): Received => {
      const [message, ...more] = state.received.filter(({ path }) => path === `/${state.service}`);
      if (!message || more.length > 0) throw new Error(`${more.length + (message ? 1 : 0)} messages`);
      return message;
    },
    runSchedule: (): Promise<void> => fountain.runScheduled("kms"),
    /** Lets the time of the next attempt come, after so many. */
    letAttemptsPass: async (attempts: number): Promise<void> => {
      await database().execute({
        sql: "UPDATE webhook_deliveries SET attempts = ?, next_attempt_at = 0",
        args: [attempts],
      });
    },
    unwrap: async (wrappingToken: string, key: string): Promise<Response> => {
      const form = { grant_type: "client_credentials", client_id: state.service, client_secret: key };
      const { access_token } = await (await sendForm(fountain, form)).json<{ access_token: string }>();
      return send(fountain, "POST", "/secrets/unwrap", { token: access_token, body: { token: wrappingToken } });
    },
  };
};
