/** Documents about this installation, which pages of every origin can read: verifiers run in browsers too. */
import { headersToChange } from "#shared/http/worker-env.ts";
import { forwardTo, type GatewayContext } from "./pipeline.ts";

/** The kms's document at this path. */
export const publicDocument = async (context: GatewayContext, path: string): Promise<Response> => {
  await forwardTo(context, "kms", { path, policy: { caller: "anyone" }, own: {} });
  headersToChange(context).set("access-control-allow-origin", "*");
  return context.res;
};
