/** What a call that can fail gives back: a value, or the name of the failure. Failures are never thrown. */
export type Result<Value, Failure extends string> = { ok: true; value: Value } | { ok: false; error: Failure };

export const success = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });

export const failure = <Failure extends string>(error: Failure): { ok: false; error: Failure } => ({
  ok: false,
  error,
});

/** Any private call can also find its worker's database unavailable. */
export type RpcResult<Value, Failure extends string = never> = Result<Value, Failure | "unavailable">;
