import { z } from "zod";
import { databaseBindings, fetcher, kmsRpc, setting, verifierBindings } from "#shared/http/bindings.ts";
import { parseNodeUrls } from "./typesense/node-urls.ts";

const nodeUrls = z.string().transform((text, context) => {
  const urls = parseNodeUrls(text);
  if (urls.ok) return urls.value;
  context.addIssue({ code: "custom", message: urls.error.detail });
  return z.NEVER;
});

export const envSchema = z.object({
  ...verifierBindings,
  KMS_RPC: kmsRpc,
  ...databaseBindings,
  /** The nodes of a Typesense cluster; none: the embedded engine. */
  TYPESENSE_NODES: setting(nodeUrls.default([])),
  /** The cluster's admin key; not needed any more once the kms has it. */
  TYPESENSE_API_KEY: setting(z.string().default("")),
  /** The way to the nodes of a self-hosted Fountain; without it they are reached over the network. */
  TYPESENSE: setting(fetcher.optional()),
});
