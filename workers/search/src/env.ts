import { z } from "zod";
import { databaseBindings, fetcher, kmsRpc, optionalBinding, verifierBindings } from "#shared/http/bindings.ts";
import { secretSetting, setting, settingsSchema } from "#shared/settings/settings.ts";
import { MAX_NODES, parseNodeUrls } from "./typesense/node-urls.ts";

const nodeUrls = z.string().transform((text, context) => {
  const urls = parseNodeUrls(text);
  if (urls.ok) return urls.value;
  context.addIssue({ code: "custom" });
  return z.NEVER;
});

export const envSchema = settingsSchema({
  ...verifierBindings,
  KMS_RPC: kmsRpc,
  ...databaseBindings,
  /** The nodes of a Typesense cluster; none: the embedded engine. */
  TYPESENSE_NODES: setting(
    `up to ${MAX_NODES} different http or https URLs with commas between, without credentials and query, such as http://10.0.0.1:8108`,
    nodeUrls.default([]),
  ),
  /** The cluster's admin key; not needed any more once the kms has it. */
  TYPESENSE_API_KEY: secretSetting("the admin key of the Typesense cluster", z.string().default("")),
  /** The way to the nodes of a self-hosted Fountain; without it they are reached over the network. */
  TYPESENSE: optionalBinding(fetcher),
});
