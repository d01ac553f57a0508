/** What the tests of the kms share: requests to a running one, and tokens for any caller signed with its own key. */
import type { Client } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql/http";
import { z } from "zod";
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { SCOPES, type Scope } from "#shared/contracts/rights.ts";
import { askToGrant, type Grantor } from "../../workers/kms/src/accounts/granting.ts";
import { macOfRecord } from "../../workers/kms/src/audit/audit.ts";
import type { AuditEntry, AuditEvent } from "../../workers/kms/src/audit/audit-entry.ts";
import type { InternalKeys } from "../../workers/kms/src/crypto/root-key.ts";
import { createSealer } from "../../workers/kms/src/crypto/sealing.ts";
import * as schema from "../../workers/kms/src/db/schema.ts";
import { createEnvelopes } from "../../workers/kms/src/key-encryption/envelope.ts";
import { createInternalKeyStore } from "../../workers/kms/src/key-encryption/internal-keys.store.ts";
import { openInternalKeys } from "../../workers/kms/src/key-encryption/internal-keys.ts";
import { createKekStore } from "../../workers/kms/src/key-encryption/keks.store.ts";
import { createKeks, type SecretKeys } from "../../workers/kms/src/key-encryption/keks.ts";
import { createTokenIssuer, type Grant } from "../../workers/kms/src/tokens/access-token.ts";
import { unwrapSigningKey } from "../../workers/kms/src/tokens/signing-key.ts";

/** The default PUBLIC_URL, which tests leave as it is. */
export const ISSUER = "http://localhost:8787";

/** A running kms: what the harness gives. */
export interface Target {
  fetch(pathname: string, init?: RequestInit): Promise<Response>;
  readonly databases: Readonly<Record<string, Client>>;
  readonly secretKey: string;
  readonly adminUsername: string;
  readonly adminPassword: string;
}

export const randomBytes = (sizeBytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(sizeBytes));

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

/** Sends a request, with a JSON body if there is one. */
export const send = (
  target: Target,
  method: string,
  pathname: string,
  { token, body }: { token?: string | undefined; body?: unknown } = {},
): Promise<Response> =>
  target.fetch(pathname, {
    method,
    headers: { ...bearer(token), ...(body !== undefined && { "content-type": "application/json" }) },
    body: body === undefined ? null : JSON.stringify(body),
  });

/** Sends a form to the token endpoint. */
export const sendForm = (
  target: Target,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> => target.fetch("/token", { method: "POST", headers, body: new URLSearchParams(parameters) });

export const tokensSchema = z.strictObject({
  access_token: z.string(),
  token_type: z.enum(["Bearer", "DPoP"]),
  expires_in: z.int(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
  scope: z.string(),
});

/** The keys that an installation seals and hashes with. */
export const keysOf = ({ databases, secretKey }: Pick<Target, "databases" | "secretKey">): Promise<InternalKeys> => {
  const client = databases["kms"];
  if (!client) throw new Error("this installation has no kms");
  const database = { client, orm: drizzle({ client, schema }) };
  const secretKeys: SecretKeys = [secretKey];
  const keks = createKeks({ store: createKekStore(database), secretKeys, randomBytes, now: Date.now });
  const envelopes = createEnvelopes(keks, randomBytes);
  return openInternalKeys({
    store: createInternalKeyStore(database),
    keks,
    envelopes,
  });
};

/** Logs in, as the administrator unless told. */
export const logIn = async (
  target: Target,
  username = target.adminUsername,
  password = target.adminPassword,
): Promise<{ accessToken: string; refreshToken: string }> => {
  const response = await send(target, "POST", "/login", { body: { username, password } });
  const tokens = tokensSchema.required({ refresh_token: true }).parse(await response.json());
  return { accessToken: tokens.access_token, refreshToken: tokens.refresh_token };
};

/** A token for whatever caller a test wants: an administrator who has just passed a second factor, unless told. */
export const signToken = async (target: Target, grant: Partial<Grant> = {}, ttlSeconds?: number): Promise<string> => {
  const rows = await target.databases["kms"]?.execute(
    "SELECT kid, wrapped_private_jwk FROM signing_keys WHERE state = 'current'",
  );
  const { kid, wrapped_private_jwk } = z
    .object({ kid: z.string(), wrapped_private_jwk: z.string() })
    .parse({ ...rows?.rows[0] });
  const wrapping = createSealer((await keysOf(target)).signingKeyWrapping, randomBytes);
  const signingKey = { kid, wrappedPrivateJwk: wrapped_private_jwk };
  const issue = createTokenIssuer({
    issuer: ISSUER,
    signer: () => unwrapSigningKey(wrapping, signingKey),
    now: Date.now,
    createId: () => crypto.randomUUID(),
  });
  const { accessToken } = await issue(
    {
      subject: "test-administrator",
      clientId: FIRST_PARTY_CLIENT,
      sessionId: crypto.randomUUID(),
      roles: ["admin"],
      scopes: SCOPES,
      acr: "aal2",
      amr: ["pwd", "otp", "mfa"],
      authenticatedAt: new Date(),
      ...grant,
    },
    ttlSeconds,
  );
  return accessToken;
};

/** Somebody with these scopes who may hand out credentials. */
export const grantor = (subject: string, scopes: ReadonlySet<Scope> = new Set(SCOPES)): Grantor<"credential"> => {
  const applicant = { kind: "user", acr: "aal2", authTimeSeconds: 0, subject, scopes } as const;
  const asked = askToGrant("credential", applicant, 0);
  if (!asked.ok) throw new Error(asked.error.kind);
  return asked.value;
};

/** An audit entry for a store that wants one with every change. */
export const auditEntry = (event: AuditEvent = { action: "user.create", outcome: "success" }): AuditEntry => {
  const content = {
    uid: crypto.randomUUID(),
    at: new Date(),
    action: event.action,
    outcome: event.outcome,
    actor: event.actor ?? null,
    actingService: null,
    target: event.target ?? null,
    reason: event.reason ?? null,
    count: 1,
    requestId: null,
    address: null,
    personalOf: null,
    personal: null,
  };
  return { event, record: { ...content, mac: macOfRecord(Buffer.alloc(32), content) } };
};

const problemSchema = z.object({
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

/** The problem in an answer, with the pointers of the fields it complains about. */
export const problemIn = async (
  response: Response,
): Promise<{ status: number; code: string; detail: string; pointers: string[] }> => {
  const { errors = [], ...rest } = problemSchema.parse(await response.json());
  return { ...rest, pointers: errors.map((error) => error.pointer) };
};
