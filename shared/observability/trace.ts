/** Trace context (W3C Trace Context, level 1): where a request belongs, handed on from worker to worker. */

import { randomHex } from "../lang/random.ts";

/** One worker's part in a trace. */
export interface Span {
  /** 32 lower-case hexadecimal digits, the same in every worker that the request passes. */
  traceId: string;
  /** 16 lower-case hexadecimal digits, each worker's own. */
  spanId: string;
  sampled: boolean;
}

/** §3.2.2. A later version may add fields behind a further dash (§4.3); version `ff` is none. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED_FLAG = 1;

/** The caller's span in a `traceparent` header; `undefined` when there is none or it is not a valid one. */
export const parseTraceparent = (header: string | null | undefined): Span | undefined => {
  const [, version, traceId, spanId, flags, surplus] = TRACEPARENT.exec(header ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === "00" && surplus !== undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED_FLAG) === SAMPLED_FLAG };
};

/** A new span under its parent, or one that starts a trace. */
export const startSpan = (parent: Span | undefined): Span => ({
  traceId: parent?.traceId ?? randomHex(16),
  spanId: randomHex(8),
  sampled: parent?.sampled ?? true,
});

/** The `traceparent` header that makes this span the parent. */
export const formatTraceparent = ({ traceId, spanId, sampled }: Span): string =>
  `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
