/** API keys in responses: their metadata always, the key itself only when it is created; and what is wrong with one. */
import { z } from "@hono/zod-openapi";
import { list, parsedText } from "#shared/contracts/input.ts";
import { formatNetwork, MAX_NETWORK_LENGTH, parseNetwork } from "#shared/contracts/networks.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { API_KEY_STATES, type ApiKey, DISABLED_REASONS, prefixOf, stateOfKey } from "../api-keys/api-key.ts";
import type { CreatedApiKey } from "../api-keys/api-keys.ts";
import { scopeName } from "./scope-name.ts";

const fields = {
  id: z.string(),
  service: z.string(),
  name: z.string().nullable(),
  prefix: z.string().openapi({ description: "The first characters of the key" }),
  scopes: z.array(scopeName),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  allowedAddresses: z
    .array(z.string())
    .nullable()
    .openapi({ description: "The networks it can be used from; null: any" }),
};

const MAX_ALLOWED_ADDRESSES = 64;

const toNetwork = (given: string): string | undefined => {
  const network = parseNetwork(given);
  return network && formatNetwork(network);
};

/** An address or a network in CIDR notation, in its normal form: what is written otherwise would look like another. */
const allowedAddress = parsedText(
  { max: MAX_NETWORK_LENGTH },
  toNetwork,
  "must be an IP address, or a network such as 192.0.2.0/24",
).openapi({ example: "192.0.2.0/24" });

export const allowedAddresses = list(allowedAddress, { min: 1, max: MAX_ALLOWED_ADDRESSES });

export const keyResponse = z
  .object({
    ...fields,
    revokedAt: z.iso
      .datetime()
      .nullable()
      .openapi({ description: "In the future during the grace period of a rotated key" }),
    disabledAt: z.iso.datetime().nullable(),
    disabledReason: z.enum(DISABLED_REASONS).nullable(),
    lastUsedAt: z.iso.datetime().nullable().openapi({ description: "Accurate to the minute" }),
    state: z.enum(API_KEY_STATES),
  })
  .openapi("ApiKey");

const FIELDS_EXAMPLE = {
  id: EXAMPLE.keyId,
  service: EXAMPLE.service,
  name: "continuous integration",
  prefix: EXAMPLE.keyPrefix,
  scopes: ["search:read"],
  createdAt: EXAMPLE.created,
  expiresAt: "2027-03-02T09:00:00.000Z",
  allowedAddresses: ["203.0.113.0/24"],
};

export const KEY_EXAMPLE: z.input<typeof keyResponse> = {
  ...FIELDS_EXAMPLE,
  revokedAt: null,
  disabledAt: null,
  disabledReason: null,
  lastUsedAt: EXAMPLE.today,
  state: "active",
};

export const createdKeyResponse = z.object({ ...fields, key: z.string() }).openapi("CreatedApiKey");

export const CREATED_KEY_EXAMPLE: z.input<typeof createdKeyResponse> = { ...FIELDS_EXAMPLE, key: EXAMPLE.apiKey };

const shared = ({ id, service, name, scopes, createdAt, expiresAt, allowedAddresses: addresses }: ApiKey) => ({
  id,
  service,
  name,
  prefix: prefixOf(id),
  scopes,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt?.toISOString() ?? null,
  allowedAddresses: addresses,
});

export const toKeyResponse = (apiKey: ApiKey, nowMs: number): z.infer<typeof keyResponse> => ({
  ...shared(apiKey),
  revokedAt: apiKey.revokedAt?.toISOString() ?? null,
  disabledAt: apiKey.disabledAt?.toISOString() ?? null,
  disabledReason: apiKey.disabledReason,
  lastUsedAt: apiKey.lastUsedAt?.toISOString() ?? null,
  state: stateOfKey(apiKey, nowMs),
});

export const toCreatedKeyResponse = ({ apiKey, key }: CreatedApiKey): z.infer<typeof createdKeyResponse> => ({
  ...shared(apiKey),
  key,
});

export const noSuchKey = (): Problem => problem("not-found", { detail: "This service has no key with this id." });

export const keyNotHeld = (): Problem =>
  problem("forbidden", { detail: "The key would have scopes that you do not have." });

export const invalidKeyField = (field: string, detail: string): Problem =>
  problem("invalid-input", { detail: "This key cannot be created.", errors: [{ pointer: `#/${field}`, detail }] });
