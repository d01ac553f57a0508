import type { KmsRpc } from "#shared/contracts/kms.ts";
import type { Language } from "#shared/contracts/mails.ts";
import type { Network } from "#shared/contracts/networks.ts";
import type { LegalDocuments } from "#shared/contracts/people.ts";
import type { TwofaRpc } from "#shared/contracts/twofa.ts";
import type { WorkerName } from "#shared/contracts/workers.ts";
import type { Maintained } from "#shared/http/worker.ts";
import type { BaseServices } from "#shared/http/worker-env.ts";
import type { ReportingRecorder } from "#shared/observability/recorder.ts";
import type { Registration, SignInMethod } from "#shared/settings/sign-in.ts";
import type { Activity } from "../activity/activity.ts";
import type { AskAll, Report } from "../activity/processes.ts";
import type { ApiKeyVerifier } from "../admission/api-keys.ts";
import type { UsageCounter } from "../admission/key-usage.ts";
import type { RefusalLog } from "../admission/refusal-log.ts";
import type { SeenProofs } from "../admission/seen-proofs.ts";
import type { PasskeyLogins } from "../aggregates/passkey-login.ts";
import type { PersonalDataOf } from "../aggregates/personal-data.ts";
import type { Destination } from "../backends/target.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { ApplyFile } from "../configuration/file-application.ts";
import type { Followed } from "../configuration/followed.ts";
import type { Objects } from "../configuration/objects.ts";
import type { Drainable } from "../health/drain.ts";
import type { Limits } from "../limits/limits.ts";
import type { Documents } from "../openapi/documents.ts";
import type { UpstreamServices } from "../upstreams/ports.ts";

/** Another worker, as its binding is called. */
export type Upstream = Pick<Fetcher, "fetch">;

/** A worker with its database. */
export interface Part {
  name: WorkerName;
  status: "ok" | "unavailable";
}

export type Upstreams = Readonly<Record<Destination, Upstream>>;

/** What the pages say of the installation. */
export interface Installation {
  name: string;
  /** Of those who ask for none. */
  language: Language;
  /** A `data:` URL of an image; `undefined`: Fountain's own mark. */
  logo?: string | undefined;
  termsUrl?: string | undefined;
  privacyUrl?: string | undefined;
  /** What people are asked to agree to. */
  documents: LegalDocuments;
}

/** What the gateway works with. */
export interface GatewayServices extends BaseServices, Drainable, Maintained, UpstreamServices {
  /** What every response says besides, unless it says something else itself. */
  responseHeaders: readonly (readonly [name: string, value: string])[];
  /** The same of what comes from a service behind the gateway, which decides itself what its pages may do. */
  relayedHeaders: readonly (readonly [name: string, value: string])[];
  /** Whose X-Forwarded-For is believed. */
  trustedProxies: readonly Network[];
  /** The origins whose pages may call from a browser. */
  corsOrigins: ReadonlySet<string>;
  /** Where vulnerabilities of this installation are reported, as URIs. */
  securityContacts: readonly string[];
  upstreams: Upstreams;
  /** What is configured: upstreams, limits and policies. */
  configuration: Followed<Configuration>;
  objects: Objects;
  /** The OpenAPI documents of services that have one. */
  documents: Documents;
  /** Applies the configuration file, for callers with the token that opens the gateway's database. */
  applyFile: ApplyFile;
  databaseToken: string;
  limits: Limits;
  /** Gives back what this process has taken of exact limits and not used. */
  releaseAllowances: () => Promise<void>;
  verifyApiKey: ApiKeyVerifier;
  usage: UsageCounter;
  seenProofs: SeenProofs;
  twofa: Pick<TwofaRpc, "elevateOnce" | "hasFactor" | "confirmFactorless">;
  kms: Pick<
    KmsRpc,
    | "redeemGrant"
    | "describePrincipal"
    | "keepInBrowser"
    | "exchangeBrowserCookie"
    | "renewBrowserCookie"
    | "dueConsents"
    | "firstLoginAs"
    | "invitedAs"
    | "seal"
    | "open"
    | "authorize"
    | "decide"
    | "logoutRequest"
    | "deviceRequest"
    | "decideDevice"
  >;
  installation: Installation;
  /** Whether anyone may create an account, and how; the kms decides, and pages say so. */
  registration: Registration;
  /** What a login may begin with; the kms enforces it. */
  signInMethods: ReadonlySet<SignInMethod>;
  /** Has twofa deliver the mails that wait, after the response. */
  deliverMails: () => void;
  /** Has twofa remove the factors that are to go with an account's recovery; if that fails, it is done within a minute. */
  removeFactors: () => Promise<void>;
  personalDataOf: PersonalDataOf;
  passkeyLogins: PasskeyLogins;
  /** Records the callers that the gateway refuses. */
  recorder: Pick<ReportingRecorder, "record">;
  /** Notes what firewalls and policies refuse. */
  refusals: RefusalLog;
  /** What happens at this process. */
  activity: Activity;
  /** What this process responds to others that ask. */
  report: Report;
  askAll: AskAll;
  /** Which workers and databases respond. */
  parts: () => Promise<Part[]>;
}
