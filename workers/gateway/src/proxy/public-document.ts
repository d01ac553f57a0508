/** Documents about this installation, which pages of every origin can read: verifiers run in browsers too. */
import type { GatewayContext } from "../composition/context.ts";
import { forwardTo } from "./pipeline.ts";

/** The kms's document at this path. */
export const publicDocument = async (context: GatewayContext, path: string): Promise<Response> => {
  const response = await forwardTo(context, "kms", { path, policy: { caller: "anyone" }, own: {} });
  response.headers.set("access-control-allow-origin", "*");
  return response;
};
