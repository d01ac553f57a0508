/**
 * A build fills a new index from all documents while the previous one keeps serving: how a reindex is done, a collection
 * created, and its schema changed. Its progress is stored, so that any isolate can resume it.
 */
import type { Result } from "#shared/lang/result.ts";
import type { SearchEngine } from "../query/engine.ts";

export const BUILD_STATES = [
  /** Documents are being copied, page by page. */
  "copying",
  /** All are copied; what has changed meanwhile follows. */
  "catching-up",
  /** It is about to take over: changes count as found only when they are in it, too. */
  "switching",
  /** It serves searches. */
  "live",
  /** Another has taken over, or it has failed: what it filled is to be removed. */
  "retired",
  "failed",
  /** Nothing is left of it. */
  "removed",
] as const;

export type BuildState = (typeof BUILD_STATES)[number];

export const RUNNING_STATES = ["copying", "catching-up", "switching"] as const satisfies readonly BuildState[];

export type RunningState = (typeof RUNNING_STATES)[number];

export interface Build {
  jobId: string;
  engine: SearchEngine["name"];
  /** What it fills, as the engine calls it. */
  collection: string;
  /** Of the schema it was begun with. */
  schemaVersion: string;
  state: BuildState;
  /** The documents copied so far, and how many there were at the beginning. */
  copied: number;
  total: number;
  /** The last document copied. */
  copiedPk: number;
  /** It has every change up to this one. */
  syncedSeq: number;
  /** Changes after this one were sent without a response and may still arrive late: they are resent. */
  unconfirmedSeq: number | null;
  unconfirmedAtMs: number | null;
  failure: string | null;
  startedAtMs: number;
  finishedAtMs: number | null;
}

export type NewBuild = Pick<Build, "jobId" | "engine" | "collection" | "schemaVersion" | "startedAtMs">;

/** How far a build has come. */
export type BuildProgress = Partial<
  Pick<Build, "state" | "copied" | "copiedPk" | "syncedSeq" | "failure" | "finishedAtMs">
>;

/** The lease of a build, until an instant; a change to the build without the lease has no effect. */
export interface Lease {
  holder: string;
  nowMs: number;
  untilMs: number;
}

export interface BuildStore {
  /** Begins a build of its engine, unless one is running: then `running`, with nothing changed. */
  begin(build: NewBuild): Promise<Result<Build, "running">>;
  find(jobId: string): Promise<Build | undefined>;
  /** Of this engine, newest first; the old ones that are removed are forgotten. */
  list(engine: Build["engine"]): Promise<Build[]>;
  /** Acquires the lease of a build; `undefined` while another holder has it. */
  take(jobId: string, lease: Lease): Promise<Build | undefined>;
  /** Records that changes after this one were sent without a response; the earliest such number stays. */
  markUnconfirmed(jobId: string, seq: number, lease: Lease): Promise<void>;
  /** Goes back to the unconfirmed changes, if there have been none since an instant. */
  resendUnconfirmed(jobId: string, beforeMs: number): Promise<void>;
  /** Records progress and renews the lease (an instant in the past releases it); false if the lease was lost. */
  advance(jobId: string, progress: BuildProgress, lease: Lease): Promise<boolean>;
  /** Makes a leased build the live one of its engine, and retires the previous one. */
  goLive(jobId: string, lease: Lease): Promise<boolean>;
  /** Records the final state of a build without a lease. */
  mark(jobId: string, state: Extract<BuildState, "retired" | "failed" | "removed">): Promise<void>;
  /** Ends every build of this engine: another one has replaced it, and it receives no more changes. */
  abandon(engine: Build["engine"]): Promise<void>;
}

export const isRunning = (build: Build): build is Build & { state: RunningState } =>
  RUNNING_STATES.some((one) => one === build.state);

/** The state of a build as reported to operators. */
export type JobStatus = "running" | "done" | "failed";

export const jobStatusOf = ({ state, failure }: Pick<Build, "state" | "failure">): JobStatus => {
  if (failure !== null || state === "failed") return "failed";
  return RUNNING_STATES.some((one) => one === state) ? "running" : "done";
};

/** Rebuilds the index of an engine. */
export interface Reindexing {
  /** Starts a job unless one is running, which is returned then. Fails if the engine is unavailable. */
  start(): Promise<{ jobId: string; isNew: boolean }>;
  /** The id of the running job. */
  running(): Promise<string | undefined>;
  /** Advances the running job, for some seconds at most. */
  advance(): Promise<void>;
  find(jobId: string): Promise<Build | undefined>;
}
