/** Other workers in a test, as they are reached over their bindings. */
import { Unavailable } from "#shared/lang/unavailable.ts";
import type { Invocable } from "#shared/rpc/wire.ts";

/** The binding to a worker that this object plays. Its methods may be replaced later. */
export const bindingTo = (methods: object): Invocable => ({
  invoke: async (method, args) => Reflect.apply(Reflect.get(methods, method), methods, args),
});

/** A call that finds its worker, or what that depends on, unavailable. */
export const unavailable = (): Promise<never> => Promise.reject(new Unavailable("played by the test"));
