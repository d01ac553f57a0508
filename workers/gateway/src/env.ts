import { z } from "zod";
import type { ServiceARpc } from "#shared/contracts/service-a.ts";
import type { TwofaRpc } from "#shared/contracts/twofa.ts";
import {
  databaseBindings,
  EXPORT_DEADLINE_MS,
  fetcher,
  kmsRpc,
  network,
  optionalBinding,
  rpc,
  verifierBindings,
} from "#shared/http/bindings.ts";
import { installationBindings, legalBindings, legalRules, pageBindings } from "#shared/settings/installation.ts";
import { listed, setting, settingsSchema } from "#shared/settings/settings.ts";
import { signInBindings, signInRule } from "#shared/settings/sign-in.ts";
import { parseNetworks } from "./admission/client-address.ts";
import { originsSchema } from "./admission/cors.ts";

const networks = z.string().transform((text, context) => {
  const parsed = parseNetworks(text);
  if (parsed === undefined) context.addIssue({ code: "custom" });
  return parsed ?? [];
});

const MAX_PORT = 65_535;

const CONTACT = /^(?:mailto:[^\s@,]+@[^\s@,]+|https:\/\/[^\s,]+|tel:\+?[\d().-]+)$/;
const contactsSchema = z
  .string()
  .transform(listed)
  .pipe(z.array(z.string().regex(CONTACT)));

const portsSchema = z
  .string()
  .transform(listed)
  .transform((ports) => new Set(ports.map(Number)))
  .refine((ports) => [...ports].every((port) => Number.isInteger(port) && port >= 1 && port <= MAX_PORT));

/** A response waits so long at most for factors to be removed: else it is done afterwards. */
const REMOVAL_DEADLINE_MS = 4_000;

export const envSchema = settingsSchema(
  {
    ...verifierBindings,
    /** The proxies in front of us, which say where a call came from. */
    TRUSTED_PROXIES: setting(
      "addresses or networks (CIDR) with commas between, such as 10.0.0.1,10.1.0.0/16",
      networks.default([]),
    ),
    ...signInBindings,
    ...installationBindings,
    ...legalBindings,
    ...pageBindings,
    CORS_ORIGINS: setting(
      "exact origins with commas between, without a path, such as https://www.example.com",
      originsSchema.default(new Set()),
    ),
    /** Whom security.txt names, the preferred contact first. */
    SECURITY_CONTACT: setting(
      "mailto:, https: or tel: URIs with commas between, such as mailto:security@example.com",
      contactsSchema.default([]),
    ),
    KMS_RPC: kmsRpc,
    TWOFA_RPC: rpc<TwofaRpc>("twofa", {
      deadlinesMs: { factorsOf: EXPORT_DEADLINE_MS, removeFactors: REMOVAL_DEADLINE_MS },
    }),
    SERVICE_A_RPC: rpc<ServiceARpc>("service-a", { deadlinesMs: { contributionsOf: EXPORT_DEADLINE_MS } }),
    ...databaseBindings,
    /** The egress of a self-hosted Fountain to the services behind the gateway; on the edge `fetch` is. */
    UPSTREAMS: optionalBinding(network),
    /** The worker of a self-hosted Fountain that opens WebSockets at those services. */
    SOCKETS: optionalBinding(fetcher),
    /** What leads to the gateways of the other processes of a self-hosted Fountain. */
    PROCESSES: optionalBinding(fetcher),
    /** The ports of this machine that Fountain itself listens on; the runtime's configuration has them, and the edge none. */
    INTERNAL_PORTS: optionalBinding(portsSchema),
  },
  [signInRule, ...legalRules],
);
