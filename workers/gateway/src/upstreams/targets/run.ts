/**
 * Runs a call of an upstream on its targets: whether there is room for it, whether the breaker lets it through, which target it
 * goes to, and whether it is tried again. A response that has begun is the caller's: it is never mixed with another.
 */
import type { Log } from "#shared/observability/log.ts";
import { countUpstreamCall, countUpstreamEjection } from "#shared/observability/upstream-metrics.ts";
import { Problem } from "#shared/problem/problem.ts";
import type { Attempt, Connect, RunCall, TargetCall } from "../ports.ts";
import type { HealthChecks } from "./checks.ts";
import { chooseTarget } from "./choose.ts";
import { type Outcome, outcomeOf, refusal, responseOf, verdictOf } from "./outcome.ts";
import { pauseBeforeRetry } from "./retry.ts";
import type { UpstreamState, UpstreamStates } from "./states.ts";
import { isUnreached, noteFailure, noteGood, noteReached, noteUnreached, type TargetState } from "./target-state.ts";

const DEFAULT_CONCURRENCY = 256;
const DEFAULT_CONNECT_MS = 2_000;
const DEFAULT_RETRIES = 1;
/** There may be room at any time. */
const BUSY_MS = 1_000;

export interface RunOptions {
  states: UpstreamStates;
  checks: HealthChecks;
  /** Does the work after the response. */
  later: (work: Promise<void>) => void;
  /** `undefined`: whether a connection can be made cannot be found out here. */
  connect: Connect | undefined;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** From 0 to 1, without 1. */
  random: () => number;
  sleep: (ms: number) => Promise<void>;
  log: Log;
}

/** A call that was let through. */
interface Run {
  call: TargetCall;
  attempt: Attempt;
  state: UpstreamState;
  maxRetries: number;
}

export const createRunCall = ({ states, checks, later, connect, now, random, sleep, log }: RunOptions): RunCall => {
  const note = (target: TargetState, outcome: Outcome, { call, state }: Run): void => {
    if (outcome.kind === "ok" || outcome.kind === "gateway-error") noteReached(target, now());
    else noteUnreached(target);
    const verdict = verdictOf(outcome, call);
    if (verdict === "good") noteGood(target, now());
    if (verdict !== "failed" || outcome.kind === "ok") return;
    if (!noteFailure(target, state.targets, { by: outcome.kind, nowMs: now() })) return;
    const { name } = call.upstream;
    countUpstreamEjection(name);
    log("warn", "upstream-target-ejected", { upstream: name, target: target.url, ejections: target.ejections });
  };

  const isReachable = async (target: TargetState, limitMs: number): Promise<boolean> => {
    if (connect === undefined || !isUnreached(target, now())) return true;
    const reached = await connect(target.url, limitMs);
    if (reached) noteReached(target, now());
    return reached;
  };

  const tryTarget = async (target: TargetState, { call, attempt }: Run): Promise<Outcome> => {
    const leftMs = (): number => call.deadlineAtMs - now();
    const connectMs = call.upstream.body.connectTimeoutMs ?? DEFAULT_CONNECT_MS;
    if (leftMs() <= 0) return { kind: "late" };
    if (!(await isReachable(target, Math.min(connectMs, leftMs())))) return { kind: "unreached" };
    if (leftMs() <= 0) return { kind: "late" };
    try {
      return outcomeOf(await attempt(target, leftMs()));
    } catch (cause) {
      if (cause instanceof Problem) throw cause;
      return { kind: "lost", cause };
    }
  };

  /** Tries one target after the other. Where nothing was sent, the next one is as good as the first. */
  const callTargets = async (run: Run): Promise<Outcome> => {
    const { call, state, maxRetries: max } = run;
    const tried = new Set<TargetState>();
    const choose = () => chooseTarget({ targets: state.targets, tried, nowMs: now(), random });
    let outcome: Outcome = { kind: "unreached" };
    let done = 0;
    for (let target = choose(); target !== undefined; ) {
      outcome = await tryTarget(target, run);
      note(target, outcome, run);
      tried.add(target);
      target = choose();
      const isElsewhere = target !== undefined && !tried.has(target);
      if (outcome.kind === "unreached" && isElsewhere) continue;
      const retry = { call, outcome, isElsewhere, done, max };
      const pauseMs = pauseBeforeRetry(retry, { window: state.window, now, random });
      if (pauseMs === undefined) return outcome;
      if (outcome.kind === "gateway-error") await outcome.response.body?.cancel();
      done += 1;
      await sleep(pauseMs);
    }
    return outcome;
  };

  const runAdmitted = async (call: TargetCall, attempt: Attempt, state: UpstreamState): Promise<Response> => {
    const { name, body } = call.upstream;
    const admission = state.breaker.admit();
    if ("retryAfterMs" in admission)
      throw refusal(name, "breaker-open", { ...admission, detail: "Most calls of the service failed of late." });
    const maxRetries = admission.isTrial ? 0 : (body.retries ?? DEFAULT_RETRIES);
    let outcome: Outcome;
    try {
      outcome = await callTargets({ call, attempt, state, maxRetries });
    } catch (error) {
      admission.end("unknown");
      countUpstreamCall(name, "ended");
      throw error;
    }
    admission.end(verdictOf(outcome, call));
    countUpstreamCall(name, outcome.kind);
    return responseOf(outcome, name);
  };

  return async (call, attempt) => {
    const { name, body } = call.upstream;
    const state = states.of(call.upstream);
    const due = checks(state);
    if (due) later(due);
    const leave = state.places.take(body.maxConcurrency ?? DEFAULT_CONCURRENCY);
    if (leave === undefined)
      throw refusal(name, "busy", { retryAfterMs: BUSY_MS, detail: "Too many calls of the service are under way." });
    try {
      return await runAdmitted(call, attempt, state);
    } finally {
      leave();
    }
  };
};
