/** Parses a worker's bindings once, at startup: a missing or weak one stops the worker. */
import { z } from "zod";
import { DEFAULT_MAX_STALENESS_SECONDS } from "../auth/trust.ts";
import type { KmsRpc } from "../contracts/kms.ts";
import type { WorkerName } from "../contracts/workers.ts";
import { DEFAULT_LEVEL, LEVELS } from "../observability/log.ts";
import { type ClientOptions, createClient } from "../rpc/call.ts";
import type { Invocable } from "../rpc/wire.ts";
import { choice, faultsIn, secretSetting, setting, wholeNumber } from "../settings/settings.ts";
import { UnusableSettings } from "../settings/unusable.ts";

/** Less than it takes to notice that the kms is unavailable would refuse every caller. */
const MIN_STALENESS_SECONDS = 5;
/** More, and a revocation could go unheard for longer than most tokens live. */
const MAX_STALENESS_SECONDS = 900;

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const isStub = (value: unknown): boolean => isObject(value) || typeof value === "function";

/** A binding that not every runtime has; workerd gives `null` for it. */
export const optionalBinding = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => value ?? undefined, schema.optional());

/** It stands in every token. */
const MAX_PUBLIC_URL_CHARACTERS = 255;
/** RFC 8414 §2 allows neither a query nor a fragment. */
const isIssuer = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && !/[?#@]/.test(text);
};
export const publicUrl = setting(
  `the http or https URL that callers use, without credentials and query, such as https://fountain.example.com (at most ${MAX_PUBLIC_URL_CHARACTERS} characters)`,
  z
    .url({ protocol: /^https?$/ })
    .max(MAX_PUBLIC_URL_CHARACTERS)
    .refine(isIssuer)
    .transform((url) => url.replace(/\/$/, "")),
);
export const fetcher = z.custom<Pick<Fetcher, "fetch">>(isStub, "a service binding is required");
/** A binding to servers outside, by HTTP and by TCP. */
export const network = z.custom<Pick<Fetcher, "fetch" | "connect">>(isStub, "a service binding is required");
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
    issueUpstreamToken: CREDENTIAL_DEADLINE_MS,
    personalData: EXPORT_DEADLINE_MS,
  },
});

/** What every worker has that verifies access tokens. */
export const verifierBindings = {
  /** The issuer of the tokens. */
  PUBLIC_URL: publicUrl,
  /** How long tokens are accepted when the kms cannot be asked what has been revoked; after that none is. */
  REVOCATION_MAX_STALENESS_SECONDS: wholeNumber({
    min: MIN_STALENESS_SECONDS,
    max: MAX_STALENESS_SECONDS,
    fallback: DEFAULT_MAX_STALENESS_SECONDS,
  }),
  /** The least level of a line that is logged; security events always are. */
  LOG_LEVEL: choice(LEVELS, DEFAULT_LEVEL),
};

/** What a worker with a database has. */
export const databaseBindings = {
  DATABASE_URL: secretSetting(
    "the http, https or libsql URL of the worker's database",
    z.url({ protocol: /^(https?|libsql|wss?)$/ }),
  ),
  DATABASE_TOKEN: secretSetting("the token that opens the worker's database", z.string()),
  /**
   * How many writers of this worker go at a time; sqld bears four, counted over all processes (see
   * db/concurrency-limit.ts).
   */
  DATABASE_WRITERS: wholeNumber({ min: 1, max: 4, fallback: 2 }),
  /** The self-hosted libSQL server; without it the database is reached over the network. */
  LIBSQL: optionalBinding(fetcher),
};

/** The parsed bindings; throws {@link UnusableSettings}, which names each bad one. */
export const parseBindings = <Schema extends z.ZodType>(schema: Schema, bindings: unknown): z.infer<Schema> => {
  const parsed = schema.safeParse(bindings);
  if (parsed.success) return parsed.data;
  const faults = faultsIn(schema, parsed.error.issues).map(
    ({ setting: name, allowed, conflict }) => `${name} ${conflict ?? `is not usable: set it to ${allowed}`}`,
  );
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
