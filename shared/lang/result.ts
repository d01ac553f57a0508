/** What a call that can fail returns: a value, or a failure with its data. Expected failures are never thrown. */

/** A failure: its kind, and whatever else the caller needs to know. */
export interface Tagged {
  readonly kind: string;
}

/** A failure without data can be written as its kind alone. */
export type Failure<F extends string | Tagged> = F extends string ? { readonly kind: F } : F;

export type Result<Value, F extends string | Tagged = never> =
  | { ok: true; value: Value }
  | { ok: false; error: Failure<F> };

export const success = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });

export function failure<Kind extends string>(kind: Kind): { ok: false; error: { readonly kind: Kind } };
export function failure<Kind extends string, Data extends object>(
  kind: Kind,
  data: Data,
): { ok: false; error: { readonly kind: Kind } & Data };
export function failure(kind: string, data?: object): { ok: false; error: Tagged } {
  return { ok: false, error: { kind, ...data } };
}

/** The value of work that has no failures of its own. Throws if it fails all the same: that is a bug. */
export const unwrap = <Value>(result: Result<Value>): Value => {
  if (result.ok) return result.value;
  throw new Error(`unexpected failure: ${JSON.stringify(result.error)}`);
};
