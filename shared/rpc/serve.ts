/** Serves a contract of `shared/contracts` over a private entrypoint, which only a service binding reaches. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { WorkerName } from "../contracts/workers.ts";
import { createDispatch, type Methods, type ServeOptions } from "./dispatch.ts";
import type { Carrier, Invocable } from "./wire.ts";

/** The entrypoint class of a worker that `connect` composes from its bindings. */
export const serve = <Contract, Services>(
  worker: WorkerName,
  connect: (bindings: unknown) => Services | Promise<Services>,
  methods: Methods<Contract, Services>,
  options: ServeOptions = {},
) => {
  const dispatch = createDispatch({ worker, connect, methods, ...options });
  return class extends WorkerEntrypoint implements Invocable {
    invoke(method: string, args: unknown[], request: Carrier | undefined): Promise<unknown> {
      return dispatch(this.env).invoke(method, args, request);
    }
  };
};
