/** What a private entrypoint does with a call: finds the method, runs it in the caller's request, and reports failures. */
import type { WorkerName } from "../contracts/workers.ts";
import { failure, type Tagged } from "../lang/result.ts";
import { isUnavailable } from "../lang/unavailable.ts";
import { withinRequest } from "../observability/context.ts";
import { createLog, describeError } from "../observability/log.ts";
import { isReportedSetting } from "../settings/unusable.ts";
import { type Invocable, requestOf } from "./wire.ts";

/** The methods of a contract, each with the worker's services as its first argument. */
export type Methods<Contract, Services> = {
  readonly [Name in keyof Contract]: Contract[Name] extends (...args: infer Args) => infer Answer
    ? (services: Services, ...args: Args) => Answer
    : never;
};

export interface ServeOptions {
  /** The failure that the caller receives for an error; `undefined`: there is none. */
  failureOf?: (error: unknown) => Tagged | undefined;
}

export interface Served<Contract, Services> extends ServeOptions {
  worker: WorkerName;
  connect: (bindings: unknown) => Services | Promise<Services>;
  methods: Methods<Contract, Services>;
}

/**
 * Responds to calls with these bindings. An unavailable dependency is logged, and becomes the failure `unavailable`; any
 * other error is a bug and is thrown.
 */
export const createDispatch = <Contract, Services>(served: Served<Contract, Services>) => {
  const { worker, connect, methods, failureOf } = served;
  const log = createLog(worker);

  const failedBy = (error: unknown): { ok: false; error: Tagged } => {
    const known = failureOf?.(error);
    if (known) return { ok: false, error: known };
    if (!isUnavailable(error)) throw error;
    log(isReportedSetting(error) ? "debug" : "error", "unavailable", { error: describeError(error) });
    return failure("unavailable");
  };

  return (bindings: unknown): Invocable => ({
    invoke: async (method, args, request) => {
      if (!Object.hasOwn(methods, method)) throw new Error(`the contract of ${worker} has no method ${method}`);
      const run = async (): Promise<unknown> => {
        try {
          return await Reflect.apply(Reflect.get(methods, method), undefined, [await connect(bindings), ...args]);
        } catch (error) {
          return failedBy(error);
        }
      };
      return request === undefined ? run() : withinRequest(requestOf(request), run);
    },
  });
};
