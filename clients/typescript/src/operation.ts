/** The types of calls, made from the generated operations. */
import type { Operations } from "./operations.generated.ts";

/** An operation by method and path, such as `GET /kms/users`. */
export type OperationKey = keyof Operations;

/** What a call takes: the parts of the operation's request, and what every call may have. */
export type CallOptions<Key extends OperationKey> = Omit<Operations[Key], "data"> & {
  /** Header fields, such as `if-match`, `x-otp` or `idempotency-key`. */
  headers?: Record<string, string> | undefined;
  /** Ends the call, its waits and retries included: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
};

/** The options may be left out where the operation demands nothing. */
export type CallArguments<Key extends OperationKey> =
  Partial<CallOptions<Key>> extends CallOptions<Key> ? [options?: CallOptions<Key>] : [options: CallOptions<Key>];

/** A success. */
export interface Reply<Data> {
  /** The JSON or the text of the response; `undefined` where it has none. */
  data: Data;
  status: number;
  headers: Headers;
}

interface Page {
  items: unknown[];
  next: string | null;
}

/** The operations that list something page by page. */
export type ListKey = {
  [Key in OperationKey]: Operations[Key]["data"] extends Page ? Key : never;
}[OperationKey];

/** What a list is of. */
export type ItemOf<Key extends ListKey> = Operations[Key]["data"] extends { items: (infer Item)[] } ? Item : never;
