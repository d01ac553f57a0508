/** What tests of the device flow share. */
import { drizzle } from "drizzle-orm/libsql/http";
import { z } from "zod";
import { createAttemptStore } from "../../../workers/kms/src/accounts/password-attempts.store.ts";
import { createActingSession } from "../../../workers/kms/src/authorization/acting-session.ts";
import { createAuthorizationStore } from "../../../workers/kms/src/authorization/authorization.store.ts";
import { createShownScopes } from "../../../workers/kms/src/authorization/shown-scopes.ts";
import { macInContext } from "../../../workers/kms/src/crypto/mac.ts";
import * as schema from "../../../workers/kms/src/db/schema.ts";
import { createDeviceStore } from "../../../workers/kms/src/device/device.store.ts";
import { createDeviceRequests, type DeviceRequests } from "../../../workers/kms/src/device/device-requests.ts";
import { withOwnClient } from "../../../workers/kms/src/oauth-clients/own-client.ts";
import { createOrigins } from "../../../workers/kms/src/sessions/origin.ts";
import { createSessionStore } from "../../../workers/kms/src/sessions/sessions.store.ts";
import { keysOf, randomBytes, sendForm, type Target } from "../kms.ts";
import type { TestClient } from "./authorization.ts";
import { knownClientsIn } from "./described-clients.ts";
import { createTestRecorder } from "./recorder.ts";

/** What the pages ask of a running kms, on its database. */
export const deviceRequestsOf = async (kms: Target, now: () => number = Date.now): Promise<DeviceRequests> => {
  const client = kms.databases["kms"];
  if (!client) throw new Error("the kms has no database");
  const database = { client, orm: drizzle({ client, schema }) };
  const keys = await keysOf(kms);
  return createDeviceRequests({
    store: createDeviceStore(database),
    clients: withOwnClient(knownClientsIn(database)),
    origins: createOrigins(keys.sessionOriginSealing, randomBytes),
    actingSession: createActingSession(createSessionStore(database), now),
    shownScopes: createShownScopes(createAuthorizationStore(database)),
    attempts: createAttemptStore(database),
    recorder: createTestRecorder().recorder,
    mac: (context, secret) => macInContext(keys.oauthMac, context, secret),
    randomBytes,
    now,
  });
};

const begun = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string(),
  expires_in: z.number(),
  interval: z.number(),
});

const credentialsOf = ({ clientId, clientSecret }: TestClient): Record<string, string> => ({
  client_id: clientId,
  ...(clientSecret !== undefined && { client_secret: clientSecret }),
});

export const askToBegin = (kms: Target, client: TestClient, more: Record<string, string> = {}): Promise<Response> => {
  const body = new URLSearchParams({ ...credentialsOf(client), ...more });
  return kms.fetch("/device", { method: "POST", body });
};

/** A device that waits. */
export const beginDevice = async (kms: Target, client: TestClient, more: Record<string, string> = {}) =>
  begun.parse(await (await askToBegin(kms, client, more)).json());

/** Asks whether it was let in, as the device does. */
export const poll = (
  kms: Target,
  client: TestClient,
  device_code: string,
  more: Record<string, string> = {},
): Promise<Response> => {
  const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
  return sendForm(kms, { grant_type, device_code, ...credentialsOf(client), ...more });
};
