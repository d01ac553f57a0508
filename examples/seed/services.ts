/** Services with keys that were used, one of which expires soon. */
import { createClient } from "../../clients/typescript/src/index.ts";
import { exists, refused, type Seed, some, type Thing } from "./thing.ts";

const DAY_MS = 24 * 60 * 60_000;
const CALLS = 12;

interface Service {
  name: string;
  scopes: string[];
  rotateAfterDays?: number;
}

interface Key {
  service: string;
  name: string;
  expiresInDays?: number;
  allowedAddresses?: string[];
  /** Whether the service has called with it. */
  isUsed?: boolean;
}

const SERVICES: readonly Service[] = [
  { name: "writers-room", scopes: ["sequence:read", "sequence:write", "search:read"], rotateAfterDays: 90 },
  { name: "newsletter", scopes: ["search:read"] },
];

const KEYS: readonly Key[] = [
  { service: "writers-room", name: "production", isUsed: true },
  { service: "writers-room", name: "trial, ends soon", expiresInDays: 3 },
  { service: "newsletter", name: "from the office", allowedAddresses: ["192.0.2.0/24", "127.0.0.1"], isUsed: true },
];

const serviceOf = ({ name, ...settings }: Service): Thing => ({
  name: `service ${name}`,
  isThere: ({ user }) => exists(user.call("GET /kms/services/{name}", { path: { name } })),
  make: ({ user }) => user.call("POST /kms/services", { body: { name, ...settings } }),
});

/** Some calls that are served, and one that the key is not good for. */
const use = async ({ url }: Seed, apiKey: string): Promise<void> => {
  const service = createClient({ url, credentials: { apiKey } });
  const body = { q: "lighthouse", query_by: "text", per_page: 3 };
  for (let call = 0; call < CALLS; call += 1) await service.call("POST /search/search", { body });
  await refused(service.call("GET /kms/users"));
};

const keyOf = ({ service, name, expiresInDays, allowedAddresses, isUsed = false }: Key): Thing => ({
  name: `key of ${service}: ${name}`,
  isThere: ({ user }) => some(user.list("GET /kms/keys/{service}", { path: { service } }), (one) => one.name === name),
  make: async (seed) => {
    const expiresAt =
      expiresInDays === undefined ? undefined : new Date(Date.now() + expiresInDays * DAY_MS).toISOString();
    const body = { service, name, expiresAt, allowedAddresses };
    const { data } = await seed.user.call("POST /kms/keys", { body });
    if (isUsed) await use(seed, data.key);
  },
});

export const services: readonly Thing[] = [...SERVICES.map(serviceOf), ...KEYS.map(keyOf)];
