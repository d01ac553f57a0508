/** Parses a worker's bindings once, at startup: a missing or weak one stops the worker. */
import { z } from "zod";
import { DEFAULT_MAX_STALENESS_SECONDS } from "../auth/trust.ts";
import type { KmsRpc } from "../contracts/kms.ts";
import type { WorkerName } from "../contracts/workers.ts";
import { Unavailable } from "../lang/unavailable.ts";
import { type ClientOptions, createClient } from "../rpc/call.ts";
import type { Invocable } from "../rpc/wire.ts";

/** Less than it takes to notice that the kms is unavailable would refuse every caller. */
const MIN_STALENESS_SECONDS = 5;
/** More, and a revocation could go unheard for longer than most tokens live. */
const MAX_STALENESS_SECONDS = 900;

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const isStub = (value: unknown): boolean => isObject(value) || typeof value === "function";

/** A setting: unset variables arrive as `null` from workerd and as `undefined` elsewhere. */
export const setting = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => value ?? undefined, schema);

/** It stands in every token. */
const MAX_PUBLIC_URL_CHARACTERS = 255;
export const publicUrl = setting(
  z
    .url({ protocol: /^https?$/ })
    .max(MAX_PUBLIC_URL_CHARACTERS)
    .transform((url) => url.replace(/\/$/, "")),
);
export const fetcher = z.custom<Pick<Fetcher, "fetch">>(isStub, "a service binding is required");
/** A binding to another worker's private entrypoint, as the client of its contract. */
export const rpc = <Contract extends object>(worker: WorkerName, options?: ClientOptions<Contract>) =>
  z
    .custom<Invocable>(isStub, "a service binding is required")
    .transform((binding) => createClient<Contract>(worker, binding, options));
/** A caller waits for these before anything else is done for it. */
const CREDENTIAL_DEADLINE_MS = 4_000;
/** Everything about a person, which its row of the route table gives 30 seconds. */
export const EXPORT_DEADLINE_MS = 12_000;
export const kmsRpc = rpc<KmsRpc>("kms", {
  deadlinesMs: {
    exchangeApiKey: CREDENTIAL_DEADLINE_MS,
    redeemGrant: CREDENTIAL_DEADLINE_MS,
    issueSearchKey: CREDENTIAL_DEADLINE_MS,
    personalData: EXPORT_DEADLINE_MS,
  },
});

/** What every worker has that verifies access tokens. */
export const verifierBindings = {
  /** The issuer of the tokens. */
  PUBLIC_URL: publicUrl,
  /** How long tokens are accepted when the kms cannot be asked what has been revoked; after that none is. */
  REVOCATION_MAX_STALENESS_SECONDS: setting(
    z.coerce
      .number()
      .int()
      .min(MIN_STALENESS_SECONDS)
      .max(MAX_STALENESS_SECONDS)
      .default(DEFAULT_MAX_STALENESS_SECONDS),
  ),
};

/** What a worker with a database has. */
export const databaseBindings = {
  DATABASE_URL: setting(z.url()),
  DATABASE_TOKEN: setting(z.string().min(1)),
  /**
   * How many writers of this worker go at a time; sqld bears four, counted over all processes (see
   * db/concurrency-limit.ts).
   */
  DATABASE_WRITERS: setting(z.coerce.number().int().min(1).max(4).default(2)),
  /** The self-hosted libSQL server; without it the database is reached over the network. */
  LIBSQL: setting(fetcher.optional()),
};

/** The worker does nothing until an operator has corrected its settings; the message names them, and never a value. */
export class UnusableSettings extends Unavailable {
  override readonly name = "UnusableSettings";

  constructor(message: string) {
    super(message, {
      detail: "A worker's settings are invalid. Ask the operator to check its log, which names the setting.",
    });
  }
}

/** The parsed bindings; throws {@link UnusableSettings}, which names each bad one. */
export const parseBindings = <Schema extends z.ZodType>(schema: Schema, bindings: unknown): z.infer<Schema> => {
  const parsed = schema.safeParse(bindings);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new UnusableSettings(`This worker's settings are invalid: ${faults.join("; ")}`);
};

/** Remembers the first result: workers are composed once per isolate. */
export const once = <Input, Output>(compose: (input: Input) => Output): ((input: Input) => Output) => {
  let composed: { output: Output } | undefined;
  return (input) => {
    composed ??= { output: compose(input) };
    return composed.output;
  };
};
